/** `worker`: carries out the loads of a queue until a signal stops it. */
import type { Command } from 'commander';
import { omitUndefined } from '../../shared/options.js';
import { EXIT } from '../exit-codes.js';
import {
  addCommand,
  addLogFlag,
  addTimeoutFlag,
  addWaitFlags,
  type CommonFlags,
  integerArg,
  millisecondsArg,
  type WaitFlags,
} from '../flags.js';
import { toWarningListener } from '../progress.js';
import { findQueue } from '../redis.js';
import {
  addBytesPerHourFlag,
  addRedisFlags,
  type BudgetFlags,
  type RedisFlags,
  readUrlKey,
} from '../redis-flags.js';
import { action, type Session, type Subcommand } from '../session.js';

interface WorkerFlags extends CommonFlags, RedisFlags, BudgetFlags, WaitFlags {
  root?: string[];
  concurrency?: number;
  lockMs?: number;
  closeTimeoutMs?: number;
  receipts?: string;
  batchesPerMinute?: number;
  batchesPerDay?: number;
}

export function worker(program: Command): Subcommand {
  const description = 'Carry out the loads of a queue, together with other workers.';
  const command = addCommand(program, 'worker', description, [
    'worker --root /data/exports --bytes-per-hour 20000000000',
    'worker --root /data/exports --concurrency 16 --receipts receipts/',
  ]);
  const budget = addBytesPerHourFlag(
    addRedisFlags(addLogFlag(addTimeoutFlag(addWaitFlags(command)))),
    'most bytes that all workers together send for an organisation (default: any)',
  );
  budget
    .option('--batches-per-minute <n>', 'most batches created a minute', integerArg(1, 1_000_000))
    .option('--batches-per-day <n>', 'most batches created a day', integerArg(1, 1_000_000))
    .option('--root <folder...>', 'folders that files may be read from')
    .option('--concurrency <n>', 'jobs at a time (default: 4)', integerArg(1, 1000, 'jobs'))
    .option(
      '--lock-ms <n>',
      'time after which the jobs of a dead worker are taken over (default: 30000)',
      integerArg(1000, 600_000, 'milliseconds'),
    )
    .option(
      '--close-timeout-ms <n>',
      'after a signal, time for jobs to end (default: 30000)',
      millisecondsArg(0),
    )
    .option('--receipts <folder>', 'write a receipt of each batch into this folder');
  return action<WorkerFlags>(command, runWorker);
}

async function runWorker(session: Session, flags: WorkerFlags) {
  const { out, signal, signals } = session;
  const { connection, bullmq } = await findQueue(session, flags);
  const { assertReachable, createLoadWorker } = bullmq;
  const client = await session.connect();
  await assertReachable(connection);
  const worker = createLoadWorker(client, connection, {
    ...toWorkerOptions(flags),
    ...readUrlKey(),
    onWarning: toWarningListener(out),
  });
  out.note('Taking jobs. SIGTERM stops: what does not end in time is given back to other workers.');
  await new Promise<void>((resolve) => {
    // Also where the signal came before there was a worker.
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    // An error, such as that of a Redis which is restarted, does not end it.
    worker.once('closed', () => resolve());
  });
  await worker.close();
  if (worker.failure !== undefined) throw worker.failure;
  const { received } = signals;
  return { exitCode: received === undefined ? EXIT.done : EXIT[received] };
}

function toWorkerOptions(flags: WorkerFlags) {
  const { concurrency, lockMs, closeTimeoutMs, receipts, queue } = flags;
  const { pollIntervalMs, waitTimeoutMs, timeoutMs } = flags;
  const { bytesPerHour, batchesPerMinute, batchesPerDay } = flags;
  return omitUndefined({
    roots: flags.root,
    concurrency,
    lockMs,
    closeTimeoutMs,
    receipts,
    queue,
    pollIntervalMs,
    waitTimeoutMs,
    timeoutMs,
    budget: omitUndefined({ bytesPerHour, batchesPerMinute, batchesPerDay }),
  });
}
