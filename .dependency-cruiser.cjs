/** Imports go one way: cli → ingest → upload → resources → http → generated. */
const LAYERS = ['cli', 'ingest', 'upload', 'resources', 'http'];
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
      comment: 'Readers, proxies and validators are imported when they are first needed.',
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
