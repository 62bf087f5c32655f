import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { MAX_FILES } from '../../src/shared/limits.js';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { useQueue } from '../support/queue-stage.js';
import { chooseCount } from '../support/scale.js';

/** In the deep run more than a batch may hold, of which each takes at most 10,000. */
const FILES = chooseCount({ quick: 20, deep: MAX_FILES + 1 });

describeWithRedis('a load on a queue', () => {
  const stage = useQueue();

  test(`of ${FILES} files is enqueued as several batches`, async () => {
    await stage.start();
    for (let at = 0; at < FILES; at++) {
      writeFileSync(join(stage.folder, `${at}.jsonl`), `{"_id":"${at}"}\n`);
    }
    const { files, batches } = await stage.enqueue({ maxBatchFiles: Math.min(FILES / 2, 10_000) });

    expect(files).toBe(FILES);
    expect(batches).toBeGreaterThan(1);
  }, 60_000);
});
