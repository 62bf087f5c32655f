import type { Command } from 'commander';
import type { IngestOptions, IngestSource, Receipt } from '../../ingest/types.js';
import { EXIT } from '../exit-codes.js';
import {
  batchOptions,
  examples,
  formatOptions,
  subcommand,
  uploadOptions,
  waitOptions,
} from '../flags.js';
import { type IngestFlags, isStream, toIngestOptions } from '../ingest-flags.js';
import { exitCodeOf, receiptText } from '../outcome.js';
import type { Output, Result } from '../output.js';
import { runs, type Session } from '../session.js';
import { discard, newJournal } from '../state-dir.js';

/** `aep-batch ingest`: files, folders or standard input in, a loaded batch out. */
export function ingest(program: Command): void {
  const command = subcommand(
    program,
    'ingest <path...>',
    'Create a batch, upload files into it, complete it and wait for its outcome.',
  ).usage('<path...|-> --dataset <id> [options]');
  batchOptions(command);
  formatOptions(command, 'what the files look like');
  waitOptions(uploadOptions(command));
  onFailureOption(command)
    .option('--no-wait', 'end as soon as the batch was handed over')
    .option('--journal <file>', 'keep the journal there, for a resume')
    .option('--take-over', 'take the journal from a process that cannot be checked')
    .option('--dry-run', 'show what would be sent, and send nothing');
  examples(
    command,
    'ingest rows.jsonl --dataset 5c8c3c555033b814b69f947f',
    'ingest exports/ --format parquet --dataset 5c8c3c555033b814b69f947f --json',
    'ingest rows.csv --delimiter ";" --partial-ingestion-percent 5 --error-diagnostics --dataset …',
    'ingest - --dataset 5c8c3c555033b814b69f947f < rows.jsonl',
  );
  runs<IngestFlags>(command, async (session, flags, paths) => {
    if (flags.dryRun === true) {
      const { dryRun } = await import('./dry-run.js');
      return dryRun(session, flags, paths);
    }
    return ingested(session, flags, paths);
  });
}

export const onFailureOption = (command: Command): Command =>
  command.addOption(
    command
      .createOption('--on-failure <what>', 'what becomes of the batch when the ingest fails')
      .choices(['abort', 'leave']),
  );

async function ingested(session: Session, flags: IngestFlags, paths: string[]): Promise<Result> {
  const source = sourceOf(paths, session.signal);
  const client = await session.connect();
  if (flags.replace !== undefined) {
    session.out.say(`It replaces ${flags.replace.join(', ')}: all rows of it are deleted.`);
  }
  const journal = flags.journal ?? (await newJournal());
  session.journal = journal;
  const receipt = await shown(session, (tell) =>
    client.ingest(source, { ...toIngestOptions(flags), journal, signal: session.signal, ...tell }),
  );
  return resultOf(receipt, journal, session.out);
}

/** Standard input, or paths. */
function sourceOf(paths: string[], signal: AbortSignal): IngestSource {
  if (!isStream(paths)) return paths;
  // Whoever writes to it may go on for long: the signal ends the reading, too.
  signal.addEventListener('abort', () => process.stdin.destroy(), { once: true });
  return { jsonLines: process.stdin };
}

type Tell = Pick<Required<IngestOptions>, 'onProgress' | 'onWarning'>;

/** Shows how an ingest fares while it goes on. */
export async function shown(
  { out }: Session,
  work: (tell: Tell) => Promise<Receipt>,
): Promise<Receipt> {
  const { display } = await import('../progress.js');
  const progress = await display(out);
  try {
    return await work({
      onProgress: (state) => progress.update(state),
      onWarning: ({ file, line, message }) => {
        const where = [file, line].filter((part) => part !== undefined).join(':');
        out.say(`warning: ${where === '' ? '' : `${where}: `}${message}`);
      },
    });
  } finally {
    progress.end();
  }
}

/** The receipt. The journal has done its service, unless a resume may still be wanted. */
export async function resultOf(receipt: Receipt, journal: string, out: Output): Promise<Result> {
  const exitCode = exitCodeOf(receipt.outcome);
  const isLoaded = exitCode === EXIT.done || exitCode === EXIT.rejects;
  if (isLoaded) await discard(journal);
  else out.say(`The journal of this ingest is kept: ${journal}`);
  const done = `batch ${receipt.batchId}, outcome ${receipt.outcome}`;
  return { json: receipt, text: receiptText(receipt), exitCode, done };
}
