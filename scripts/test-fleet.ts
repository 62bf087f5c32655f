/**
 * `make test-fleet`: everything on a real Redis. First the rules of queues, then loads on worker processes that are
 * killed, with a Redis that is killed, too, and the dashboard of the examples: SEEDS=<how many> SEED=<the first>. Ends
 * with the line `N passed, N failed`.
 */
import { HOW_TO_GET_REDIS, hasRedis } from '../spec-tools/redis.js';
import { installDashboard } from './install-dashboard.js';
import { runJest } from './run-jest.js';

if (hasRedis) {
  const dashboard = installDashboard();
  if (dashboard === undefined)
    console.log('skipped: the dashboard of the examples, since the npm registry cannot be reached');
  else process.env['DASHBOARD'] = dashboard;
  // One after the other: the processes of the second would take all processor time.
  const queues = runJest(['--selectProjects', 'queues']);
  const fleet = runJest(['--selectProjects', 'fleet']);
  const failed = queues.failed + fleet.failed;
  console.log(`${queues.passed + fleet.passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} else {
  console.log(`${HOW_TO_GET_REDIS}\n0 passed, 0 failed`);
}
