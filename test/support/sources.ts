import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { OpenFile } from '../../src/index.js';
import type { SizedFile } from '../../src/upload/source.js';

/** Creates real files in a temporary folder, which is removed after the tests. */
export function useFolder() {
  let folder = '';
  let count = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aep-batch-preflight-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** A file with these bytes, for this path in a batch. */
  return async (path: string, bytes: string | Uint8Array): Promise<SizedFile> => {
    const localPath = join(folder, `${count++}`);
    await mkdir(dirname(localPath), { recursive: true });
    await writeFile(localPath, bytes);
    const { size: sizeBytes } = await stat(localPath);
    const open = () => OpenFile.open(localPath);
    return { path, sizeBytes, localPath, fingerprint: undefined, open };
  };
}
