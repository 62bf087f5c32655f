/** Loads of many batches, as `ingest` and `resume` run them. */
import type { CommandClient } from '../client.js';
import type { IngestOutcome } from '../ingest/types.js';
import type { PlannedSources } from '../load/load.js';
import type { BatchReceipt, LoadReceipt } from '../load/types.js';
import { InvalidInputError } from '../shared/errors.js';
import { formatCount, formatSize } from '../shared/format.js';
import { omitUndefined } from '../shared/options.js';
import { formatOutcome } from './batch-text.js';
import { OUTCOME_EXIT } from './exit-codes.js';
import { formatQuantity, formatTable } from './format.js';
import {
  type IngestFlags,
  type LoadFlags,
  type ResumeFlags,
  toIngestOptions,
  toLoadLimits,
  toResumeOptions,
} from './ingest-flags.js';
import { printLoad } from './load-output.js';
import type { Result } from './output.js';
import { withProgress } from './progress.js';
import type { Session } from './session.js';
import { discardJournal } from './state-dir.js';

/** As many batches, or ends of batches, as a person reads. */
const MAX_SHOWN = 20;
const MAX_EXPLAINED = 3;

/** After these a resume has something to do. */
const MAY_GO_ON: ReadonlySet<IngestOutcome> = new Set([
  ...(['timed-out', 'stalled', 'failed', 'aborted', 'abandoned'] as const),
]);

/** Runs a load that was planned. @throws {InvalidInputError} for options that only one batch can have. */
export async function runLoad(
  session: Session,
  client: CommandClient,
  flags: IngestFlags,
  { sources, journal }: { sources: PlannedSources; journal: string },
): Promise<Result> {
  const { replace, ...options } = toIngestOptions(flags);
  if (replace !== undefined) {
    const message =
      'Invalid replace: expected files of one batch, received files of several. Each of them would delete the rows of the batches that it replaces: load them as one batch, or revert the others afterwards.';
    throw new InvalidInputError('replace', message);
  }
  const { signal, out } = session;
  const { batchConcurrency } = flags;
  const own = {
    ...toLoadLimits(flags),
    ...(batchConcurrency === undefined ? {} : { batchConcurrency }),
  };
  const receipt = await withProgress(out, (listeners) =>
    client.loadPlanned(sources, { ...options, ...own, journal, signal, ...listeners }),
  );
  return finishLoad(receipt, journal, session, client);
}

export async function resumeLoad(
  session: Session,
  client: CommandClient,
  flags: ResumeFlags & Pick<LoadFlags, 'batchConcurrency'>,
  { journal, sources }: { journal: string; sources?: string[] },
): Promise<Result> {
  const { signal, out } = session;
  const { batchConcurrency } = flags;
  const own = omitUndefined({ batchConcurrency, sources });
  const receipt = await withProgress(out, (listeners) =>
    client.resumeLoad(journal, { ...toResumeOptions(flags), ...own, signal, ...listeners }),
  );
  return finishLoad(receipt, journal, session, client);
}

/** Prints the receipt. The journal is deleted unless a resume may still need it. */
async function finishLoad(
  receipt: LoadReceipt,
  journal: string,
  session: Session,
  client: CommandClient,
): Promise<Result> {
  const { outcome, datasetId, batches, notBegun } = receipt;
  const { out } = session;
  const [first] = batches;
  const batchId = first?.batchId ?? '';
  await session.history?.end({
    ...{ batchId, outcome, datasetId },
    batches: batches.map((one) => ({ batchId: one.batchId, outcome: one.outcome })),
  });
  const isOpen = notBegun > 0 || batches.some((one) => MAY_GO_ON.has(one.outcome));
  const suggest = session.suggest.bind(session);
  const next = isOpen ? { next: suggest('resume', journal) } : {};
  if (out.isJson) await printLoad(out, { ...receipt, ...next }, () => client.loadedFiles(journal));
  if (isOpen) out.say(`The journal is kept: ${journal}`);
  else await discardJournal(journal);
  const result = {
    exitCode: OUTCOME_EXIT[outcome],
    effect: `${formatCount(batches.length)} batches, outcome ${outcome}`,
    isConfirmation: true,
  };
  // With --json it is printed already: the list of its files may be longer than a string.
  return out.isJson
    ? result
    : { ...result, json: receipt, text: formatLoad(receipt, suggest, next.next) };
}

/** What a load did. */
function formatLoad(
  receipt: LoadReceipt,
  suggest: (...args: string[]) => string,
  next: string | undefined,
): string {
  const { externalId, outcome, batches, notBegun, skipped } = receipt;
  const total = batches.length + notBegun;
  const rows = batches.slice(0, MAX_SHOWN).map(toRow);
  const more = batches.length - rows.length;
  const ends = batches.filter((one) => OUTCOME_EXIT[one.outcome] !== 0);
  const fileCount = batches.reduce((sum, one) => sum + one.fileCount, 0);
  const sizeBytes = batches.reduce((sum, one) => sum + one.sizeBytes, 0);
  const files = formatQuantity(fileCount, 'file');
  return [
    `Load ${externalId}: ${outcome}`,
    formatTable(rows),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...ends.slice(0, MAX_EXPLAINED).map((one) => formatOutcome(one, suggest)),
    `  uploaded: ${files}, ${formatSize(sizeBytes)}, in ${batches.length} of ${formatQuantity(total, 'batch', 'batches')}${skipped === 0 ? '' : `, ${skipped} skipped`}`,
    ...(next === undefined ? [] : [`  To load the rest: ${next}`]),
  ].join('\n');
}

const toRow = ({ number, batchId, outcome, fileCount, sizeBytes }: BatchReceipt): string[] => [
  `  ${number}`,
  batchId,
  outcome,
  formatQuantity(fileCount, 'file'),
  formatSize(sizeBytes),
];
