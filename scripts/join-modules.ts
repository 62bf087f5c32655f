/**
 * Joins the compiled modules of dist/ into few files: to open a file takes Node longer than to compile what is in it, and
 * the main entry alone has 67 modules. The declarations stay as they are. Run by `make build`.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { type ManualChunksOption, type ModuleInfo, type PreRenderedChunk, rollup } from 'rollup';

const DIST = resolve('dist');
const CODE = join(DIST, 'src');

/** What can be imported or run, by its path in dist/src/ without `.js`. */
function listEntries(): string[] {
  const { exports, bin } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Record<string, string | { default: string }>;
    bin: Record<string, string>;
  };
  const imported = Object.values(exports).map((target) =>
    typeof target === 'string' ? target : target.default,
  );
  return [...imported, ...Object.values(bin)].flatMap(
    (path) => /^(?:\.\/)?dist\/src\/(.*)\.js$/.exec(path)?.[1] ?? [],
  );
}

/**
 * Files that have everything that is imported together: each the modules that it names and all that they import at once,
 * without what an earlier one has. All other modules are joined as rollup joins them, by who imports them.
 * `cli/main` is in none: it waits for its imports, and what it waits for must not import it.
 */
const JOINED: Readonly<Record<string, readonly string[]>> = {
  // What the help of the command needs of the main entry.
  base: [
    ...['version', 'resources/codes', 'resources/statuses', 'preflight/format-finding'],
    ...['shared/checks', 'shared/edits', 'shared/limits', 'shared/notify', 'shared/options'],
    'shared/origins',
  ],
  core: ['index'],
  // What it needs of ingests.
  files: [
    ...['shared/open-file', 'shared/replacement-file', 'shared/json-error'],
    ...['ingest/spool-path', 'resources/outcome'],
  ],
  uploads: [
    ...['resources/batch-calls', 'resources/upload-calls', 'upload/file-calls'],
    ...['upload/upload-source', 'http/upload', 'http/node-upload', 'http/read-file'],
  ],
  ingest: [
    ...['client-methods', 'ingest/ingest', 'ingest/resume', 'ingest/check-files'],
    'resources/wait',
  ],
  load: ['load/load'],
  command: ['cli/program', 'cli/output'],
};

const toPath = (name: string): string => join(CODE, `${name}.js`);

/** @returns for each module that is joined with others the name of its file. */
function assignFiles(getModule: (path: string) => ModuleInfo | null): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const add = (path: string, file: string): void => {
    const module = getModule(path);
    if (module === null) throw new Error(`Invalid module of ${file}: there is no ${path}.`);
    if (module.isExternal || files.has(path)) return;
    files.set(path, file);
    for (const imported of module.importedIds) add(imported, file);
  };
  for (const [file, names] of Object.entries(JOINED))
    for (const name of names) add(toPath(name), file);
  return files;
}

let files: ReadonlyMap<string, string> | undefined;
const manualChunks: ManualChunksOption = (path, { getModuleInfo }) => {
  files ??= assignFiles(getModuleInfo);
  return files.get(path);
};

/** One that is imported late has the name of its module, such as `cli-commands-check.js`. */
function nameFile({ facadeModuleId, name }: PreRenderedChunk): string {
  const path = facadeModuleId === null ? name : relative(CODE, facadeModuleId);
  return `chunks/${path.replace(/\.js$/, '').replaceAll(sep, '-')}.js`;
}

const bundle = await rollup({
  input: Object.fromEntries(listEntries().map((name) => [`src/${name}`, toPath(name)])),
  external: (path) => !path.startsWith('.') && !path.startsWith(DIST),
  onLog(_level, { message }) {
    throw new Error(message);
  },
});
for (const path of readdirSync(DIST, { recursive: true, encoding: 'utf8' }))
  if (path.endsWith('.js')) rmSync(join(DIST, path));
await bundle.write({
  dir: DIST,
  format: 'es',
  entryFileNames: '[name].js',
  chunkFileNames: nameFile,
  manualChunks,
  minifyInternalExports: false,
  // An import of what another file imports anyway would only be read again.
  hoistTransitiveImports: false,
});
await bundle.close();
