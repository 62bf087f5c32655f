/** The flags that `enqueue`, `worker` and `load` share. */
import type { Command } from 'commander';
import type { LoadQueueOptions } from '../bullmq/index.js';
import { omitUndefined } from '../shared/options.js';
import { integerArg } from './flags.js';
import type { Session } from './session.js';

export interface RedisFlags {
  redis?: string;
  queue?: string;
}

export const addRedisFlags = (command: Command): Command =>
  command
    .option('--redis <url>', 'Redis without a password (default: AEP_REDIS_URL)')
    .option('--queue <name>', 'queue of the loads (default: aep-batch)');

export interface BudgetFlags {
  bytesPerHour?: number;
}

export const addBytesPerHourFlag = (command: Command, description: string): Command =>
  command.option(
    '--bytes-per-hour <n>',
    description,
    integerArg(2, Number.MAX_SAFE_INTEGER, 'bytes'),
  );

/** From the environment alone: a flag is visible to all users of the machine. */
export const readUrlKey = (): { urlKey?: string } =>
  omitUndefined({ urlKey: process.env['AEP_URL_KEY'] || undefined });

/** A command that looks at a load in the same queue. */
export const suggestLoad = (
  session: Session,
  { redis, queue }: RedisFlags,
  loadId: string,
  ...more: string[]
): string => {
  const where = [
    ...(redis === undefined ? [] : ['--redis', redis]),
    ...(queue === undefined ? [] : ['--queue', queue]),
  ];
  return session.suggest('load', loadId, ...more, ...where);
};

export const toQueueOptions = ({ queue }: RedisFlags): LoadQueueOptions => omitUndefined({ queue });
