/** `enqueue`: puts a load into a queue, for workers on any number of machines. */
import type { Command } from 'commander';
import { formatSize } from '../../shared/format.js';
import { omitUndefined } from '../../shared/options.js';
import { readLoadTarget } from '../environment.js';
import { UsageError } from '../exit-codes.js';
import {
  addBatchFlags,
  addCommand,
  addFormatFlags,
  addUploadPlanFlags,
  type BatchFlags,
  type CommonFlags,
  type FormatFlags,
  integerArg,
  type UploadPlanFlags,
} from '../flags.js';
import { formatQuantity } from '../format.js';
import {
  addBeforehandFlags,
  addLoadLimitFlags,
  addPackFlags,
  type BeforehandFlags,
  type LoadLimitFlags,
  type PackFlags,
  toBatchOptions,
  toBeforehandOptions,
  toLoadLimits,
  toPackOptions,
} from '../ingest-flags.js';
import { toWarningListener } from '../progress.js';
import { findQueue } from '../redis.js';
import {
  addBytesPerHourFlag,
  addRedisFlags,
  type BudgetFlags,
  type RedisFlags,
  readUrlKey,
  suggestLoad,
  toQueueOptions,
} from '../redis-flags.js';
import { action, type Session, type Subcommand } from '../session.js';
import { addSourceFlags, findPaths, type SourceFlags } from '../source-flags.js';

interface EnqueueFlags
  extends CommonFlags,
    SourceFlags,
    BatchFlags,
    FormatFlags,
    UploadPlanFlags,
    LoadLimitFlags,
    PackFlags,
    BeforehandFlags,
    RedisFlags,
    BudgetFlags {
  loadId?: string;
  maxOpenBatches?: number;
}

export function enqueue(program: Command): Subcommand {
  const description = 'Put files into a queue, from which workers load them in batches.';
  const command = addCommand(program, 'enqueue [path...]', description, [
    'enqueue exports/ --dataset 5c8c3c555033b814b69f947f --json',
    'enqueue exports/ --dataset 5c8c3c555033b814b69f947f --load-id nightly-2026-01-31',
  ]).usage('<path...> --dataset <id> [options]');
  addFormatFlags(addSourceFlags(addBatchFlags(command)), 'detected');
  addBeforehandFlags(command, 'none');
  addBytesPerHourFlag(
    addRedisFlags(addPackFlags(addLoadLimitFlags(addUploadPlanFlags(command)))),
    'the budget of the workers: a file above half of it is rejected',
  )
    .option('--load-id <id>', 'id of the load (default: the same for the same files and options)')
    .option(
      '--max-open-batches <n>',
      'most batches of the load that take files at a time (default: 10)',
      integerArg(1, 1000, 'batches'),
    );
  return action<EnqueueFlags>(command, async (session, flags, args) => {
    const paths = await findPaths(args, flags, session.signal);
    if (paths.includes('-'))
      throw new UsageError(
        'Standard input cannot be enqueued: a worker cannot read it again. Write it to a file.',
      );
    if (flags.replace !== undefined)
      throw new UsageError('--replace goes with one batch: use `aep-batch ingest`.');
    const target = await openTarget(session, flags);
    const { connection, bullmq } = await findQueue(session, flags);
    const { enqueueLoad, openLoadQueue } = bullmq;
    const queue = await openLoadQueue(connection, toQueueOptions(flags));
    try {
      const load = await enqueueLoad(queue, paths, {
        ...toEnqueueOptions(flags),
        ...readUrlKey(),
        target,
        signal: session.signal,
        onWarning: toWarningListener(session.out),
      });
      const { loadId, batches, files, bytes } = load;
      const counts = `${formatQuantity(files, 'file')} (${formatSize(bytes)}) in ${formatQuantity(batches, 'batch', 'batches')}`;
      const next = suggestLoad(session, flags, loadId);
      return {
        json: { ...load },
        text: `Load ${loadId}: ${counts}. To see how far it has come: ${next}`,
        effect: `load ${loadId} is enqueued`,
      };
    } finally {
      await queue.close();
    }
  });
}

/** A client only where something is read from the platform: otherwise only workers need credentials. */
const openTarget = async (session: Session, { checkRows, afterSuccess, sandbox }: EnqueueFlags) =>
  checkRows === 'none' && afterSuccess !== true
    ? readLoadTarget(session.environment(), sandbox)
    : session.connect();

const toEnqueueOptions = (flags: EnqueueFlags) => ({
  ...toBatchOptions(flags),
  ...toLoadLimits(flags),
  ...toPackOptions(flags),
  ...toBeforehandOptions(flags),
  ...omitUndefined({
    loadId: flags.loadId,
    maxOpenBatches: flags.maxOpenBatches,
    budget: flags.bytesPerHour === undefined ? undefined : { bytesPerHour: flags.bytesPerHour },
  }),
});
