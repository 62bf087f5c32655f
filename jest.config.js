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

/** @type {import('jest').Config} */
export default {
  // Processes are started, compilers too, and the machine may be busy with other things.
  testTimeout: 30_000,
  // Many of the tests wait for a process or a socket: no core is to be left idle meanwhile.
  maxWorkers: '100%',
  projects: [
    {
      ...common,
      displayName: 'unit',
      rootDir: '.',
      roots: ['<rootDir>/test'],
      testPathIgnorePatterns: ['<rootDir>/test/package/'],
    },
    // What is packed depends on the tree alone: it is one of the checks of scripts/verify.ts.
    { ...common, displayName: 'package', rootDir: '.', roots: ['<rootDir>/test/package'] },
    {
      ...common,
      displayName: 'contract',
      rootDir: '.',
      roots: ['<rootDir>/contract-tests'],
      globalSetup: '<rootDir>/contract-tests/support/start-prism.js',
      globalTeardown: '<rootDir>/contract-tests/support/stop-prism.js',
    },
  ],
};
