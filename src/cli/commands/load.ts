/** `load`: how far a load in a queue has come, and what to do about it. */
import type { Command } from 'commander';
import type { QueuedLoad } from '../../bullmq/index.js';
import { formatSize } from '../../shared/format.js';
import { EXIT, OUTCOME_EXIT, UsageError } from '../exit-codes.js';
import { addCommand, type CommonFlags } from '../flags.js';
import { formatQuantity } from '../format.js';
import { findQueue } from '../redis.js';
import { addRedisFlags, type RedisFlags, suggestLoad, toQueueOptions } from '../redis-flags.js';
import { action, type Subcommand } from '../session.js';

interface LoadFlags extends CommonFlags, RedisFlags {
  retryFailed?: boolean;
  cancel?: boolean;
}

export function load(program: Command): Subcommand {
  const description =
    'Show how far a load in a queue has come; exits like `ingest` once it has ended.';
  const command = addCommand(program, 'load <loadId>', description, [
    'load nightly-2026-01-31 --json',
    'load nightly-2026-01-31 --retry-failed',
  ]);
  addRedisFlags(command)
    .option('--retry-failed', 'try files and batches again that were given up')
    .option('--cancel', 'abort the batches that are not completed');
  return action<LoadFlags>(command, async (session, flags, [loadId = '']) => {
    if (flags.retryFailed === true && flags.cancel === true)
      throw new UsageError('--retry-failed and --cancel cannot be combined.');
    const { connection, bullmq } = await findQueue(session, flags);
    const { cancelLoad, openLoadQueue, readQueuedLoad, retryFailed } = bullmq;
    const queue = await openLoadQueue(connection, toQueueOptions(flags));
    try {
      if (flags.cancel === true) await cancelLoad(queue, loadId);
      if (flags.retryFailed === true) {
        const count = await retryFailed(queue, loadId);
        if (count !== undefined) session.out.note(`Tried again: ${formatQuantity(count, 'job')}.`);
      }
      const found = await readQueuedLoad(queue, loadId);
      if (found === undefined) throw unknownLoad(loadId, queue.name);
      const retry = suggestLoad(session, flags, loadId, '--retry-failed');
      return { json: { ...found }, text: formatLoad(found, retry), exitCode: chooseExit(found) };
    } finally {
      await queue.close();
    }
  });
}

const unknownLoad = (loadId: string, queue: string): UsageError =>
  new UsageError(
    `There is no load ${loadId} in the queue ${queue}: it was not enqueued there, or its receipts have expired.`,
  );

function chooseExit({ state, outcome }: QueuedLoad): number {
  if (state === 'held') return EXIT.error;
  if (state !== 'ended' || outcome === undefined) return EXIT.done;
  return outcome === 'cancelled' ? EXIT.failed : OUTCOME_EXIT[outcome];
}

/** How many failures are shown; `--json` has more. */
const SHOWN_FAILURES = 10;

/** @param retry the command that tries again what was given up. */
function formatLoad(load: QueuedLoad, retry: string): string {
  const { loadId, state, outcome, batches, files, bytes, stoppedWorker, failures } = load;
  const lines = [
    `Load ${loadId}: ${outcome ?? state}`,
    `Batches: ${batches.ended} of ${batches.total} have ended`,
    `Files:   ${files.uploaded} of ${files.total} are uploaded (${formatSize(bytes)} in all)`,
    ...failures.slice(0, SHOWN_FAILURES).map(({ batch, path, reason }) => {
      const what = path === undefined ? `batch ${batch}` : `${path} (batch ${batch})`;
      return `Given up: ${what}: ${reason}`;
    }),
  ];
  if (failures.length > SHOWN_FAILURES)
    lines.push(`and ${failures.length - SHOWN_FAILURES} more; --json lists them`);
  if (state === 'held' && failures.length > 0)
    lines.push(`The batches of these stay open. To try them again: ${retry}`);
  if (stoppedWorker !== undefined)
    lines.push(
      `No worker goes on: the last one has stopped. ${stoppedWorker}`,
      'Start another one: what is left is in the queue.',
    );
  return lines.join('\n');
}
