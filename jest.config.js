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
  // Tests start processes and compilers, and the machine may be busy.
  testTimeout: 30_000,
  // Many tests wait for a process or a socket, so use all cores.
  maxWorkers: '100%',
  projects: [
    {
      ...common,
      displayName: 'unit',
      rootDir: '.',
      roots: ['<rootDir>/test'],
      testPathIgnorePatterns: ['<rootDir>/test/package/'],
    },
    // The package tests depend only on the files: they are a check of scripts/verify.ts.
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
