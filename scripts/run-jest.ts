/** Runs jest, shows its output, and counts the tests. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const JEST = ['node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];

export function runJest(args: readonly string[]): { passed: number; failed: number } {
  const folder = mkdtempSync(join(tmpdir(), 'aep-batch-verify-'));
  const report = join(folder, 'jest.json');
  const [program = '', ...rest] = JEST;
  try {
    // With --json jest repeats its report on stdout; its readable output is on stderr.
    const { status } = spawnSync(program, [...rest, ...args, '--json', `--outputFile=${report}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const result = JSON.parse(readFileSync(report, 'utf8'));
    const broken = result.numFailedTests + result.numRuntimeErrorTestSuites;
    const none = result.numPassedTests === 0 || status !== 0 ? 1 : 0;
    return { passed: result.numPassedTests, failed: Math.max(broken, none) };
  } catch (error) {
    console.log(`Cannot run jest: ${String(error)}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
