import { availableParallelism } from 'node:os';

const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
};

const prism = {
  globalSetup: '<rootDir>/contract-tests/support/start-prism.js',
  globalTeardown: '<rootDir>/contract-tests/support/stop-prism.js',
};

/**
 * The tests whose result depends on the files of the project alone: what compiles, and what the documentation
 * and the tools do. As a check of scripts/verify.ts they are not repeated on files that passed them.
 */
const ABOUT_FILES = [
  'test/package/',
  'test/cli/guides.test.ts',
  'test/schema/generate-types.test.ts',
  'contract-tests/programs/',
  'contract-tests/live/',
  'contract-tests/coverage/page.test.ts',
  'contract-tests/contract-diff/',
  'contract-tests/mutation.test.ts',
  'contract-tests/client-mutants.test.ts',
  'contract-tests/assertion-check/',
  'contract-tests/bundle.test.ts',
].map((path) => `<rootDir>/${path}`);

/** Those that need a Redis. */
const ON_QUEUES = ['<rootDir>/test/bullmq/', '<rootDir>/test/cli/queue.test.ts'];
/** Those of other projects. */
const ELSEWHERE = ['deep', 'fleet', 'site'].map((folder) => `<rootDir>/test/${folder}/`);

/** The test files at these paths, of which some are folders. */
const listTestFiles = (paths) =>
  paths.map((path) => (path.endsWith('/') ? `${path}*.test.ts` : path));

/** @type {import('jest').Config} */
export default {
  // Tests start processes and compilers, and the machine may be busy.
  testTimeout: 30_000,
  // Many tests wait for a process or a socket: one worker more than there are cores uses that time.
  // A number, since jest takes a share above 100 % for a number of workers.
  maxWorkers: availableParallelism() + 1,
  // A worker that has loaded a hundred test files takes long to free its memory on a busy machine: jest, which
  // waits 500 ms, then calls it a leak. A server or socket that a test leaves open outlasts this, too, and is
  // still reported; test/handles.test.ts is about those of the client.
  workerGracefulExitTimeout: 10_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      rootDir: '.',
      roots: ['<rootDir>/test'],
      testPathIgnorePatterns: [...ABOUT_FILES, ...ON_QUEUES, ...ELSEWHERE],
    },
    // Processes that are killed, full disks, terminals: `make test-deep`.
    { ...common, displayName: 'deep', rootDir: '.', roots: ['<rootDir>/test/deep'] },
    // `make test-fleet`, which starts with them.
    {
      ...common,
      displayName: 'queues',
      rootDir: '.',
      roots: ['<rootDir>/test'],
      testMatch: listTestFiles(ON_QUEUES),
    },
    // Minutes for each seed: `make test-fleet`.
    { ...common, displayName: 'fleet', rootDir: '.', roots: ['<rootDir>/test/fleet'] },
    // The built site of the documentation: `make docs-test`.
    { ...common, displayName: 'site', rootDir: '.', roots: ['<rootDir>/test/site'] },
    {
      ...common,
      ...prism,
      displayName: 'contract',
      rootDir: '.',
      roots: ['<rootDir>/contract-tests'],
      testPathIgnorePatterns: ABOUT_FILES,
    },
    {
      ...common,
      ...prism,
      displayName: 'files',
      rootDir: '.',
      roots: ['<rootDir>/test', '<rootDir>/contract-tests'],
      testMatch: listTestFiles(ABOUT_FILES),
    },
  ],
};
