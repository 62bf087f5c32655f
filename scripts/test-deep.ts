/**
 * `make test-deep`: the tests that draw their cases, with all of them; `make test` runs a few. Ends with the
 * line `N passed, N failed`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runJest } from './run-jest.js';

const SCALE = '/support/scale.js';

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => join('test', name))
  .filter((file) => file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes(SCALE));
process.env['DEEP'] = '1';
const { passed, failed } = runJest(['--selectProjects', 'unit', '--runTestsByPath', ...files]);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
