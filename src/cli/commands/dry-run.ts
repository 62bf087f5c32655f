/** `ingest --dry-run`: prints the plan of an ingest, with one curl call per kind of step. */

import { FoundFiles, planIngest } from '../../ingest/plan.js';
import type { IngestWarning } from '../../ingest/types.js';
import type { PlannedBatch } from '../../load/plan-load.js';
import { countOriginals } from '../../packing/originals.js';
import { formatFinding } from '../../preflight/format-finding.js';
import { checkHeaderValue, checkOrigin, checkSandbox } from '../../shared/checks.js';
import { formatCount, formatSize } from '../../shared/format.js';
import { INGESTED_BYTES_PER_HOUR } from '../../shared/limits.js';
import { omitUndefined } from '../../shared/options.js';
import { IMS_ORIGIN, PLATFORM_ORIGIN } from '../../shared/origins.js';
import type { SourceFile } from '../../upload/source.js';
import { buildCurlCalls, type CallTarget, type CurlCall } from '../curl.js';
import { readTarget } from '../environment.js';
import { findBatches } from '../find-batches.js';
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
  const found = await findBatches(source, flags, session.signal);
  const batches = found?.batches ?? [];
  const sources = found === undefined ? source : new FoundFiles(found.walked, batches.length > 1);
  const { request, upload, files, openStream } = await planIngest(sources, options, target);
  const toStep = ({ path, sizeBytes, stream, members }: SourceFile): Step => {
    if (stream !== undefined) return { path, sizeBytes, isEstimate: true, parts: 0 };
    const isWhole = sizeBytes <= upload.largeFileThresholdBytes;
    const parts = isWhole ? 0 : Math.ceil(sizeBytes / upload.partSizeBytes);
    return { path, sizeBytes, parts, ...omitUndefined({ packedFiles: members?.length }) };
  };
  const steps = (files ?? []).map(toStep);
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
  const plan = stream === undefined ? sumUp(batches) : undefined;
  return {
    json: omitUndefined({
      dryRun: true,
      orgId,
      sandbox,
      origin,
      request,
      plan,
      batches: batches.length > 1 ? batches.map(toListed) : undefined,
      files: steps,
      calls,
    }),
    text: formatPlan({ target, request, steps, calls, stream, plan, batches }),
  };
}

const toListed = ({ files, sizeBytes }: PlannedBatch<SourceFile>, at: number) => ({
  number: at + 1,
  fileCount: files.length,
  ...countOriginals(files),
  sizeBytes,
  ...markEstimate(files),
});

/** The sizes of compressed files are known once they were read. */
const markEstimate = (files: readonly SourceFile[]): { isEstimate?: true } =>
  files.some(({ stream }) => stream !== undefined) ? { isEstimate: true } : {};

/** All batches, and the time that the platform needs for them, which does not depend on the link. */
function sumUp(batches: readonly PlannedBatch<SourceFile>[]) {
  const sizeBytes = batches.reduce((sum, batch) => sum + batch.sizeBytes, 0);
  const fileCount = batches.reduce((sum, { files }) => sum + files.length, 0);
  const hours = sizeBytes / INGESTED_BYTES_PER_HOUR;
  const files = batches.flatMap((batch) => batch.files);
  const more = { ...countOriginals(files), ...markEstimate(files) };
  return { batchCount: batches.length, fileCount, ...more, sizeBytes, hours };
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
  /** How many files are packed into it. Missing for a file that is sent as it is. */
  packedFiles?: number;
}

interface PrintedPlan {
  target: CallTarget;
  request: object;
  steps: readonly Step[];
  calls: readonly CurlCall[];
  stream: string | undefined;
  plan: ReturnType<typeof sumUp> | undefined;
  batches: readonly PlannedBatch<SourceFile>[];
}

function formatPlan({ target, request, steps, calls, stream, plan, batches }: PrintedPlan): string {
  const { sandbox, orgId, origin } = target;
  const shown = steps
    .slice(0, MAX_SHOWN)
    .map(({ path, sizeBytes, isEstimate, parts, packedFiles }) => {
      if (isEstimate === true) return ['', path, toSize(sizeBytes, isEstimate), 'as it is read'];
      const how = parts === 0 ? 'one PUT' : `${parts} parts`;
      const packed = packedFiles === undefined ? [] : [formatQuantity(packedFiles, 'file')];
      return ['', path, formatSize(sizeBytes), how, ...packed];
    });
  const more = steps.length - shown.length;
  return [
    `Nothing is sent. This would go to sandbox ${sandbox} of ${orgId} at ${origin}:`,
    `  ${formatQuantity(Math.max(1, batches.length), 'batch', 'batches')} ${JSON.stringify(request)}`,
    plan === undefined ? `  ${stream}, in files of JSON Lines` : formatTotals(plan),
    ...formatBatches(batches),
    ...(shown.length === 0 ? [] : [formatTable(shown)]),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...calls.flatMap(({ step, curl }) => ['', `# ${step}`, curl]),
  ].join('\n');
}

const formatTotals = ({
  fileCount,
  originalCount,
  sizeBytes,
  isEstimate,
  hours,
}: ReturnType<typeof sumUp>): string =>
  `  ${formatQuantity(fileCount, 'file')}${originalCount === undefined ? '' : ` packed from ${formatCount(originalCount)}`}, ${toSize(sizeBytes, isEstimate)}: about ${formatHours(hours)} at the platform's ${formatSize(INGESTED_BYTES_PER_HOUR)} an hour`;

const formatHours = (hours: number): string =>
  hours < 0.1 ? 'a few minutes' : `${hours < 10 ? hours.toFixed(1) : Math.round(hours)} hours`;

const toSize = (bytes: number, isEstimate: true | undefined): string =>
  isEstimate === true ? `≈ ${formatSize(bytes)}` : formatSize(bytes);

function formatBatches(batches: readonly PlannedBatch<SourceFile>[]): string[] {
  if (batches.length < 2) return [];
  const rows = batches.slice(0, MAX_SHOWN).map(({ files, sizeBytes }, at) => {
    const [first, last] = [files[0]?.path ?? '', files.at(-1)?.path ?? ''];
    const name = `  batch ${at + 1}`;
    const count = formatQuantity(files.length, 'file');
    const size = toSize(sizeBytes, markEstimate(files).isEstimate);
    return [name, count, size, first, ...(first === last ? [] : ['…', last])];
  });
  const more = batches.length - rows.length;
  return [formatTable(rows), ...(more > 0 ? [`  and ${more} more`] : [])];
}
