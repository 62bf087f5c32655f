/**
 * Imports go one way: cli → bullmq → load → ingest → packing → sources → schema → preflight, upload → resources → typed-client →
 * http → shared, and each of them may import generated/. docs/architecture.md says what each folder is.
 */
const LAYERS = [
  'cli',
  'bullmq',
  'load',
  'ingest',
  'packing',
  'sources',
  'schema',
  'preflight',
  'upload',
  'resources',
  'typed-client',
  'http',
  'shared',
];
const folder = (name) => `^src/${name}/`;
const PACKAGES = { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg'] };
/** What runs, and not only types. */
const CODE = { dependencyTypesNot: ['type-only'] };
/** Code that is loaded with its importer, and not when it is first needed. */
const LOADED_AT_ONCE = { ...CODE, dynamic: false };

/** What the main entry has of the folders that it imports late: errors, which are thrown to callers, and pure functions. */
const OF_THE_ENTRY =
  '^src/(ingest/(errors|ingest-client)|load/(errors|plan-load)|preflight/format-finding)\\.ts$';

/** What is itself imported late, by the main entry. */
const LATE = '^src/client-methods\\.ts$';

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
      comment:
        'client.ts connects the layers; only index.ts, the command and the queue may import it, and its own methods its type.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/((index|client-methods)\\.ts|cli/|bullmq/)' },
      to: { path: '^src/(client|index)\\.ts$' },
    },
    {
      name: 'spec-tools-imports-only-generated',
      comment: 'The scripts and the contract tests share it.',
      severity: 'error',
      from: { path: '^spec-tools/' },
      to: { path: '^(src|test|scripts|bench|contract-tests)/' },
    },
    {
      name: 'scripts-do-not-import-tests',
      severity: 'error',
      from: { path: '^scripts/' },
      to: { path: '^(test|contract-tests)/' },
    },
    {
      name: 'contract-tests-import-only-the-client-and-spec-tools',
      comment: 'They test what is shipped.',
      severity: 'error',
      from: { path: '^contract-tests/' },
      to: { path: '^(test|scripts|bench)/' },
    },
    {
      name: 'the-library-does-not-import-tools',
      severity: 'error',
      from: { path: '^(src|generated)/' },
      to: { path: '^(test|scripts|bench|contract-tests|spec-tools)/' },
    },
    {
      name: 'generated-imports-nothing',
      severity: 'error',
      from: { path: '^generated/' },
      to: { path: '.' },
    },
    {
      name: 'the-library-needs-only-node-and-openapi-fetch',
      comment: 'Readers and validators are imported when first needed.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|testing|bullmq|opentelemetry)/' },
      to: {
        ...PACKAGES,
        ...LOADED_AT_ONCE,
        pathNot: 'node_modules/openapi-fetch/',
      },
    },
    {
      name: 'only-its-entry-leads-to-the-queue',
      comment:
        'Its packages are optional peer dependencies; the command imports it when it is needed.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/bullmq/' },
      to: { path: '^src/bullmq/', ...LOADED_AT_ONCE },
    },
    ...['redis', 'lease', 'store', 'budget', 'steps', 'worker'].map((folder, at, folders) => ({
      name: `queue-${folder}-imports-one-way`,
      severity: 'error',
      from: { path: `^src/bullmq/${folder}/` },
      to: { path: `^src/bullmq/(${[...folders.slice(at + 1), 'index'].join('|')})[/.]` },
    })),
    {
      name: 'only-the-queue-needs-its-packages',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/bullmq/' },
      to: { path: 'node_modules/(bullmq|ioredis|rate-limiter-flexible)/' },
    },
    {
      name: 'only-one-folder-knows-opentelemetry',
      comment:
        'It is an optional peer: the rest of the library knows the interface in src/http/telemetry.ts alone.',
      severity: 'error',
      from: { path: '^(src|generated)/', pathNot: '^src/opentelemetry/' },
      to: { path: 'node_modules/@opentelemetry/' },
    },
    {
      name: 'opentelemetry-takes-only-types-of-the-library',
      severity: 'error',
      from: { path: '^src/opentelemetry/' },
      to: { path: '^src/', pathNot: '^src/(opentelemetry/|version\\.ts$)', ...CODE },
    },
    {
      name: 'nothing-of-the-library-leads-to-opentelemetry',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/opentelemetry/' },
      to: { path: '^src/opentelemetry/' },
    },
    {
      name: 'the-main-entry-loads-schemas-when-they-are-needed',
      comment: 'Its types are exported there; what runs has its own entry.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/schema/', LATE] },
      to: { path: '^src/schema/', ...LOADED_AT_ONCE },
    },
    {
      name: 'the-main-entry-loads-ingests-when-they-are-needed',
      comment: 'A program that makes single calls starts without them.',
      severity: 'error',
      from: { path: ['^src/[\\w-]+\\.ts$', OF_THE_ENTRY], pathNot: LATE },
      to: {
        path: '^src/(ingest|load|preflight|sources)/',
        pathNot: OF_THE_ENTRY,
        ...LOADED_AT_ONCE,
      },
    },
    {
      name: 'the-main-entry-loads-the-checks-of-requests-when-they-are-needed',
      comment: 'They are the largest module of the library.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(typed-client/validate|ingest/journal-entries)\\.ts$' },
      to: {
        path: '^(src/typed-client/validate|generated/request-checks)\\.(ts|js)$',
        ...LOADED_AT_ONCE,
      },
    },
    {
      name: 'the-checks-of-responses-are-loaded-when-they-are-needed',
      comment: 'They bring ajv and the whole document; only clients with onDrift load them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(typed-client/drift(-guard\\.ts|/)|testing/)' },
      to: {
        path: '^(src/typed-client/drift/|generated/document\\.ts)',
        ...LOADED_AT_ONCE,
      },
    },
    {
      name: 'only-its-entry-leads-to-the-simulator',
      comment: "The simulator's dependencies must stay out of the library's import graph.",
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|testing)/' },
      to: { path: '^src/testing/' },
    },
    {
      name: 'the-simulator-takes-only-types-of-the-library',
      comment:
        'It tests the library, so it shares no code with it except the option checks, which never see a request.',
      severity: 'error',
      from: { path: '^src/testing/' },
      to: { path: '^src/', pathNot: '^src/(testing|shared)/', ...CODE },
    },
    {
      name: 'the-simulated-platform-knows-no-http-server',
      comment: 'simulator.ts passes the platform to the handlers, and the handlers to the server.',
      severity: 'error',
      from: { path: '^src/testing/platform/' },
      to: { path: '^src/testing/(server|handlers)/' },
    },
    {
      name: 'handlers-of-the-simulator-know-the-platform-and-their-own-types',
      severity: 'error',
      from: { path: '^src/testing/handlers/' },
      to: {
        path: '^src/testing/',
        pathNot: '^src/testing/(handlers/|platform/|server/handler\\.ts$)',
      },
    },
    {
      name: 'the-server-of-the-simulator-is-given-its-handlers',
      severity: 'error',
      from: { path: '^src/testing/server/' },
      to: { path: '^src/testing/(handlers/|platform/(?!http-error|tokens)|simulator)' },
    },
    {
      name: 'the-simulator-loads-readers-when-they-are-needed',
      comment: 'So that it starts quickly.',
      severity: 'error',
      from: { path: '^src/testing/' },
      to: { ...PACKAGES, ...LOADED_AT_ONCE },
    },
    {
      name: 'no-circle',
      comment: 'Types may refer to each other, because they do not exist at run time.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: CODE },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // What is built is made of src/.
    doNotFollow: { path: '^(dist/|.*node_modules)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default'] },
  },
};
