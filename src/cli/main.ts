#!/usr/bin/env node
/** The `aep-batch` executable: runs the command line and exits with its exit code. */
import { writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

const args = process.argv.slice(2);
/**
 * These read fast and keep little: while the young generation of the heap may grow, up to 16 MB of chunks that were sent
 * stay in it, and 3 GiB of a compressed file or a URL take 15 MB more.
 */
const LOADING = new Set(['ingest', 'resume', 'upload']);
if (LOADING.has(args[0] ?? '')) setFlagsFromString('--semi-space-growth-factor=1');
try {
  const { run } = await import('./program.js');
  const { openStreams } = await import('./output.js');
  // An open standard input or an idle socket would keep the process alive.
  process.exit(await run(args, openStreams(process.stdout, process.stderr)));
} catch (error) {
  // Node opens many modules at a time: with too few descriptors program.js cannot be loaded.
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'EMFILE' && code !== 'ENFILE') throw error;
  const text = `${message}. Allow more open files, for example: ulimit -n 1024`;
  writeSync(2, `error: ${text}\n`);
  const json = { outcome: null, error: { name: 'Error', code, message: text } };
  if (args.includes('--json')) writeSync(1, `${JSON.stringify(json)}\n`);
  process.exit(1);
}
