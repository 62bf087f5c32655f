/** What `make ci` runs, in this order, and for how long each may run. */
import type { Target } from './run-targets.js';

/** The budgets together must not exceed it. */
export const MAX_CI_SECONDS = 3600;

/** Each budget has room beyond what its target takes on two cores of a quiet machine: CI may run beside other work. */
export const TARGETS: readonly Target[] = [
  // With the build and the checks of a fresh clone.
  { run: ['test'], seconds: 600 },
  { run: ['contract-diff'], seconds: 30 },
  // Builds the site. Without Chromium its pages are not opened, which one line says.
  { run: ['docs-test'], seconds: 220 },
  // Skipped in one line without credentials of a sandbox.
  { run: ['contract-live'], seconds: 60 },
  { run: ['test-deep'], seconds: 720 },
  // 100,000 files, killed 20 times.
  { run: ['test-loads'], seconds: 350 },
  // Skipped in one line without a Redis server. Each seed kills for 25 s.
  { run: ['test-fleet', 'SEEDS=10'], seconds: 900 },
  { run: ['contract-fuzz', 'CASES=2000'], seconds: 100 },
  { run: ['contract-mutation', 'MUTANTS=40'], seconds: 120 },
  { run: ['client-mutation', 'MUTANTS=12'], seconds: 200 },
  { run: ['release-check'], seconds: 60 },
  // Skipped in one line where the npm registry cannot be reached. Most of it is the download of six runtimes.
  { run: ['test-runtimes'], seconds: 210 },
];
