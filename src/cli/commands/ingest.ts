/** `ingest`: files, folders or standard input in, an ingested batch out. */
import { fstatSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandClient } from '../../client.js';
import type { IngestOutcome, IngestSource, Receipt } from '../../ingest/types.js';
import { InvalidInputError } from '../../shared/errors.js';
import { omitUndefined } from '../../shared/options.js';
import { formatReceipt, nextCommand } from '../batch-text.js';
import { OUTCOME_EXIT, UsageError } from '../exit-codes.js';
import {
  addBatchFlags,
  addCommand,
  addFormatFlags,
  addLogFlag,
  addUploadFlags,
  addWaitFlags,
} from '../flags.js';
import {
  addBeforehandFlags,
  addLoadFlags,
  addResumeFlags,
  type IngestFlags,
  isStream,
  toIngestOptions,
} from '../ingest-flags.js';
import type { Result } from '../output.js';
import { withProgress } from '../progress.js';
import { RunHistory } from '../run-history.js';
import { action, type Session, type Subcommand } from '../session.js';
import { addSourceFlags, findPaths, hideQueries } from '../source-flags.js';
import { createJournalPath, discardJournal, findRunsFolder } from '../state-dir.js';

export function ingest(program: Command): Subcommand {
  const description = 'Create a batch, upload files to it, complete it and wait for the outcome.';
  const command = addCommand(program, 'ingest [path...]', description, [
    'ingest rows.jsonl --dataset 5c8c3c555033b814b69f947f',
    'ingest exports/ --format parquet --dataset 5c8c3c555033b814b69f947f --json',
    'ingest rows.csv --delimiter ";" --partial-ingestion-percent 5 --error-diagnostics --dataset …',
    'ingest exports/ --skip-loaded --dataset 5c8c3c555033b814b69f947f',
    'ingest exports/ --pack --dataset 5c8c3c555033b814b69f947f',
    'ingest - --dataset 5c8c3c555033b814b69f947f < rows.jsonl',
    'ingest "exports/**/*.jsonl.gz" --exclude "*-draft*" --dataset 5c8c3c555033b814b69f947f',
  ]).usage('<path...|-> --dataset <id> [options]');
  addSourceFlags(addBatchFlags(command));
  addFormatFlags(command, 'detected');
  addLogFlag(addResumeFlags(addWaitFlags(addUploadFlags(addLoadFlags(command)))));
  addBeforehandFlags(command, 'sample')
    .option('--journal <file>', 'keep the journal in this file')
    .option('--dry-run', 'show what would be sent, without sending it');
  return action<IngestFlags>(command, async (session, flags, args) => {
    const paths = await findPaths(args, flags, session.signal);
    if (flags.dryRun !== true) return runIngest(session, flags, paths);
    const { dryRun } = await import('./dry-run.js');
    return dryRun(session, flags, paths);
  });
}

async function runIngest(session: Session, flags: IngestFlags, paths: string[]): Promise<Result> {
  const { out, signal } = session;
  if (flags.pack === true && isStream(paths))
    throw new UsageError('--pack and "-" (standard input) cannot be combined: it is one stream.');
  if (flags.skipLoaded === true && isStream(paths))
    throw new UsageError(
      '--skip-loaded and "-" (standard input) cannot be combined: the contents are read twice.',
    );
  const source = openSource(paths, signal);
  const client = await session.connect();
  const journal = flags.journal ?? (await createJournalPath());
  session.journal = journal;
  await recordStart(session, client, {
    journal,
    datasetId: flags.dataset,
    sources: await hideQueries(paths),
  });
  const { findBatches } = await import('../find-batches.js');
  const plan = await findBatches(source, flags, signal);
  if (plan?.areSeveral === true) {
    const { PlannedSources } = await import('../../load/load.js');
    const { runLoad } = await import('../load.js');
    return runLoad(session, client, flags, { sources: new PlannedSources(plan), journal });
  }
  const { FoundFiles } = await import('../../ingest/plan.js');
  const { deleteEndedLoad } = await import('../../load/load-journal.js');
  await deleteEndedLoad(journal);
  const receipt = await withProgress(out, (listeners) => {
    const options = { ...toIngestOptions(flags), journal, signal, ...listeners };
    return plan === undefined
      ? client.ingest(source, options)
      : client.ingestFound(new FoundFiles(plan.walked, false), options);
  });
  return finishIngest(receipt, journal, session);
}

/** Records that an ingest or a resume has started, for `runs`. */
export async function recordStart(
  session: Session,
  { origin, orgId, sandbox }: Pick<CommandClient, 'origin' | 'orgId' | 'sandbox'>,
  { journal, ...run }: { journal: string; datasetId?: string; sources?: string[] },
): Promise<void> {
  const folder = findRunsFolder();
  if (folder === undefined) return;
  const command = run.sources === undefined ? 'resume' : 'ingest';
  const record = { command, origin, orgId, sandbox, journal: resolve(journal), ...run } as const;
  session.history = await RunHistory.start(folder, record);
}

/** Standard input, or paths. */
function openSource(paths: string[], signal: AbortSignal): IngestSource {
  if (!isStream(paths)) return paths;
  if (fstatSync(0).isDirectory()) {
    const message = 'Standard input is a folder: pass its path instead of "-".';
    throw new InvalidInputError('source', message);
  }
  // Its writer may go on for long, so the signal has to end the reading, too.
  signal.addEventListener('abort', () => process.stdin.destroy(), { once: true });
  return { jsonLines: process.stdin };
}

/** A resume can wait again for these. */
const MAY_GO_ON: ReadonlySet<IngestOutcome> = new Set(['stalled', 'timed-out']);

/** The receipt as a result. The journal is deleted unless a resume may still need it. */
export async function finishIngest(
  receipt: Receipt,
  journal: string,
  session: Session,
): Promise<Result> {
  const { batchId, outcome, datasetId } = receipt;
  const { readRecordedFiles } = await import('../../ingest/journal-sources.js');
  const files = await readRecordedFiles(journal, batchId);
  await session.history?.end({ batchId, outcome, datasetId, files });
  const exitCode = OUTCOME_EXIT[outcome];
  if (MAY_GO_ON.has(outcome)) session.out.say(`The journal is kept: ${journal}`);
  else await discardJournal(journal);
  const suggest = session.suggest.bind(session);
  const next = nextCommand(receipt, outcome, suggest);
  return {
    json: { ...receipt, ...omitUndefined({ next }) },
    text: formatReceipt(receipt, suggest),
    exitCode,
    effect: `batch ${batchId}, outcome ${outcome}`,
    isConfirmation: true,
  };
}
