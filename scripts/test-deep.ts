/**
 * `make test-deep`: the tests that draw their cases, with all of them, of which `make test` runs a few; and those of
 * test/deep/. Ends with the line `N passed, N failed`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runJest } from './run-jest.js';

const SCALE = '/support/scale.js';
const DEEP = join('test', 'deep');
const PROJECTS = ['--selectProjects', 'unit', 'queues', 'deep'];

const isDeep = (file: string) =>
  file.startsWith(DEEP) || readFileSync(file, 'utf8').includes(SCALE);

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => join('test', name))
  .filter((file) => file.endsWith('.test.ts') && isDeep(file));
process.env['DEEP'] = '1';
const { passed, failed } = runJest([...PROJECTS, '--runTestsByPath', ...files]);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
