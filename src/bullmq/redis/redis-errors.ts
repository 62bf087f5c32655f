/** What can be wrong with Redis. */
import { AepBatchError } from '../../shared/errors.js';

/** Redis cannot be reached, is too old, or has no memory left. */
export class RedisError extends AepBatchError {
  override readonly name = 'RedisError';
}

/** Whether Redis rejected a command because it has no memory left. The words are around those of scripts, too. */
export const isFullRedis = (error: unknown): error is Error =>
  error instanceof Error && error.message.includes('OOM command not allowed');

/** Whether a command was given up because Redis cannot be reached. */
export const isLostRedis = (error: unknown): error is Error =>
  error instanceof Error &&
  (error.name === 'MaxRetriesPerRequestError' || error.message === 'Connection is closed.');

/** Whether a command failed, for whatever reason. */
export const isFailedCommand = (error: unknown): error is Error =>
  isLostRedis(error) ||
  (error instanceof Error && ['ReplyError', 'AbortError'].includes(error.name));
