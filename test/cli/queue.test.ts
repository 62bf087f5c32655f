import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from '../../spec-tools/redis.js';
import { expectJson, type Running, useDesk } from '../support/command.js';
import { describeWithRedis } from '../support/describe-with-redis.js';

jest.setTimeout(120_000); // the processes of workers start slowly on a busy machine

const desk = useDesk();

describe('where Redis is', () => {
  const enqueue = ['enqueue', 'rows.jsonl', '--dataset', 'd1'];
  const expectUsage = async (args: string[], env: Record<string, string>, message: string) => {
    const { code, stderr } = await desk.run(args, { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  };

  test('nothing is enqueued as long as nothing says where Redis is', () =>
    expectUsage(enqueue, {}, 'set AEP_REDIS_URL'));

  test('a password is taken from the environment only, since other users see flags', () =>
    expectUsage([...enqueue, '--redis', 'redis://:secret@127.0.0.1:1'], {}, 'without a password'));

  test('a URL of another scheme is rejected', () =>
    expectUsage(enqueue, { AEP_REDIS_URL: 'http://127.0.0.1:1' }, 'such as redis://'));

  test('a URL that would be read in part is rejected', async () => {
    await expectUsage(enqueue, { AEP_REDIS_URL: 'redis://127.0.0.1:1?db=2' }, 'without a query');
    await expectUsage(enqueue, { AEP_REDIS_URL: 'redis://:100%@127.0.0.1:1' }, 'as %25');
  });

  test('the .env of a folder names no Redis on another machine', async () => {
    await desk.file('.env', 'AEP_REDIS_URL=redis://redis.invalid:6379\n');
    await expectUsage(enqueue, {}, 'Invalid AEP_REDIS_URL in .env');
  });

  test('standard input and a journal cannot be enqueued', async () => {
    const env = { AEP_REDIS_URL: 'redis://127.0.0.1:1' };
    await expectUsage(
      ['enqueue', '--dataset', 'd1', '--journal', 'j', 'rows.jsonl'],
      env,
      '--journal',
    );
    const { code, stderr } = await desk.run(['enqueue', '-', '--dataset', 'd1'], { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining('Write it to a file')]);
  });

  test('a Redis that cannot be reached is an error, not a wait', async () => {
    const { code, stderr } = await desk.run(['load', 'any'], {
      env: { AEP_REDIS_URL: 'redis://127.0.0.1:1' },
    });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('Redis at 127.0.0.1:1 cannot be reached'),
    ]);
  });
});

describeWithRedis('a queue', () => {
  let redis: RedisServer;
  let env: Record<string, string> = {};
  beforeAll(async () => {
    redis = await startRedis('--requirepass', 'redis-password');
    env = { AEP_REDIS_URL: `redis://:redis-password@127.0.0.1:${redis.port}` };
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    const admin = new Redis({ ...redis.connection, password: 'redis-password' });
    await admin.flushall();
    admin.disconnect();
    await desk.file('rows.jsonl', '{"n":1}\n');
  });
  const load = (...args: string[]) => desk.run(['load', ...args], { env });
  const enqueue = (...args: string[]) =>
    desk.run(['enqueue', 'rows.jsonl', '--dataset', 'd1', '--load-id', 'nightly', ...args], {
      env,
    });
  /** However long that takes, as long as the worker runs. */
  const waitForExit = async ({ child, ended }: Running, code: number, state: string) => {
    while (child.exitCode === null && child.signalCode === null) {
      const shown = await load('nightly', '--json');
      const json = expectJson(shown, 'load');
      if (json['state'] === state) {
        expect(shown.code).toBe(code);
        return json;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${(await ended).stderr}\n${(await load('nightly')).stdout}`);
  };

  test('a load is enqueued, carried out by a worker until SIGTERM, and shown', async () => {
    const enqueued = await enqueue('--json');
    expect(expectJson(enqueued, 'enqueue')).toEqual({
      loadId: 'nightly',
      batches: 1,
      files: 1,
      bytes: 8,
    });
    expect((await load('nightly')).code).toBe(0);
    const args = ['--root', '.', '--receipts', 'receipts', '--poll-interval-ms', '50'];
    const worker = desk.start(['worker', ...args], { env });
    const { outcome } = await waitForExit(worker, 0, 'ended');
    expect(outcome).toBe('success');
    worker.child.kill('SIGTERM');
    const { code, stderr } = await worker.ended;
    expect(code).toBe(143);
    expect(stderr).toContain('20 GB an hour');
    expect(stderr).not.toContain('redis-password');
    expect(await readdir(join(desk.folder, 'receipts'))).toEqual([
      expect.stringMatching(/^nightly-b1-\w+\.json$/),
    ]);
  });

  test('a worker goes on when Redis is there again', async () => {
    const worker = desk.start(['worker', '--root', '.', '--poll-interval-ms', '50'], { env });
    await worker.waitForText('Taking jobs');
    await redis.kill();
    await worker.waitForText('ECONNREFUSED');
    await redis.restart();
    await enqueue();
    await waitForExit(worker, 0, 'ended');
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(143);
  });

  test('a load of another queue is named with its queue', async () => {
    const { stdout } = await enqueue('--queue', 'other', '--pack');
    expect(stdout).toContain('Load nightly: 1 file (8 bytes) in 1 batch.');
    expect(stdout).toContain('aep-batch load nightly --queue other');
  });

  test('what was given up is shown with its reason, tried again, and cancelled', async () => {
    await enqueue();
    const worker = desk.start(['worker', '--root', 'elsewhere', '--poll-interval-ms', '50'], {
      env,
    });
    await waitForExit(worker, 1, 'held');
    expect((await load('nightly')).stdout).toContain('Given up: rows.jsonl (batch 1): ');
    expect((await load('nightly', '--retry-failed')).stderr).toContain('Tried again: 1 job.');
    await waitForExit(worker, 1, 'held');
    const cancelled = await load('nightly', '--cancel', '--json');
    expect([cancelled.code, expectJson(cancelled, 'load')['loadId']]).toEqual([0, 'nightly']);
    await waitForExit(worker, 4, 'ended');
    worker.child.kill('SIGTERM');
    await worker.ended;
  });

  test('a worker whose credentials are rejected ends with exit code 7, and the load says why nothing goes on', async () => {
    await enqueue();
    const args = ['worker', '--root', '.', '--poll-interval-ms', '50'];
    const { code } = await desk.run(args, { env: { ...env, AEP_CLIENT_SECRET: 'of another' } });
    const shown = await load('nightly');
    expect([code, shown.code]).toEqual([7, 1]);
    expect(shown.stdout).toContain('No worker goes on: the last one has stopped.');
    expect(shown.stdout).not.toContain('Given up');
    expect(shown.stdout).not.toContain('--retry-failed');
    expectJson(await load('nightly', '--json'), 'load');
  });

  test('a load that builds on a batch which failed is rejected, and is not in the queue', async () => {
    desk.simulator.outcomes['d1'] = { states: ['failed'] };
    await desk.run(['ingest', 'rows.jsonl', '--dataset', 'd1']);
    const { code, stderr } = await enqueue('--after-success', '--skip-loaded');
    expect([code, stderr]).toEqual([2, expect.stringContaining('the last batch of dataset d1')]);
    expect((await load('nightly')).code).toBe(2);
  });

  test('flags that contradict each other are rejected as by an ingest', async () => {
    for (const flags of [['--force'], ['--skip-loaded', '--external-id', 'mine'], ['--strict']])
      expect((await enqueue(...flags)).code).toBe(2);
  });

  test('a load that the queue does not have is exit code 2', async () => {
    const { code, stderr } = await load('other');
    expect([code, stderr]).toEqual([2, expect.stringContaining('There is no load other')]);
  });
});
