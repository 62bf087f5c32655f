import { describe } from '@jest/globals';
import { HOW_TO_GET_REDIS, hasRedis } from '../../spec-tools/redis.js';

if (!hasRedis) console.log(HOW_TO_GET_REDIS);

/** Skipped, after a line that says how to get one, where this machine has no Redis server. */
export const describeWithRedis = hasRedis ? describe : describe.skip;
