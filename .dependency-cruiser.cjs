/** Imports go one way: cli → ingest → preflight, upload → resources → typed client → http → shared, generated. */
const LAYERS = ['cli', 'ingest', 'preflight', 'upload', 'resources', 'http', 'shared'];
const folder = (name) => `^src/${name}/`;

module.exports = {
  forbidden: [
    ...LAYERS.flatMap((layer, index) =>
      LAYERS.slice(0, index).map((above) => ({
        name: `${layer}-does-not-import-${above}`,
        severity: 'error',
        from: { path: folder(layer) },
        to: { path: folder(above) },
      })),
    ),
    {
      name: 'only-the-ends-import-the-client',
      comment: 'client.ts ties the layers; only index.ts and the command know it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(index\\.ts|cli/)' },
      to: { path: '^src/(client|index)\\.ts$' },
    },
    {
      name: 'generated-imports-nothing',
      severity: 'error',
      from: { path: '^generated/' },
      to: { path: '.' },
    },
    {
      name: 'the-library-needs-only-node-and-openapi-fetch',
      comment: 'Readers and validators are imported when they are first needed.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|testing)/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/openapi-fetch/',
        dynamic: false,
      },
    },
    {
      name: 'only-its-entry-leads-to-the-simulator',
      comment: 'What the simulator needs never enters the import graph of the library.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|testing)/' },
      to: { path: '^src/testing/' },
    },
    {
      name: 'the-simulator-takes-only-types-of-the-library',
      comment:
        'It judges the library, so it shares no code with it but the checks of options, which see nothing of the wire.',
      severity: 'error',
      from: { path: '^src/testing/' },
      to: {
        path: '^src/',
        pathNot: '^src/(testing|shared)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'the-simulator-loads-readers-when-they-are-needed',
      comment: 'It is to start at once.',
      severity: 'error',
      from: { path: '^src/testing/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg'],
        dependencyTypesNot: ['type-only'],
        dynamic: false,
      },
    },
    {
      name: 'no-circle',
      comment: 'Types may refer to one another: they are gone at run time.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default'] },
  },
};
