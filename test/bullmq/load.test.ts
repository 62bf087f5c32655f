import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import {
  assertReachable,
  cancelLoad,
  type EnqueueOptions,
  enqueueLoad,
  type IngestTarget,
  RedisError,
  retryFailed,
} from '../../src/bullmq/index.js';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { dumpRedis, toLoadKey, useQueue } from '../support/queue-stage.js';

describeWithRedis('loads on a queue', () => {
  const stage = useQueue();
  const { called, enqueue, fail, isDrained, read, start, waitForState, waitUntil, work, write } =
    stage;
  const toTarget = ({ origin, orgId, sandbox }: IngestTarget) => ({ origin, orgId, sandbox });
  const uploads = () => called('uploadFile').length;
  const loaded = () =>
    stage.simulator.log
      .flatMap(({ operation, path }) =>
        operation === 'batchAction' && path.endsWith('COMPLETE') ? (path.split('/')[5] ?? []) : [],
      )
      .map((part) => part.replace(/\?.*/, ''));

  test('a worker takes a load from files to batches that are loaded, in parts where files are large', async () => {
    await start();
    await write(12);
    const receipts = join(stage.folder, '..', `${basename(stage.folder)}-receipts`);
    const parts = { largeFileThresholdBytes: 100, partSizeBytes: 60 };
    const { loadId, batches, files } = await enqueue({ ...parts, maxBatchFiles: 6 });
    expect(files).toBe(12);
    work({ receipts });
    const load = await waitForState(loadId, 'ended');
    expect(load).toMatchObject({
      outcome: 'success',
      batches: { total: batches, ended: batches },
      files: { total: 12, uploaded: 12, failed: 0 },
    });
    const written = await Promise.all(
      (await readdir(receipts)).map(async (name) =>
        JSON.parse(await readFile(join(receipts, name), 'utf8')),
      ),
    );
    await rm(receipts, { recursive: true });
    expect(written.flatMap((receipt) => receipt.files)).toHaveLength(12);
    for (const { batchId, files: inBatch } of written) {
      const held = stage.simulator.files(batchId);
      for (const { path, sha256 } of inBatch)
        expect(await held.find((file) => file.path === path)?.sha256()).toBe(sha256);
    }
    expect(Object.values(await stage.queue.getJobCounts()).every((count) => count === 0)).toBe(
      true,
    );
  });

  test('a load that is enqueued twice is loaded once, and stays as it is after it has ended', async () => {
    await start();
    await write(3);
    const first = await enqueue();
    expect(await enqueue()).toEqual(first);
    work();
    await waitForState(first.loadId, 'ended');
    await enqueue();
    await waitUntil(isDrained);
    expect(called('createBatch')).toHaveLength(1);
    expect(uploads()).toBe(3);
  });

  test('an id that is taken by a load of other files is rejected', async () => {
    await start();
    await write(1);
    await enqueue({ loadId: 'nightly' });
    await writeFile(join(stage.folder, 'more.jsonl'), '{"n":1}\n');
    await expect(enqueue({ loadId: 'nightly' })).rejects.toThrow('is a load of other files');
  });

  test('an option that no worker looks at is rejected', async () => {
    await start();
    const notify = { datasetId: 'd1', notify: 'https://hooks.invalid/' };
    await expect(enqueue(notify)).rejects.toThrow('Unknown option notify');
  });

  test('a worker whose client is for another target fails the job before any call', async () => {
    await start();
    await write(1);
    const target = toTarget(stage.client);
    const { loadId } = await enqueue({ target: { ...target, sandbox: 'other' } });
    const ofOthers = {
      orgId: await enqueue({ target: { ...target, orgId: 'other@AdobeOrg' } }),
      origin: await enqueue({ target: { ...target, origin: 'https://platform.invalid' } }),
    };
    const worker = work();
    const { failures } = await waitForState(loadId, 'held');
    expect(failures[0]?.reason).toContain(
      'is for sandbox other, and the client of this worker has',
    );
    for (const [field, other] of Object.entries(ofOthers)) {
      const held = await waitForState(other.loadId, 'held');
      expect(held.failures[0]?.reason).toContain(`is for ${field} `);
    }
    expect(stage.simulator.log).toEqual([]);
    await worker.close();
    const others = stage.clientWith({ sandbox: 'other' });
    work({}, () => others);
    expect(await retryFailed(stage.queue, loadId)).toBe(1);
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'success' });
  });

  test.each([
    [99, 'Update this worker, then retry'],
    [0, 'Start a worker of the version that enqueued it'],
  ])(
    'a job of version %i is failed with words that say what to do, also where its load is cancelled',
    async (version, fix) => {
      await start();
      await write(1);
      const { loadId } = await enqueue();
      const [job] = await stage.queue.getWaiting();
      await job?.updateData({ ...job.data, version });
      work();
      const { failures } = await waitForState(loadId, 'held');
      expect(failures[0]?.reason).toContain(
        `version ${version}, and this worker carries out version 1. ${fix}`,
      );
      await cancelLoad(stage.queue, loadId);
      await waitForState(loadId, 'held');
      await waitUntil(async () => (await read(loadId)).failures.length === 1);
      expect(stage.simulator.log).toEqual([]);
    },
  );

  test('a file that is missing holds its batch open until it is there again', async () => {
    await start();
    const inner = join(stage.folder, 'inner');
    await mkdir(inner);
    await writeFile(join(inner, '1.jsonl'), '{"n":1}\n');
    const { loadId } = await enqueue();
    // Moving the file itself would change it.
    await rename(inner, `${inner}-away`);
    work();
    // The batch is not created as long as a file of its plan is missing.
    const held = await waitForState(loadId, 'held');
    expect(held.failures[0]?.reason).toMatch(/1\.jsonl cannot be read.* Restore it and try again,/);
    expect(loaded()).toEqual([]);
    await rename(`${inner}-away`, inner);
    await retryFailed(stage.queue, loadId);
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'success' });
  });

  test('a file that was given up holds its batch open, even if its job is removed', async () => {
    await start();
    await write(3);
    const { loadId } = await enqueue();
    fail('uploadFile', 2, { status: 403 });
    const worker = work({ concurrency: 1 });
    const held = await waitForState(loadId, 'held');
    expect(held).toMatchObject({ files: { failed: 1 } });
    expect(held.failures[0]?.path).toMatch(/jsonl$/);
    await waitUntil(async () => (await read(loadId)).files.uploaded === 2);
    expect(loaded()).toEqual([]);
    const [job] = await stage.queue.getFailed();
    await job?.remove();
    const ended = await waitForState(loadId, 'ended');
    expect(ended).toMatchObject({ outcome: 'success', files: { uploaded: 3 } });
    await worker.close();
  });

  test('a file outside the folders of the worker is not read', async () => {
    await start();
    await write(1);
    const { loadId } = await enqueue();
    work({ roots: [join(stage.folder, 'inner')] });
    const { failures } = await waitForState(loadId, 'held');
    expect(failures[0]?.reason).toContain('is outside the folders that this worker may read');
    expect(uploads()).toBe(0);
  });

  test('a cancelled load is aborted, and cannot be enqueued again under its id', async () => {
    await start();
    await write(3);
    const { loadId } = await enqueue();
    fail('uploadFile', 1, { status: 403 });
    work();
    await waitForState(loadId, 'held');
    expect(await cancelLoad(stage.queue, loadId)).toBe(true);
    const { receipts, outcome } = await waitForState(loadId, 'ended');
    expect(outcome).toBe('cancelled');
    expect(stage.simulator.status(receipts[0]?.batchId ?? '')).toBe('aborted');
    await expect(enqueue()).rejects.toThrow('was cancelled');
  });

  test('a URL is loaded without a root, and its query is in Redis only encrypted', async () => {
    await start();
    const text = '{"n":1}\n';
    let isExpired = false;
    const server = createServer(({ headers }, response) => {
      if (isExpired) return void response.writeHead(403).end();
      const [, from = '0', to = ''] = /bytes=(\d+)-(\d*)/.exec(headers.range ?? '') ?? [];
      const part = text.slice(Number(from), to === '' ? undefined : Number(to) + 1);
      const range = `bytes ${from}-${Number(from) + part.length - 1}/${text.length}`;
      response.writeHead(206, { etag: '"1"', 'content-range': range });
      response.end(part);
    }).listen(0, '127.0.0.1');
    stage.closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/rows.jsonl?signature=presigned-secret`;
    const put = (options: Partial<EnqueueOptions> = {}) =>
      enqueueLoad(stage.queue, [url], { datasetId: 'd1', target: stage.client, ...options });
    await expect(put()).rejects.toThrow('stored only encrypted');
    const urlKey = 'a key of the environment';
    const { loadId } = await put({ urlKey });
    const files = `${toLoadKey(loadId)}:1:files`;
    const stored = await stage.admin.hgetall(files);
    expect(JSON.stringify(stored)).toContain('rows.jsonl');
    expect(JSON.stringify(stored)).not.toContain('presigned-secret');
    const worker = work({ roots: [] });
    const { failures } = await waitForState(loadId, 'held');
    expect(failures[0]?.reason).toContain('Set AEP_URL_KEY');
    await worker.close();
    // Whoever can write to Redis could have the query sent to a server of theirs.
    const own = stored['0'] ?? '';
    const elsewhere = own.replace(`:${port}/rows`, `:${port - 1}/rows`);
    expect(elsewhere).not.toBe(own);
    await stage.admin.hset(files, '0', elsewhere);
    await retryFailed(stage.queue, loadId);
    const thief = work({ roots: [], urlKey });
    await waitForState(loadId, 'held');
    expect((await read(loadId)).failures[0]?.reason).toContain('or for another URL');
    await thief.close();
    await stage.admin.hset(files, '0', own);
    isExpired = true;
    await retryFailed(stage.queue, loadId);
    work({ roots: [], urlKey });
    await waitUntil(async () => (await stage.queue.getDelayedCount()) === 1);
    const [job] = await stage.queue.getDelayed();
    expect(job?.failedReason).toContain('rows.jsonl');
    expect(JSON.stringify(await dumpRedis(stage.admin))).not.toContain('presigned-secret');
    isExpired = false;
    await job?.promote();
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'success' });
  });

  test('an error about a password does not hold it', async () => {
    await start();
    const wrong = { ...stage.redis.connection, username: 'nobody', password: 'redis-password' };
    const error = await assertReachable(wrong).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RedisError);
    expect(inspect(error, { depth: 10 })).not.toContain('redis-password');
  });
});
