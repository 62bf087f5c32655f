import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ByteRange } from '../src/resources/types.js';
import { localFile } from '../src/upload/source.js';
import { thrownBy } from './support/client.js';
import {
  ALL,
  fileInMemory,
  head,
  PARTS,
  PARTS_OK,
  TEXT,
  useScriptedUpload,
} from './support/scripted-upload.js';
import { cut, type Play } from './support/server.js';

const { server, upload, requests } = useScriptedUpload();

/** A resume of a file of which parts are known to have arrived. */
const resumed = (parts: ByteRange[], rangesShown = false) => ({
  resumed: { parts: new Map([['a.jsonl', parts]]), rangesShown },
});

describe('an INITIALIZE that is rejected', () => {
  test.each([400, 409])(
    'with %i is followed by the parts where HEAD knows the file and shows no bytes of it',
    async (status) => {
      server.play(status, head(), ...PARTS_OK, 200);
      await upload([fileInMemory()]);
      expect(requests()).toEqual(['INITIALIZE', 'HEAD', ...PARTS, 'COMPLETE']);
    },
  );

  test.each<[string, Play[]]>([
    ['bytes have arrived', [head('bytes=0-9')]],
    ['HEAD does not know the file', [404]],
    ['HEAD fails', [500, 500]],
  ])('is the error of the upload where %s', async (_, plays) => {
    server.play(409, ...plays);
    expect(await thrownBy(upload([fileInMemory()]))).toMatchObject({ status: 409 });
    expect(requests()).not.toContain('0-9');
  });

  test('with 403 is the error of the upload, and HEAD is not asked', async () => {
    server.play(403);
    expect(await thrownBy(upload([fileInMemory()]))).toMatchObject({ status: 403 });
  });
});

describe('a COMPLETE that is rejected', () => {
  test('with 400 has the file sent once more', async () => {
    server.play(200, ...PARTS_OK, 400, 200, ...PARTS_OK, head(), 200);
    await upload([fileInMemory()]);
    expect(requests()).toEqual([...ALL, 'INITIALIZE', ...PARTS, 'HEAD', 'COMPLETE']);
  });

  test.each([404, 409, 422])('with %i at once is the error of the upload', async (status) => {
    server.play(200, ...PARTS_OK, status);
    expect(await thrownBy(upload([fileInMemory()]))).toMatchObject({ status });
  });

  test.each([404, 409])(
    'with %i after an attempt that failed may have taken effect: the file is sent once more',
    async (status) => {
      server.play(200, ...PARTS_OK, 503, status, 200, ...PARTS_OK, head(), 200);
      await upload([fileInMemory()]);
      expect(requests()).toEqual([...ALL, 'COMPLETE', 'INITIALIZE', ...PARTS, 'HEAD', 'COMPLETE']);
    },
  );

  test.each([404, 409])(
    'with %i after a resume may have taken effect before: the file is sent once more',
    async (status) => {
      server.play(head('bytes=0-29'), status, 200, ...PARTS_OK, head(), 200);
      await upload([fileInMemory()], resumed([{ start: 0, end: 30 }]));
      expect(requests()).toEqual(['HEAD', 'COMPLETE', 'INITIALIZE', ...PARTS, 'HEAD', 'COMPLETE']);
    },
  );

  test.each([400, 404, 409])(
    'with %i again, after the file was sent once more, is a FileRejectedError',
    async (status) => {
      server.play(200, ...PARTS_OK, 400, 200, ...PARTS_OK, head(), status);
      const error = await thrownBy(upload([fileInMemory()]));
      expect(error).toMatchObject({ name: 'FileRejectedError', cause: { status } });
    },
  );
});

describe('a restart that is rejected', () => {
  test.each([400, 404, 409, 412, 422])(
    'with %i proves that the file cannot be restarted: it is a FileRejectedError',
    async (status) => {
      server.play(200, ...PARTS_OK, 400, status);
      const error = await thrownBy(upload([fileInMemory()]));
      expect(error).toMatchObject({
        name: 'FileRejectedError',
        path: 'a.jsonl',
        cause: { status },
      });
    },
  );

  test.each([401, 403, 413])('with %i is that error', async (status) => {
    server.play(200, ...PARTS_OK, 400, status);
    expect(await thrownBy(upload([fileInMemory()]))).toMatchObject({ status });
  });
});

test('a restart whose INITIALIZE is lost twice asks HEAD whether the file is there, and goes on', async () => {
  server.play(200, ...PARTS_OK, 400, cut, cut, head(), ...PARTS_OK, head(), 200);
  await upload([fileInMemory()], { maxPartRetries: 9 });
  const restart = ['INITIALIZE', 'INITIALIZE', 'HEAD', ...PARTS, 'HEAD', 'COMPLETE'];
  expect(requests()).toEqual([...ALL, ...restart]);
});

test('that HEAD has shown ranges is said where it is asked for a part whose response was lost, too', async () => {
  let shown = 0;
  server.play(200, cut, head('bytes=0-9'), cut, head('bytes=0-19'), 200, 200);
  await upload([fileInMemory()], {}, { rangesShown: async () => void shown++ });
  expect(shown).toBe(1);
});

describe('the response to COMPLETE', () => {
  test.each([
    ['a.jsonl', 'data/x/a.jsonl'],
    ['x/a.jsonl', 'a.jsonl'],
    ['a.jsonl', '/a.jsonl'],
  ])('for %s may name it %s', async (path, name) => {
    server.play(200, ...PARTS_OK, { name, sizeInBytes: 30 });
    await upload([fileInMemory(path)]);
    expect(requests()).toEqual(ALL);
  });

  test.each([
    ['a.jsonl', 'ba.jsonl', 30],
    ['x/a.jsonl', 'y/a.jsonl', 30],
    ['a.jsonl', 'a.jsonl', 29],
  ])(
    'for %s that names %s with %i bytes is about another file',
    async (path, name, sizeInBytes) => {
      server.play(200, ...PARTS_OK, { name, sizeInBytes }, 200, ...PARTS_OK, head(), 200);
      await upload([fileInMemory(path)]);
      expect(requests().filter((call) => call === 'INITIALIZE')).toHaveLength(2);
    },
  );
});

describe('a resume of a file in parts', () => {
  const FIRST = [{ start: 0, end: 10 }];

  test('sends what HEAD does not show, although it was noted as accepted', async () => {
    server.play(head('bytes=0-9'), 200, 200, 200);
    await upload([fileInMemory()], resumed([...FIRST, { start: 10, end: 20 }]));
    expect(requests()).toEqual(['HEAD', '10-19', '20-29', 'COMPLETE']);
  });

  test('believes what was noted where HEAD shows no ranges', async () => {
    server.play(head(), 200, 200, 200);
    await upload([fileInMemory()], resumed(FIRST));
    expect(requests()).toEqual(['HEAD', '10-19', '20-29', 'COMPLETE']);
  });

  test('sends all where HEAD shows no ranges, but has shown some before', async () => {
    server.play(head(), ...PARTS_OK, 200);
    await upload([fileInMemory()], resumed(FIRST, true));
    expect(requests()).toEqual(['HEAD', ...PARTS, 'COMPLETE']);
  });

  test.each(['bytes=0-30', 'bytes=0-9,5-14'])(
    'begins the file again where HEAD shows %s, which cannot be of the file',
    async (range) => {
      server.play(head(range), 200, ...PARTS_OK, head(), 200);
      await upload([fileInMemory()], resumed(FIRST));
      expect(requests()).toEqual(['HEAD', 'INITIALIZE', ...PARTS, 'HEAD', 'COMPLETE']);
    },
  );

  test('begins the file again where HEAD does not know it', async () => {
    server.play(404, 200, ...PARTS_OK, head(), 200);
    await upload([fileInMemory()], resumed(FIRST));
    expect(requests()).toEqual(['HEAD', 'INITIALIZE', ...PARTS, 'HEAD', 'COMPLETE']);
  });

  test('ends where HEAD fails', async () => {
    server.play(403);
    expect(await thrownBy(upload([fileInMemory()], resumed(FIRST)))).toMatchObject({ status: 403 });
  });

  test('says that HEAD has shown ranges, for the resume after it', async () => {
    let shown = 0;
    server.play(head('bytes=0-19'), 200, 200);
    await upload([fileInMemory()], resumed(FIRST), { rangesShown: async () => void shown++ });
    expect(shown).toBe(1);
  });

  test('says once that HEAD has shown ranges, and how many bytes had arrived', async () => {
    let shown = 0;
    const found: number[] = [];
    server.play(head('bytes=10-19'), 200, cut, head('bytes=10-19'), 200, 200);
    await upload([fileInMemory()], resumed(FIRST), {
      rangesShown: async () => void shown++,
      resumed: (_, bytes) => void found.push(bytes),
    });
    expect(shown).toBe(1);
    expect(found).toEqual([10]);
    expect(requests()).toEqual(['HEAD', '0-9', '20-29', 'HEAD', '20-29', 'COMPLETE']);
  });
});

describe('bytes', () => {
  test('that are sent again in pieces count once, and the result lists the parts in order', async () => {
    let sent = 0;
    let accepted = 0;
    server.play(200, cut, head('bytes=0-4'), 200, 200, 200, 200);
    const [result] = await upload(
      [fileInMemory()],
      {},
      {
        sent: (_, bytes) => {
          sent += bytes;
        },
        accepted: (_, bytes) => {
          accepted += bytes;
        },
      },
    );
    expect(requests()).toEqual(['INITIALIZE', '0-9', 'HEAD', '5-9', '10-19', '20-29', 'COMPLETE']);
    expect([sent, accepted]).toEqual([30, 30]);
    expect(result?.parts).toEqual([
      { start: 0, end: 10 },
      { start: 10, end: 20 },
      { start: 20, end: 30 },
    ]);
    const bodies = server.requests.map(({ body }) => body.toString());
    expect(bodies.slice(3, 6)).toEqual(['56789', 'abcdefghij', 'ABCDEFGHIJ']);
  });

  test('of a file that is sent once more never add up to more than the file', async () => {
    const sums = { sent: 0, accepted: 0, most: 0 };
    server.play(200, ...PARTS_OK, 400, 200, ...PARTS_OK, head(), 200);
    await upload(
      [fileInMemory()],
      {},
      {
        sent: (_, bytes) => {
          sums.sent += bytes;
          sums.most = Math.max(sums.most, sums.sent);
        },
        accepted: (_, bytes) => {
          expect(bytes).toBeGreaterThan(0);
          sums.accepted += bytes;
        },
      },
    );
    expect(sums).toEqual({ sent: 30, accepted: 30, most: 30 });
  });

  test('of an earlier run are taken back when the file is sent once more', async () => {
    const found: number[] = [];
    server.play(head('bytes=0-9'), 200, 200, 400, 200, ...PARTS_OK, head(), 200);
    await upload([fileInMemory()], resumed([{ start: 0, end: 10 }]), {
      resumed: (_, bytes) => void found.push(bytes),
    });
    expect(found).toEqual([10, -10]);
  });

  test('of a file that changes after INITIALIZE are not sent', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aep-batch-upload-parts-'));
    try {
      const path = join(folder, 'a.jsonl');
      await writeFile(path, TEXT);
      const file = await localFile(path, 'a.jsonl');
      server.play(async (_, response) => {
        await writeFile(path, TEXT.toUpperCase());
        response.writeHead(200).end();
      });
      const error = await thrownBy(upload([file], { sha256: true }));
      expect(error).toMatchObject({ name: 'SourceError' });
      expect(requests()).toEqual(['INITIALIZE']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
