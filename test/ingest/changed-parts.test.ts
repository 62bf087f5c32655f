import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SourceError } from '../../src/index.js';
import { AdmissionQueue } from '../../src/upload/admission.js';
import { NO_LISTENERS, type UploadContext } from '../../src/upload/context.js';
import { AdaptiveLimiter } from '../../src/upload/limiter.js';
import { localFile, type SourceFile } from '../../src/upload/source.js';
import { uploadFile } from '../../src/upload/upload-file.js';

const PART = 1000;
const ADDRESS = { batchId: 'b', datasetId: 'd', path: 'rows.jsonl' };

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-changed-'));
  path = join(folder, 'rows.jsonl');
  await writeFile(path, Buffer.alloc(3 * PART, 'a'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The file, of which whoever reads all of it gets no further than the first part until the gate opens. */
async function slowToHash(gate: Promise<void>): Promise<SourceFile> {
  const file = await localFile(path, ADDRESS.path);
  return {
    ...file,
    async open() {
      const source = await file.open();
      return {
        size: source.size,
        async pump(write) {
          await source.slice(0, PART).pump(write);
          await gate;
          await source.slice(PART, source.size).pump(write);
        },
        slice: (start, end) => source.slice(start, end),
        close: () => source.close(),
      };
    },
  };
}

/** Uploads it in parts; the last part is rewritten in the file once it was sent, before it is hashed. */
async function uploadWhileChanging(content: string): Promise<unknown> {
  let openGate = () => {};
  const gate = new Promise<void>((resolve) => {
    openGate = resolve;
  });
  const calls = {
    initialize: async () => undefined,
    complete: async () => ({}),
    async uploadPart(_: unknown, { start }: { start: number }, bytes: { pump: Pump }) {
      await bytes.pump(async () => undefined);
      if (start !== 2 * PART) return;
      const handle = await open(path, 'r+');
      await handle.write(Buffer.alloc(PART, content), 0, PART, 2 * PART);
      await handle.close();
      openGate();
    },
  };
  const { signal } = new AbortController();
  const context = {
    calls,
    limiter: new AdaptiveLimiter(1),
    plan: { largeFileThresholdBytes: 0, partSizeBytes: PART, concurrency: 1 },
    ranges: { shown: false },
    sha256: true,
    callOptions: { signal },
    listeners: NO_LISTENERS,
    signal,
  };
  // The two calls that this upload needs beside its parts.
  const file = await slowToHash(gate);
  const start = { earlier: undefined, turn: new AdmissionQueue(undefined).next(file) };
  return uploadFile(file, ADDRESS, context as object as UploadContext, start);
}
type Pump = (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>;

test('a part that changed in the file after it was sent is noticed, although it is hashed only then', async () => {
  await expect(uploadWhileChanging('b')).rejects.toThrow(SourceError);
});

test('a part that was written again with the same bytes is no change', async () => {
  await expect(uploadWhileChanging('a')).resolves.toMatchObject({ sizeBytes: 3 * PART });
});
