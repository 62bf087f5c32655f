import { createHash } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { appendFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  isSameFingerprint,
  localFile,
  type OpenSource,
  type SizedFile,
} from '../src/upload/source.js';
import { thrownBy } from './support/client.js';
import {
  ALL,
  fileInMemory,
  head,
  PARTS_OK,
  TEXT,
  useScriptedUpload,
} from './support/scripted-upload.js';
import { cut, type Play } from './support/server.js';

const { server, upload, requests } = useScriptedUpload();
const small = (path: string, text = path) => fileInMemory(path, text);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('files that are uploaded together', () => {
  test('come back in the order in which they were given, whichever ends first', async () => {
    let respondToFirst = () => undefined as unknown;
    server.play(
      (_, response) => {
        respondToFirst = () => response.writeHead(200).end();
      },
      (_, response) => {
        response.writeHead(200).end();
        response.once('close', () => respondToFirst());
      },
    );
    const results = await upload([small('a'), small('b')], { concurrency: 2 });
    expect(results.map(({ path }) => path)).toEqual(['a', 'b']);
  });

  test('are each begun once the listener has noted it, and cleaned up once that is noted, too', async () => {
    const steps: string[] = [];
    const note = async (step: string) => {
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(step);
    };
    const respond: Play = (_, response, { call }) => {
      steps.push(`sent ${call.slice(-1)}`);
      response.writeHead(200).end();
    };
    server.play(respond, respond);
    const files = [small('a'), small('b')].map((file) => ({
      ...file,
      cleanup: () => note(`cleaned ${file.path}`),
    }));
    await upload(
      files,
      {},
      {
        started: ({ path }) => note(`started ${path}`),
        uploaded: ({ path }) => note(`uploaded ${path}`),
      },
    );
    const all = (path: string) =>
      ['started', 'sent', 'uploaded', 'cleaned'].map((step) => `${step} ${path}`);
    expect(steps).toEqual([...all('a'), ...all('b')]);
  });

  test('are not begun after one has failed, and whoever makes them is closed', async () => {
    let isClosed = false;
    const failures: unknown[] = [];
    async function* files() {
      try {
        for (const name of ['a', 'b', 'c']) yield small(name);
      } finally {
        isClosed = true;
      }
    }
    server.play(403);
    const error = await thrownBy(upload(files(), {}, { failed: (one) => void failures.push(one) }));
    expect(error).toMatchObject({ status: 403 });
    expect(failures).toEqual([error]);
    expect(requests()).toEqual(['PUT']);
    expect(isClosed).toBe(true);
  });

  test('are not begun after one has failed, though they were being made then', async () => {
    let fail = (): unknown => undefined;
    const hasFailed = new Promise<void>((resolve) => {
      fail = resolve;
    });
    async function* files() {
      yield small('a');
      await hasFailed;
      yield small('b');
    }
    const started: string[] = [];
    server.play(403);
    const listeners = {
      started: ({ path }: { path: string }) => void started.push(path),
      failed: () => fail(),
    };

    expect(await thrownBy(upload(files(), { concurrency: 2 }, listeners))).toMatchObject({
      status: 403,
    });
    expect(started).toEqual(['a']);
  });

  test('end with the first failure, which aborts those that are being sent', async () => {
    let isClosed = false;
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    server.respond = async (_, response, { call }) => {
      if (call.endsWith('/b')) {
        await arrived;
        response.writeHead(403).end();
        return;
      }
      response.once('close', () => {
        isClosed = true;
      });
      arrive();
    };
    const error = await thrownBy(upload([small('a'), small('b')], { concurrency: 2 }));
    expect(error).toMatchObject({ status: 403 });
    while (!isClosed) await new Promise((resolve) => setImmediate(resolve));
  });

  test('end with the reason of a signal that was aborted before, and nothing is sent', async () => {
    const reason = new Error('stopped');
    const signal = AbortSignal.abort(reason);
    expect(await thrownBy(upload([small('a')], { signal }))).toBe(reason);
    expect(requests()).toEqual([]);
  });

  test('leave nothing at the signal of the caller', async () => {
    const { signal } = new AbortController();
    server.play(200, 200);
    await upload([small('a')], { signal });
    await upload([small('a')], { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a file', () => {
  test('of the size of the threshold goes by PUT, and one byte more in parts', async () => {
    server.play(200, ...ALL.map(() => 200));
    await upload([small('a', '12345')]);
    await upload([fileInMemory('b', TEXT)]);
    expect(requests()).toEqual(['PUT', ...ALL]);
  });

  test('is reported with its path, size, hash and parts', async () => {
    server.play(200, 200, ...PARTS_OK, 200);
    const [whole, inParts] = await upload([small('a', '12345'), fileInMemory('b', TEXT)], {
      sha256: true,
    });
    expect(whole).toEqual({ path: 'a', sizeBytes: 5, sha256: sha256('12345') });
    expect(inParts).toMatchObject({ path: 'b', sizeBytes: 30, sha256: sha256(TEXT) });
    expect(inParts?.parts).toHaveLength(3);
  });

  test('has the hash of its bytes where it was sent twice', async () => {
    server.play(cut, 200);
    const [result] = await upload([small('a', '12345')], { sha256: true });
    expect(result?.sha256).toBe(sha256('12345'));
  });

  test('counts its bytes once, however often it is sent', async () => {
    const sums = { sent: 0, accepted: 0 };
    server.play(cut, cut, cut, 200);
    await upload(
      [small('a', '12345')],
      { maxPartRetries: 3 },
      {
        sent: (_, bytes) => {
          sums.sent += bytes;
        },
        accepted: (_, bytes) => {
          sums.accepted += bytes;
        },
      },
    );
    expect(sums).toEqual({ sent: 5, accepted: 5 });
  });

  test.each<[string, Play[]]>([
    ['was uploaded', [200, ...PARTS_OK, 200]],
    ['has failed', [403]],
  ])('is closed as often as it was opened, once it %s', async (_, plays) => {
    const { counts, file } = counted(fileInMemory());
    server.play(...plays);
    await thrownBy(upload([file], { sha256: true }));
    expect(counts.opened).toBeGreaterThan(0);
    expect(counts.closed).toBe(counts.opened);
  });

  test('is tried as often as was asked for', async () => {
    server.play(429, 503, 503);
    const error = await thrownBy(upload([small('a')], { maxPartRetries: 2 }));
    expect(error).toMatchObject({ status: 503, attempts: 3 });
  });

  test('times out after the time that was asked for', async () => {
    server.play(() => undefined);
    const error = await thrownBy(upload([small('a')], { timeoutMs: 20, maxPartRetries: 0 }));
    expect(error).toMatchObject({ name: 'TimeoutError', timeoutMs: 20 });
  });
});

const FINGERPRINT = { sizeBytes: 5, mtimeNs: '1', ctimeNs: '2', inode: '3' };
test.each(Object.keys(FINGERPRINT))('a file with another %s is another file', (name) => {
  expect(isSameFingerprint(FINGERPRINT, { ...FINGERPRINT })).toBe(true);
  expect(isSameFingerprint(FINGERPRINT, { ...FINGERPRINT, [name]: 'x' })).toBe(false);
});

/** The same file, which counts how often it is opened and closed. */
function counted(file: SizedFile) {
  const counts = { opened: 0, closed: 0 };
  const open = async (): Promise<OpenSource> => {
    counts.opened++;
    const source = await file.open();
    return {
      size: source.size,
      pump: (write) => source.pump(write),
      slice: (start, end) => source.slice(start, end),
      close() {
        counts.closed++;
        return source.close();
      },
    };
  };
  return { counts, file: { ...file, open } };
}

describe('a file of this machine', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aep-batch-upload-files-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const planned = async (text: string) => {
    const path = join(folder, 'a.jsonl');
    await writeFile(path, text);
    return { path, file: await localFile(path, 'a.jsonl') };
  };
  const CHANGED = { name: 'SourceError', message: expect.stringContaining('changed since') };

  test.each([
    ['by PUT', '12345'],
    ['in parts', TEXT],
  ])('that changed since it was planned is not sent %s', async (_, text) => {
    const { path, file } = await planned(text);
    await writeFile(path, text.toLowerCase().replace('1', 'x'));
    for (const sha256 of [true, false])
      expect(await thrownBy(upload([file], { sha256 }))).toMatchObject(CHANGED);
    expect(requests()).toEqual([]);
  });

  test.each([
    ['PUT', '12345', 1],
    ['COMPLETE', TEXT, 5],
  ])('that changes while it is sent is noticed after %s', async (_, text, count) => {
    const { path, file } = await planned(text);
    server.respond = async (__, response) => {
      if (server.requests.length === count) await writeFile(path, text.replace('2', 'x'));
      response.writeHead(200).end();
    };
    expect(await thrownBy(upload([file], { sha256: true }))).toMatchObject(CHANGED);
  });

  test.each([
    ['PUT', '12345', 1],
    ['COMPLETE', TEXT, 5],
  ])(
    'that is written once more with the same bytes before the end of %s is the same',
    async (...one) => {
      const [, text, count] = one;
      const { path, file } = await planned(text);
      server.respond = async (__, response) => {
        if (server.requests.length === count) await writeFile(path, text);
        response.writeHead(200).end();
      };
      const { counts, file: watched } = counted(file);
      const [result] = await upload([watched], { sha256: true });
      expect(result?.sha256).toBe(sha256(text));
      expect(counts.opened).toBeGreaterThan(1);
      expect(counts.closed).toBe(counts.opened);
    },
  );

  test('that was just written is planned once a further write would show in its times', async () => {
    const path = join(folder, 'a.jsonl');
    await writeFile(path, TEXT);
    const now = jest.spyOn(Date, 'now').mockReturnValue(statSync(path).ctimeMs + 1);
    const planning = localFile(path, 'a.jsonl');
    appendFileSync(path, TEXT); // in the same tick, after the first look
    const file = await planning;
    now.mockRestore();
    expect(file.sizeBytes).toBe(2 * TEXT.length);
  });

  test('of which a part was sent in pieces has changed if it is written once more', async () => {
    const { path, file } = await planned(TEXT);
    const rewrite: Play = async (_, response) => {
      await writeFile(path, TEXT);
      response.writeHead(200).end();
    };
    server.play(200, cut, head('bytes=0-4'), 200, 200, 200, rewrite);
    expect(await thrownBy(upload([file], { sha256: true }))).toMatchObject(CHANGED);
  });
});
