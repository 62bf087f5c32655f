/** `errors --since`: the rejected rows of all failed and partly loaded batches, by code and column. */
import type { CommandClient } from '../../client.js';
import { AuthenticationError, CallError, NotFoundError } from '../../http/errors.js';
import { countCodes, explainCode } from '../../resources/codes.js';
import { countRecords } from '../../resources/outcome.js';
import { ENDS } from '../../resources/statuses.js';
import type { Batch } from '../../resources/types.js';
import { ParseError } from '../../shared/errors.js';
import { omitUndefined } from '../../shared/options.js';
import { findDatasetId, formatQuantity, formatTime } from '../format.js';
import type { Output, Result } from '../output.js';
import type { Session } from '../session.js';
import { type RejectionCount, RejectionSummary, toRejections } from './rejection.js';

/** What `errors --since` says about one batch. */
interface BatchSummary {
  batchId: string;
  status: string;
  datasetId?: string;
  /** Rejected rows whose reasons are known. */
  rows: number;
  summary: readonly RejectionCount[];
  /** Lines of the report that cannot be read. */
  unreadable?: number;
  /** Why the report could not be read to its end. */
  error?: string;
}

/** Sums up the batches that were created after a time. */
export async function summarizeSince(
  session: Session,
  since: number,
  dataset: string | undefined,
): Promise<Result> {
  const { out, signal } = session;
  const client = await session.connect();
  const total = new RejectionSummary();
  const batches: BatchSummary[] = [];
  const filter = omitUndefined({ createdAfter: since, dataSet: dataset });
  for await (const batch of client.batches.list(filter, { signal })) {
    const isFailed = ENDS.get(batch.status) === 'failed';
    const isPartly = (countRecords(batch)?.failed ?? 0) > 0 || (batch.errors?.length ?? 0) > 0;
    if (!isFailed && !isPartly) continue;
    const own = new RejectionSummary();
    const found = await readReport(client, batch, [own, total], signal);
    const datasetId = findDatasetId(batch);
    const entry = { batchId: batch.id, status: batch.status, datasetId, ...found };
    batches.push(omitUndefined({ ...entry, summary: own.toJSON() }));
    await showBatch(out, batch, found, own);
  }
  const text = formatTotal(batches, total, since);
  return { json: { since: new Date(since).toISOString(), batches, summary: total.toJSON() }, text };
}

type Found = Pick<BatchSummary, 'rows'> & {
  unreadable: number | undefined;
  error: string | undefined;
};

/** Counts the reasons of a batch. An error of this batch alone does not end the summary. */
async function readReport(
  client: CommandClient,
  batch: Batch,
  summaries: readonly RejectionSummary[],
  signal: AbortSignal,
): Promise<Found> {
  let rows = 0;
  let unreadable = 0;
  let error: string | undefined;
  const { format } = batch.inputFormat ?? {};
  const isFlat = format === 'csv' || format === 'parquet';
  const onUnreadable = () => void unreadable++;
  try {
    for await (const row of client.rejectedRows(batch.id, [], { signal, onUnreadable })) {
      rows++;
      for (const { record: _, ...rejection } of toRejections(row, isFlat)) {
        for (const summary of summaries) summary.add(rejection);
      }
    }
  } catch (caught) {
    const isOwn = caught instanceof CallError || caught instanceof ParseError;
    if (!isOwn || caught instanceof AuthenticationError || signal.aborted) throw caught;
    if (!(caught instanceof NotFoundError)) error = caught.message;
  }
  if (rows === 0) for (const summary of summaries) addBatchErrors(summary, batch);
  return { rows, unreadable: unreadable === 0 ? undefined : unreadable, error };
}

/** Where rows are not known one by one, the batch has their number by code. */
export function addBatchErrors(summary: RejectionSummary, { errors = [] }: Batch): void {
  for (const { code, count, recordCount } of countCodes(errors)) {
    const message = errors.find((one) => one.code === code)?.description ?? '';
    const fix = explainCode(code, message)?.fix;
    summary.add(omitUndefined({ code, message, fix }), recordCount ?? count);
  }
}

async function showBatch(
  out: Output,
  batch: Batch,
  { rows, unreadable, error }: Found,
  summary: RejectionSummary,
): Promise<void> {
  if (error !== undefined) {
    out.say(`warning: the report of batch ${batch.id} could not be read to its end: ${error}`);
  }
  if (unreadable !== undefined) {
    const lines = formatQuantity(unreadable, 'line');
    out.say(`warning: ${lines} of the report of batch ${batch.id} cannot be read.`);
  }
  if (out.isJson) return;
  const known = rows > 0 ? formatQuantity(rows, 'rejected row') : 'no report of rows';
  const time = formatTime(batch.created);
  await out.print(`Batch ${batch.id}: ${batch.status}, created ${time}, ${known}`);
  for (const line of summary.format(false)) await out.print(line);
}

function formatTotal(
  batches: readonly BatchSummary[],
  total: RejectionSummary,
  since: number,
): string {
  const from = formatTime(since);
  if (batches.length === 0) return `No batch has failed or rejected rows since ${from}.`;
  const noun = batches.length === 1 ? 'batch' : 'batches';
  const head = `${batches.length} failed or partly loaded ${noun} since ${from}:`;
  return [head, ...total.format(false)].join('\n');
}
