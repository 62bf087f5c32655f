import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { checkFiles, type IngestWarning, OpenFile, SourceError } from '../../src/index.js';
import { thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';

useIngest('pipes', { maxRetries: 0 });

const OPTIONS = { datasetId: 'd1' };
function pipe(name = 'rows'): string {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  return path;
}
/** Opening it waits for the reader; then the bytes go in. */
async function feed(path: string, bytes: string | Uint8Array): Promise<void> {
  const handle = await open(path, 'w');
  await handle.writeFile(bytes).catch(() => undefined); // the reader may have seen enough
  await handle.close();
}

describe('a pipe', () => {
  test('is read as a stream of JSON Lines', async () => {
    const path = pipe();
    const ingesting = client.ingest(path, OPTIONS);
    await feed(path, '{"n":1}\n{"n":2}\n');
    expect(await ingesting).toMatchObject({
      outcome: 'success',
      records: { input: 2 },
      files: [{ path: 'records-00001.jsonl' }],
    });
  });

  test('is waited for until somebody writes, or the signal ends it', async () => {
    const stop = new AbortController();
    const start = simulator.log.length;
    const ingesting = thrownBy(client.ingest([pipe()], { ...OPTIONS, signal: stop.signal }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort(new Error('enough'));

    expect(await ingesting).toMatchObject({
      name: 'IngestError',
      batch: 'none',
      batchId: undefined,
    });
    expect(simulator.log.length).toBe(start);
  });

  test.each<[string, string | Uint8Array, string]>([
    ['Parquet', Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(100)]), 'Parquet'],
    ['a JSON array', '[{"n":1}]\n', 'a JSON array'],
    ['a JSON array over several lines', '\n [\n{"n":1}\n]\n', 'a JSON array'],
    ['CSV', 'id,name\n1,a\n', 'CSV'],
    ['CSV with semicolons and no line end', 'id;name', 'CSV'],
    ['gzip', gzipSync('{"n":1}\n'), 'gzip'],
    ['nothing', '', 'no rows'],
    ['white space alone', '\n\n  \n', 'no rows'],
    ['other text', 'hello\n', 'JSON'],
  ])('of %s is rejected before a batch is created', async (_, bytes, says) => {
    const start = simulator.log.length;
    const path = pipe();
    const options = { ...OPTIONS, partialIngestionPercent: 50, journal: join(folder, 'journal') };
    const ingesting = thrownBy(
      client.ingest(path, says === 'JSON' ? { ...options, partialIngestionPercent: 0 } : options),
    );
    await feed(path, bytes);
    const error = await ingesting;

    const name = says === 'no rows' ? 'InvalidInputError' : 'PreflightError';
    expect(error).toMatchObject({ name });
    expect(String(error)).toContain(says);
    expect(simulator.log.length).toBe(start);
    await expect(stat(options.journal)).rejects.toThrow('ENOENT');
  });

  test('of another format by the options is rejected', async () => {
    const error = await thrownBy(client.ingest(pipe(), { ...OPTIONS, format: 'csv' }));
    expect(error).toMatchObject({ name: 'InvalidInputError', field: 'format' });
  });

  test('together with other paths is rejected', async () => {
    await writeFile(join(folder, 'a.jsonl'), '{"n":1}\n');
    const error = await thrownBy(client.ingest([join(folder, 'a.jsonl'), pipe()], OPTIONS));
    expect(error).toMatchObject({ name: 'InvalidInputError', field: 'source' });
    expect(String(error)).toContain('cannot be combined');
  });

  test('in a folder is passed over without being opened', async () => {
    await mkdir(join(folder, 'data'));
    pipe('data/pipe.jsonl');
    await writeFile(join(folder, 'data/a.jsonl'), '{"n":1}\n');
    const receipt = await client.ingest(join(folder, 'data'), OPTIONS);
    expect(receipt.files.map(({ path }) => path)).toEqual(['a.jsonl']);
  });

  test('in place of a file is rejected where that is opened, without waiting', async () => {
    expect(await thrownBy(OpenFile.open(pipe()))).toBeInstanceOf(SourceError);
    expect(await thrownBy(checkFiles(pipe('other')))).toMatchObject({ name: 'InvalidInputError' });
    const error = await thrownBy(client.resume(pipe('journal')));
    expect(error).toMatchObject({ name: 'JournalError' });
  });

  test('whose writer is idle does not keep a failed ingest', async () => {
    simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 400 } });
    const path = pipe();
    const options = { ...OPTIONS, partSizeBytes: 20, maxPartRetries: 0 };
    const ingesting = thrownBy(client.ingest(path, options));
    const handle = await open(path, 'w');
    await handle.writeFile('{"n":1}\n'.repeat(10)); // and nothing more
    expect(await ingesting).toMatchObject({ name: 'IngestError', batch: 'aborted' });
    await handle.close();
  });
});

describe('what is neither a file nor a pipe', () => {
  test('is counted and named in a warning where it is in a folder', async () => {
    const inside = join(folder, 'data');
    await mkdir(inside);
    await writeFile(join(inside, 'a.jsonl'), '{"n":1}\n');
    execFileSync('mkfifo', [join(inside, 'pipe')]);
    await symlink('/dev/zero', join(inside, 'zero'));
    const warnings: string[] = [];
    const onWarning = ({ file, message }: IngestWarning) =>
      void warnings.push(`${file}: ${message}`);
    const receipt = await client.ingest(inside, { ...OPTIONS, onWarning });

    expect(receipt).toMatchObject({ outcome: 'success', skipped: 2 });
    expect(warnings.sort()).toEqual([
      'pipe: skipped, since it is a pipe: only files of a folder are ingested.',
      'zero: skipped, since it is a device: only files of a folder are ingested.',
    ]);
    const checked = await checkFiles(inside);
    expect(checked).toMatchObject({ errors: 0, warnings: 2, skipped: 2 });
    expect(checked.findings).toHaveLength(2);
  });

  test.each([
    ['/dev/null', 'is empty'],
    ['/dev/zero', 'is a device'],
    ['/proc/self/status', 'says that it has 0 bytes'],
  ])('%s is rejected', async (path, says) => {
    const start = simulator.log.length;
    expect(String(await thrownBy(client.ingest(path, OPTIONS)))).toContain(says);
    expect(simulator.log.length).toBe(start);
  });

  test('a socket is rejected', async () => {
    const server = createServer();
    const path = join(folder, 'socket');
    server.listen(path);
    await once(server, 'listening');
    expect(String(await thrownBy(client.ingest(path, OPTIONS)))).toContain('is a socket');
    server.close();
    await once(server, 'close');
  });
});

describe('the folder that a stream is spooled in', () => {
  const records = [{ n: 1 }];
  test.each<[string, (path: string) => Promise<unknown>]>([
    ['a link', async (path) => symlink(await mkdtemp(join(folder, 'target-')), path)],
    ['a file', (path) => writeFile(path, '')],
    ['a folder that others can read', (path) => mkdir(path, { mode: 0o755 })],
    [
      'a folder with something in it',
      async (path) => {
        await mkdir(path, { mode: 0o700 });
        await writeFile(join(path, 'records-00001.jsonl'), 'mine');
      },
    ],
  ])('is rejected where it is %s, and left as it is', async (_, make) => {
    const journal = join(folder, 'journal');
    await make(`${journal}.spool`);
    const before = await stat(`${journal}.spool`);
    const start = simulator.log.length;
    const error = await thrownBy(client.ingest({ records }, { ...OPTIONS, journal }));

    expect(error).toMatchObject({ name: 'SourceError', path: `${journal}.spool` });
    expect(simulator.log.length).toBe(start);
    expect((await stat(`${journal}.spool`)).ino).toBe(before.ino);
    await expect(stat(journal)).rejects.toThrow('ENOENT');
  });

  test('is not touched by an ingest that may not have the journal', async () => {
    const journal = join(folder, 'journal');
    simulator.faults.set({ when: { operation: 'batchAction' }, then: { status: 503 } });
    await thrownBy(client.ingest({ records }, { ...OPTIONS, journal }));
    simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 503 } });
    await writeFile(join(`${journal}.spool`, 'mine'), 'mine');
    const error = await thrownBy(client.ingest({ records }, { ...OPTIONS, journal }));

    expect(error).toMatchObject({ name: 'JournalError' });
    expect(await readFile(join(`${journal}.spool`, 'mine'), 'utf8')).toBe('mine');
  });

  test('is for this user alone, whatever the umask', async () => {
    const journal = join(folder, 'journal');
    const mask = process.umask(0o777);
    let modes: number[] = [];
    try {
      await client.ingest(
        { records },
        {
          ...OPTIONS,
          journal,
          onProgress: async ({ phase }) => {
            if (phase !== 'upload' || modes.length > 0) return;
            const paths = [journal, `${journal}.spool`];
            modes = [0];
            modes = (await Promise.all(paths.map((path) => stat(path)))).map(
              ({ mode }) => mode & 0o777,
            );
          },
        },
      );
    } finally {
      process.umask(mask);
    }
    expect(modes).toEqual([0o600, 0o700]);
  });
});
