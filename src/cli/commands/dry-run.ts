/** `ingest --dry-run`: prints the plan of an ingest, with one curl call per kind of step. */
import { IMS_ORIGIN, PLATFORM_ORIGIN } from '../../http/options.js';
import { planIngest } from '../../ingest/plan.js';
import type { IngestWarning } from '../../ingest/types.js';
import { formatFinding } from '../../preflight/findings.js';
import { checkHeaderValue, checkOrigin, checkSandbox } from '../../shared/checks.js';
import { formatSize } from '../../shared/format.js';
import { buildCurlCalls, type CallTarget, type CurlCall } from '../curl.js';
import { readTarget } from '../environment.js';
import { formatQuantity, formatTable } from '../format.js';
import { type IngestFlags, isStream, toIngestOptions } from '../ingest-flags.js';
import type { Result } from '../output.js';
import type { Session } from '../session.js';

/** As many files as a person looks through. */
const MAX_SHOWN = 20;

/** Plans an ingest and prints the plan. No secret is needed, and none is shown. */
export async function dryRun(
  session: Session,
  flags: IngestFlags,
  paths: readonly string[],
): Promise<Result> {
  const target = readCallTarget(session, flags);
  const isStdin = isStream(paths);
  // A plan reads nothing of a stream.
  const source = isStdin ? { jsonLines: [] } : paths;
  const onWarning = (finding: IngestWarning) =>
    session.out.say(`${finding.level}: ${formatFinding(finding)}`);
  const options = { ...toIngestOptions(flags), signal: session.signal, onWarning };
  const { request, upload, files, openStream } = await planIngest(source, options, target);
  const steps = (files ?? []).map(({ path, sizeBytes, stream }): Step => {
    if (stream !== undefined) return { path, sizeBytes, isEstimate: true, parts: 0 };
    const isWhole = sizeBytes <= upload.largeFileThresholdBytes;
    return { path, sizeBytes, parts: isWhole ? 0 : Math.ceil(sizeBytes / upload.partSizeBytes) };
  });
  const streamName = isStdin ? 'standard input' : paths[0];
  const stream = openStream === undefined ? undefined : streamName;
  const calls = buildCurlCalls(target, request, {
    afterSuccess: flags.afterSuccess === true,
    skipLoaded: flags.skipLoaded === true,
    small: files?.find((_, at) => steps[at]?.parts === 0) ?? stream,
    large: files?.find((_, at) => steps[at]?.parts !== 0),
    partSizeBytes: upload.partSizeBytes,
  });
  const { orgId, sandbox, origin } = target;
  return {
    json: { dryRun: true, orgId, sandbox, origin, request, files: steps, calls },
    text: formatPlan({ target, request, steps, calls, stream }),
  };
}

/** Where the ingest would go, checked as a client checks it: a client cannot be made without secrets. */
function readCallTarget(session: Session, flags: IngestFlags): CallTarget {
  const values = session.environment();
  const { orgId, sandbox } = readTarget(values, flags.sandbox);
  return {
    orgId: checkHeaderValue('orgId', orgId, 'the organisation id (…@AdobeOrg)'),
    sandbox: checkSandbox(sandbox),
    origin: checkOrigin('AEP_ORIGIN', values.AEP_ORIGIN ?? PLATFORM_ORIGIN),
    imsOrigin: checkOrigin('AEP_IMS_ORIGIN', values.AEP_IMS_ORIGIN ?? IMS_ORIGIN),
    hasToken: values.AEP_ACCESS_TOKEN !== undefined,
  };
}

interface Step {
  path: string;
  sizeBytes: number;
  /** The file is compressed, or a stream: its size and its parts are known once it was sent. */
  isEstimate?: true;
  parts: number;
}

interface PrintedPlan {
  target: CallTarget;
  request: object;
  steps: readonly Step[];
  calls: readonly CurlCall[];
  stream: string | undefined;
}

function formatPlan({ target, request, steps, calls, stream }: PrintedPlan): string {
  const { sandbox, orgId, origin } = target;
  const total = steps.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const about = steps.some(({ isEstimate }) => isEstimate === true) ? '≈ ' : '';
  const shown = steps.slice(0, MAX_SHOWN).map(({ path, sizeBytes, isEstimate, parts }) => {
    if (isEstimate === true) return ['', path, `≈ ${formatSize(sizeBytes)}`, 'as it is read'];
    return ['', path, formatSize(sizeBytes), parts === 0 ? 'one PUT' : `${parts} parts`];
  });
  const more = steps.length - shown.length;
  return [
    `Nothing is sent. This would go to sandbox ${sandbox} of ${orgId} at ${origin}:`,
    `  a batch ${JSON.stringify(request)}`,
    stream === undefined
      ? `  ${formatQuantity(steps.length, 'file')}, ${about}${formatSize(total)}`
      : `  ${stream}, in files of JSON Lines`,
    ...(shown.length === 0 ? [] : [formatTable(shown)]),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...calls.flatMap(({ step, curl }) => ['', `# ${step}`, curl]),
  ].join('\n');
}
