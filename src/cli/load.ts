/** Loads of many batches, as `ingest` and `resume` run them. */
import type { CommandClient } from '../client.js';
import { readRecordedFiles } from '../ingest/journal-sources.js';

import type { IngestOutcome } from '../ingest/types.js';
import { toBatchJournal } from '../load/batch-journals.js';
import type { PlannedSources } from '../load/load.js';
import { mayGoOn } from '../load/state.js';
import type { BatchReceipt, LoadReceipt } from '../load/types.js';
import { formatCount, formatSize } from '../shared/format.js';
import { omitUndefined } from '../shared/options.js';
import { formatOutcome, nextCommand } from './batch-text.js';
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
import { MAX_RECORDED_FILES, type RecordedBatch } from './run-history.js';
import type { Session } from './session.js';
import { discardJournal } from './state-dir.js';

/** As many batches, or ends of batches, as a person reads. */
const MAX_SHOWN = 20;
const MAX_EXPLAINED = 3;

/** Whether the journal is still needed; nobody waits for an accepted batch. */
const needsResume = ({ outcome }: BatchReceipt): boolean =>
  outcome !== 'accepted' && mayGoOn(outcome);

/** Runs a load that was planned. */
export async function runLoad(
  session: Session,
  client: CommandClient,
  flags: IngestFlags,
  { sources, journal }: { sources: PlannedSources; journal: string },
): Promise<Result> {
  const options = toIngestOptions(flags);
  const { signal, out } = session;
  const { batchConcurrency } = flags;
  const own = { ...toLoadLimits(flags), ...omitUndefined({ batchConcurrency }) };
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
  const decisive = batches.find((one) => one.outcome === outcome);
  await session.history?.end({
    outcome,
    datasetId,
    ...omitUndefined({ batchId: decisive?.batchId }),
    batches: await listBatches(receipt, journal),
  });
  const isOpen = notBegun > 0 || batches.some(needsResume);
  const suggest = session.suggest.bind(session);
  const resume = isOpen ? suggest('resume', journal) : undefined;
  if (out.isJson) {
    const next = resume ?? (decisive && nextCommand(decisive, outcome, suggest));
    const { batchId, status } = { ...decisive };
    const shown = { ...omitUndefined({ batchId, status }), ...receipt, ...omitUndefined({ next }) };
    await printLoad(out, shown, () => client.loadedFiles(journal));
  }
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
    : { ...result, json: receipt, text: formatLoad(receipt, suggest, resume) };
}

/** With these no row was rejected. */
const ALL_LOADED: ReadonlySet<IngestOutcome> = new Set(['success', 'skipped']);

/** The batches for `runs`, with the files in which `errors` finds the lines of rejected rows, as far as they are kept. */
async function listBatches({ batches }: LoadReceipt, journal: string): Promise<RecordedBatch[]> {
  const listed: RecordedBatch[] = [];
  let space = MAX_RECORDED_FILES;
  for (const { number, batchId, outcome, fileCount } of batches) {
    const batch: RecordedBatch = { batchId, outcome };
    listed.push(batch);
    if (ALL_LOADED.has(outcome) || fileCount > space) continue;
    space -= fileCount;
    batch.files = await readRecordedFiles(toBatchJournal(journal, number), batchId);
  }
  return listed;
}

/** What a load did. */
function formatLoad(
  receipt: LoadReceipt,
  suggest: (...args: string[]) => string,
  resume: string | undefined,
): string {
  const { externalId, outcome, batches, notBegun, skipped } = receipt;
  const total = batches.length + notBegun;
  const rows = batches.slice(0, MAX_SHOWN).map(toRow);
  const more = batches.length - rows.length;
  const ends = batches.filter((one) => OUTCOME_EXIT[one.outcome] !== 0);
  const isOther = (one: BatchReceipt) => one.outcome === 'skipped';
  const sent = batches.filter((one) => !isOther(one));
  const passedOver = skipped === 0 ? '' : `, ${skipped} skipped`;
  return [
    `Load ${externalId}: ${outcome}`,
    formatTable(rows),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...ends.slice(0, MAX_EXPLAINED).map((one) => formatOutcome(one, suggest)),
    `  uploaded: ${formatFiles(sent)}, in ${sent.length} of ${formatQuantity(total, 'batch', 'batches')}${passedOver}`,
    ...(sent.length < batches.length
      ? [`  not sent: ${formatFiles(batches.filter(isOther))}, loaded before`]
      : []),
    ...(resume === undefined ? [] : [`  To load the rest: ${resume}`]),
  ].join('\n');
}

function formatFiles(batches: readonly BatchReceipt[]): string {
  const fileCount = batches.reduce((sum, one) => sum + one.fileCount, 0);
  const sizeBytes = batches.reduce((sum, one) => sum + one.sizeBytes, 0);
  const originals = batches.reduce((sum, one) => sum + (one.originalCount ?? one.fileCount), 0);
  const packed = originals === fileCount ? '' : ` packed from ${formatCount(originals)}`;
  return `${formatQuantity(fileCount, 'file')}${packed}, ${formatSize(sizeBytes)}`;
}

const toRow = ({ number, batchId, outcome, fileCount, sizeBytes }: BatchReceipt): string[] => [
  `  ${number}`,
  batchId,
  outcome,
  formatQuantity(fileCount, 'file'),
  formatSize(sizeBytes),
];
