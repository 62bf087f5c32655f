#!/usr/bin/env node
/** The command `aep-batch`: hands its arguments over and ends with the exit code. */
import { run } from './program.js';

// Not left to run out: an open standard input or an idle socket would keep it.
process.exit(await run(process.argv.slice(2)));
