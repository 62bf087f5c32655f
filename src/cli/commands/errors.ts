/** `errors`: the rejected rows of a batch, why they were rejected, and where they come from. */
import type { Command } from 'commander';
import { UsageError } from '../exit-codes.js';
import { addCommand, type CommonFlags } from '../flags.js';
import type { BatchErrorsFlags } from '../rejections/show-batch.js';
import { action, type Subcommand } from '../session.js';
import { timeArg } from '../time-arg.js';

interface ErrorsFlags extends CommonFlags, BatchErrorsFlags {
  since?: number;
  dataset?: string;
}

export function errors(program: Command): Subcommand {
  const description =
    'Show the rejected rows of a batch and why they were rejected, or sum up those of all batches since a time.';
  const command = addCommand(program, 'errors [batchId]', description, [
    'errors 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B --out rejected.jsonl',
    'errors 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B --source rows.jsonl --rows-out to-correct.jsonl',
    'errors --since 24h',
  ])
    .option('--out <file>', 'write all reasons to a file, as JSON Lines')
    .option(
      '--rows-out <file>',
      'write the rejected rows to a file, ready to be corrected and loaded again; the reasons go to <file>.reasons.jsonl',
    )
    .option('--source <path...>', 'files that were loaded, to find the lines of the rows in')
    .option(
      '--since <time>',
      'sum up all failed and partly loaded batches created after this time, or this age: 24h',
      (text: string) => timeArg(text),
    )
    .option('--dataset <id>', 'with --since: only batches of this dataset');
  return action<ErrorsFlags>(command, async (session, flags, [batchId]) => {
    checkFlags(flags, batchId);
    if (batchId === undefined) {
      const { summarizeSince } = await import('../rejections/since.js');
      return summarizeSince(session, flags.since ?? 0, flags.dataset);
    }
    const { showBatch } = await import('../rejections/show-batch.js');
    return showBatch(session, flags, batchId);
  });
}

/** @throws {UsageError} for a batch and a time together, or neither. */
function checkFlags({ since, dataset, out, rowsOut, source }: ErrorsFlags, batchId?: string): void {
  if (batchId === undefined && since === undefined) {
    throw new UsageError('Pass a batch id, or --since <time> for all batches since then.');
  }
  if (batchId !== undefined && since !== undefined) {
    throw new UsageError('Pass either a batch id or --since, not both.');
  }
  if (batchId !== undefined && dataset !== undefined) {
    throw new UsageError('--dataset goes with --since: a batch id needs none.');
  }
  const ofOne = { '--out': out, '--rows-out': rowsOut, '--source': source };
  for (const [name, value] of Object.entries(ofOne)) {
    if (batchId === undefined && value !== undefined) {
      throw new UsageError(`${name} goes with a batch id, not with --since.`);
    }
  }
}
