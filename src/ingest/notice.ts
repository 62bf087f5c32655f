/** `notify`: the totals of a run, sent to a URL once, when nothing of it is left to be resumed. */
import { notify } from '../shared/notify.js';
import { omitUndefined } from '../shared/options.js';
import type { IngestContext, NoticeClient, RunOptions } from './context.js';
import { AlreadyLoadingError, IngestError } from './errors.js';
import type { IngestOutcome, Receipt } from './types.js';

/** What a notice says; receipts of several batches have more. */
export interface NoticeTotals {
  readonly outcome: string | null;
  readonly [field: string]: unknown;
}

/** A resume may still change these. */
const MAY_CHANGE: ReadonlySet<IngestOutcome> = new Set(['stalled', 'timed-out']);

/** Runs an ingest or a resume, and sends its notice where it has ended for good. */
export async function withNotice(
  context: IngestContext,
  run: () => Promise<Receipt>,
): Promise<Receipt> {
  if (context.options.notify === undefined) return run();
  let receipt: Receipt;
  try {
    receipt = await run();
  } catch (error) {
    const isFinal =
      error instanceof AlreadyLoadingError ||
      (error instanceof IngestError && error.journal === undefined);
    if (isFinal) await notifyOnce(context, toFailureTotals(context, error));
    throw error;
  }
  if (!MAY_CHANGE.has(receipt.outcome)) await notifyOnce(context, toTotals(receipt));
  return receipt;
}

/** It is recorded before it is sent: after a crash in between there is none, and never a second. */
async function notifyOnce(context: IngestContext, totals: NoticeTotals): Promise<void> {
  const { client, state, options } = context;
  if (state.isNotified) return;
  await sendNotice(client, options, totals, async () => {
    // Of a failure that nobody can resume, the journal may be deleted already.
    const recorded = context.record({ type: 'notified' });
    await (totals.outcome === null ? recorded.catch(() => undefined) : recorded);
  });
}

/** @param record records, durably, that the notice is sent; if it throws, it is not sent. */
export async function sendNotice(
  client: NoticeClient,
  { notify: url, signal, onWarning }: Pick<RunOptions, 'notify' | 'signal' | 'onWarning'>,
  totals: NoticeTotals,
  record: () => Promise<void>,
): Promise<void> {
  if (url === undefined) return;
  const address = new URL(url);
  try {
    await record();
    await client.postNotice(address, totals, signal ?? new AbortController().signal);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // The path may be a secret, too, as in the addresses of chats.
    const message = `The notice to ${address.origin} was not sent, or not accepted: ${why}. The run itself is not affected.`;
    notify(onWarning, { level: 'warning', message });
  }
}

function toTotals({ files, packedFiles: _, ...receipt }: Receipt): NoticeTotals {
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { ...receipt, filesTotal: files.length, totalBytes };
}

function toFailureTotals(
  { state, progress }: IngestContext,
  error: IngestError | AlreadyLoadingError,
): NoticeTotals {
  const { plan } = state;
  const files = [...state.originals()].map(({ entry }) => entry.hashed ?? entry);
  const name = error.cause instanceof Error ? error.cause.name : error.name;
  return omitUndefined({
    outcome: null,
    error: { name, batch: error instanceof IngestError ? error.batch : 'none' },
    batchId: error.batchId,
    externalId: plan.externalId,
    datasetId: plan.request.datasetId,
    sandbox: plan.sandbox,
    filesTotal: files.length,
    totalBytes: files.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0),
    startedAt: progress.startedAt,
    endedAt: new Date().toISOString(),
  });
}
