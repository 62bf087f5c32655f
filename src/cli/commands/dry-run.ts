/** `ingest --dry-run`: what would be sent, with one curl call per kind of step. */

import { randomUUID } from 'node:crypto';
import { IMS_ORIGIN, PLATFORM_ORIGIN } from '../../http/options.js';
import { PreflightError } from '../../ingest/errors.js';
import { checkFiles } from '../../ingest/run-preflight.js';
import { buildCreateRequest } from '../../ingest/state.js';
import { walk } from '../../ingest/walk.js';
import { checkHeaderValue, checkId, checkOrigin, checkSandbox } from '../../shared/checks.js';
import { formatSize } from '../../shared/format.js';
import { omitUndefined } from '../../shared/options.js';
import { checkUploadPlan } from '../../upload/options.js';
import type { SourceFile } from '../../upload/source.js';
import { buildCurlCalls, type CallTarget, type CurlCall } from '../curl.js';
import { readTarget } from '../environment.js';
import { formatQuantity, formatTable } from '../format.js';
import { type IngestFlags, isStream, toIngestOptions } from '../ingest-flags.js';
import type { Result } from '../output.js';
import type { Session } from '../session.js';

/** As many files as a person looks through. */
const MAX_SHOWN = 20;

/** Looks at the files, and says what an ingest would do. No secret is needed, and none is shown. */
export async function dryRun(
  session: Session,
  flags: IngestFlags,
  paths: readonly string[],
): Promise<Result> {
  const options = toIngestOptions(flags);
  checkId('datasetId', options.datasetId);
  const plan = checkUploadPlan(options);
  const values = session.environment();
  // What an ingest would refuse is refused here, too.
  const { orgId, sandbox } = readTarget(values, flags.sandbox);
  const place: CallTarget = {
    orgId: checkHeaderValue('orgId', orgId, 'the organisation id (…@AdobeOrg)'),
    sandbox: checkSandbox(sandbox),
    origin: checkOrigin('AEP_ORIGIN', values.AEP_ORIGIN ?? PLATFORM_ORIGIN),
    imsOrigin: checkOrigin('AEP_IMS_ORIGIN', values.AEP_IMS_ORIGIN ?? IMS_ORIGIN),
    hasToken: values.AEP_ACCESS_TOKEN !== undefined,
  };
  const stream = isStream(paths);
  // Standard input can be read once, and that is the ingest's.
  const files = stream ? [] : (await walk(paths)).files;
  const format = stream ? { format: 'json' as const } : await formatOf(paths, flags);
  const request = buildCreateRequest(options, flags.externalId ?? `aep-batch-${randomUUID()}`, {
    format,
  });
  const steps = files.map((file) => {
    const { path, sizeBytes } = file;
    const whole = sizeBytes <= plan.largeFileThresholdBytes;
    return { path, sizeBytes, parts: whole ? 0 : Math.ceil(sizeBytes / plan.partSizeBytes) };
  });
  const first = (large: boolean): SourceFile | undefined =>
    files.find((_, at) => (steps[at]?.parts ?? 0) > 0 === large);
  const calls = buildCurlCalls(place, request, {
    small: first(false) ?? (stream ? 'standard input' : undefined),
    large: first(true),
    partSizeBytes: plan.partSizeBytes,
  });
  const { origin } = place;
  return {
    json: { dryRun: true, orgId, sandbox, origin, request, files: steps, calls },
    text: textOf({ sandbox, orgId, origin, request, steps, calls, stream }),
  };
}

/** What the files look like. @throws {PreflightError} */
async function formatOf(paths: readonly string[], { format, multiline }: IngestFlags) {
  const options = omitUndefined({ format, isMultiLineJson: multiline });
  const { format: found, isMultiLineJson, findings } = await checkFiles(paths, options);
  if (findings.some(({ level }) => level === 'error')) throw new PreflightError(findings);
  return isMultiLineJson === undefined ? { format: found } : { format: found, isMultiLineJson };
}

interface Plan {
  sandbox: string;
  orgId: string;
  origin: string;
  request: object;
  steps: readonly { path: string; sizeBytes: number; parts: number }[];
  calls: readonly CurlCall[];
  stream: boolean;
}

function textOf({ sandbox, orgId, origin, request, steps, calls, stream }: Plan): string {
  const total = steps.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const shown = steps.slice(0, MAX_SHOWN).map(({ path, sizeBytes, parts }) => {
    return ['', path, formatSize(sizeBytes), parts === 0 ? 'one PUT' : `${parts} parts`];
  });
  const more = steps.length - shown.length;
  return [
    `Nothing is sent. This would go to sandbox ${sandbox} of ${orgId} at ${origin}:`,
    `  a batch ${JSON.stringify(request)}`,
    stream
      ? '  standard input, in files of JSON Lines'
      : `  ${formatQuantity(steps.length, 'file')}, ${formatSize(total)}`,
    ...(shown.length === 0 ? [] : [formatTable(shown)]),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...calls.flatMap(({ step, curl }) => ['', `# ${step}`, curl]),
  ].join('\n');
}
