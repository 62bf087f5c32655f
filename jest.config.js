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
  projects: [
    { ...common, displayName: 'unit', rootDir: '.', roots: ['<rootDir>/test'] },
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
