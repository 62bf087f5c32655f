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
  addUploadFlags,
  type BatchFlags,
  type CommonFlags,
  csvOptions,
  type FormatFlags,
  integerArg,
  type UploadFlags,
} from '../flags.js';
import {
  addBytesPerHourFlag,
  addRedisFlags,
  type BudgetFlags,
  importBullmq,
  protectPassword,
  type RedisFlags,
  readRedis,
  readUrlKey,
  toQueueOptions,
} from '../redis-flags.js';
import { action, type Subcommand } from '../session.js';

interface EnqueueFlags
  extends CommonFlags,
    BatchFlags,
    FormatFlags,
    UploadFlags,
    RedisFlags,
    BudgetFlags {
  loadId?: string;
  maxBatchFiles?: number;
  maxBatchBytes?: number;
  maxOpenBatches?: number;
}

export function enqueue(program: Command): Subcommand {
  const description = 'Put files into a queue, from which workers load them in batches.';
  const command = addCommand(program, 'enqueue <path...>', description, [
    'enqueue exports/ --dataset 5c8c3c555033b814b69f947f --json',
    'enqueue exports/ --dataset 5c8c3c555033b814b69f947f --load-id nightly-2026-01-31',
  ]);
  addFormatFlags(addBatchFlags(command), 'detected');
  addBytesPerHourFlag(
    addRedisFlags(addUploadFlags(command)),
    'the budget of the workers: a file above half of it is rejected',
  )
    .option('--load-id <id>', 'id of the load (default: the same for the same files and options)')
    .option('--max-batch-files <n>', 'most files in a batch', integerArg(1, 25_000, 'files'))
    .option('--max-batch-bytes <n>', 'most bytes in a batch', integerArg(1, 2 ** 40, 'bytes'))
    .option(
      '--max-open-batches <n>',
      'most batches of the load that take files at a time (default: 10)',
      integerArg(1, 1000, 'batches'),
    );
  return action<EnqueueFlags>(command, async (session, flags, paths) => {
    if (paths.includes('-'))
      throw new UsageError(
        'Standard input cannot be enqueued: a worker cannot read it again. Write it to a file.',
      );
    if (flags.replace !== undefined)
      throw new UsageError('--replace goes with one batch: use `aep-batch ingest`.');
    const target = readLoadTarget(session.environment(), flags.sandbox);
    const connection = readRedis(session, flags);
    const { enqueueLoad, openLoadQueue } = await importBullmq();
    await protectPassword(session, connection);
    const queue = await openLoadQueue(connection, toQueueOptions(flags));
    try {
      const load = await enqueueLoad(queue, paths, {
        ...toEnqueueOptions(flags),
        ...readUrlKey(),
        target,
        signal: session.signal,
        onWarning: ({ message }) => session.out.say(`warning: ${message}`),
      });
      const { loadId, batches, files, bytes } = load;
      const counts = `${files} files (${formatSize(bytes)}) in ${batches} batches`;
      const next = session.suggest('load', loadId);
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

function toEnqueueOptions(flags: EnqueueFlags) {
  const csv = csvOptions(flags);
  return {
    datasetId: flags.dataset,
    ...omitUndefined({
      format: flags.format,
      isMultiLineJson: flags.multiline,
      csv: Object.keys(csv).length === 0 ? undefined : csv,
      externalId: flags.externalId,
      tags: flags.tag,
      errorDiagnostics: flags.errorDiagnostics,
      partialIngestionPercent: flags.partialIngestionPercent,
      largeFileThresholdBytes: flags.largeFileThresholdBytes,
      partSizeBytes: flags.partSizeBytes,
      concurrency: flags.concurrency,
      loadId: flags.loadId,
      maxBatchFiles: flags.maxBatchFiles,
      maxBatchBytes: flags.maxBatchBytes,
      maxOpenBatches: flags.maxOpenBatches,
      budget: flags.bytesPerHour === undefined ? undefined : { bytesPerHour: flags.bytesPerHour },
    }),
  };
}
