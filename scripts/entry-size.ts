/** The size of the main entry in a program that is bundled: what it imports at once, without what it imports late. */
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';

/** Leaves out what is imported late: it is in files of their own, where a bundler splits code. */
const withoutLateImports: Plugin = {
  name: 'without-late-imports',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

export interface EntrySize {
  /** The modules in it, by their paths. */
  readonly modules: readonly string[];
  readonly minifiedBytes: number;
  readonly gzippedBytes: number;
}

/**
 * @param program what imports the entry, such as `export * from './src/index.ts'`.
 * @param isSplit whether what is imported late is left out; otherwise all is in one file.
 */
export async function measureEntry(program: string, isSplit: boolean): Promise<EntrySize> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: '.' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    outfile: 'entry.js',
    write: false,
    metafile: true,
    plugins: isSplit ? [withoutLateImports] : [],
  });
  const [{ contents } = { contents: new Uint8Array() }] = outputFiles;
  return {
    modules: Object.keys(metafile.inputs),
    minifiedBytes: contents.length,
    gzippedBytes: gzipSync(contents, { level: 9 }).length,
  };
}
