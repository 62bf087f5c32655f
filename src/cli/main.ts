#!/usr/bin/env node
/** The command `aep-batch`: hands its arguments over and ends with the exit code. */
import { writeSync } from 'node:fs';

const args = process.argv.slice(2);
try {
  const { run } = await import('./program.js');
  // Not left to run out: an open standard input or an idle socket would keep it.
  process.exit(await run(args));
} catch (error) {
  // Node opens many modules at a time; with too few descriptors none of the command is there yet.
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'EMFILE' && code !== 'ENFILE') throw error;
  const told = `${message}. Allow more open files, as with: ulimit -n 1024`;
  writeSync(2, `error: ${told}\n`);
  const json = { outcome: null, error: { name: 'Error', code, message: told } };
  if (args.includes('--json')) writeSync(1, `${JSON.stringify(json)}\n`);
  process.exit(1);
}
