/**
 * `make test-fleet`: loads on worker processes that are killed, with a Redis that is killed, too. SEEDS=<how many>
 * SEED=<the first>. Ends with the line `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { runJest } from './run-jest.js';

if (spawnSync('redis-server', ['--version']).status === 0) {
  const { passed, failed } = runJest(['--selectProjects', 'fleet']);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} else {
  console.log('skipped: there is no redis-server. On Debian: apt-get install -y redis-server');
  console.log('0 passed, 0 failed');
}
