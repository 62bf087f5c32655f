/** The library's reference, written by TypeDoc from the doc comments of the entries of the package. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Application,
  type Context,
  Converter,
  type DeclarationReflection,
  OptionDefaults,
  type Reflection,
  ReflectionKind,
} from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { REFERENCE, type SidebarItem, toLink } from './reference.js';

const FOLDER = 'library';

interface Entry {
  file: string;
  /** As it is imported. */
  name: string;
}

/** The entries of the package with types, by the names of their modules in TypeDoc. */
const ENTRIES: Readonly<Record<string, Entry>> = Object.fromEntries(
  Object.entries(
    JSON.parse(readFileSync('package.json', 'utf8')).exports as Record<
      string,
      string | { types: string }
    >,
  ).flatMap(([path, target]) => {
    if (typeof target === 'string') return [];
    const file = target.types.replace('./dist/', '').replace('.d.ts', '.ts');
    const name = `aep-batch${path.slice(1)}`;
    return [[path === '.' ? 'index' : path.slice(2), { file, name }]];
  }),
);

const FORMAT: Partial<PluginOptions> = {
  entryFileName: 'index',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  indexFormat: 'table',
  parametersFormat: 'table',
  useCodeBlocks: true,
};

/** Writes the pages. @throws if TypeDoc reports an error or a link that leads nowhere. */
export async function writeLibraryPages(): Promise<SidebarItem[]> {
  const app = await Application.bootstrapWithPlugins({
    ...FORMAT,
    plugin: ['typedoc-plugin-markdown'],
    tsconfig: 'tsconfig.build.json',
    entryPoints: Object.values(ENTRIES).map(({ file }) => file),
    // openapi-typescript writes this tag into the types of the document.
    blockTags: [...OptionDefaults.blockTags, '@description', '@enum'],
    modifierTags: OptionDefaults.modifierTags.filter((tag) => tag !== '@enum'),
    validation: { invalidLink: true, notDocumented: false, notExported: false },
    treatWarningsAsErrors: true,
    // What a class inherits from a package is in the documentation of that.
    excludeExternals: true,
    excludeInternal: true,
    excludePrivate: true,
    disableSources: true,
    out: join(REFERENCE, FOLDER),
    // The folder is new, and a wrong one must not be emptied.
    cleanOutputDir: false,
    readme: 'none',
    logLevel: 'Warn',
  });
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, nameModule);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }: Context) => {
    for (const reflection of Object.values(project.reflections)) useDescription(reflection);
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('TypeDoc cannot read the library.');
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) {
    throw new Error('TypeDoc has reported what is wrong with the doc comments.');
  }
  return toSidebar();
}

function nameModule(_context: Context, reflection: DeclarationReflection): void {
  if (!reflection.kindOf(ReflectionKind.Module)) return;
  const entry = ENTRIES[reflection.name];
  if (entry !== undefined) reflection.name = entry.name;
}

/** Descriptions of the document become the text of the comment; its other tags are types, shown anyway. */
function useDescription({ comment }: Reflection): void {
  const description = comment?.getTag('@description');
  if (comment === undefined || description === undefined) return;
  comment.summary = description.content;
  comment.removeTags('@description');
  comment.removeTags('@enum');
}

/** A group for each entry, from the written files, which have a folder for each kind of export. */
const toSidebar = (): SidebarItem[] =>
  Object.values(ENTRIES).map(({ name }) => {
    const folder = join(REFERENCE, FOLDER, name);
    const pages = readdirSync(folder)
      .filter((kind) => /^(?:classes|functions|interfaces|type-aliases|variables)$/.test(kind))
      .flatMap((kind) =>
        readdirSync(join(folder, kind)).map((file) => {
          const text = file.replace(/\.md$/, '');
          return { text, link: toLink(`${FOLDER}/${name}/${kind}/${text}`) };
        }),
      )
      .sort((a, b) => (a.text < b.text ? -1 : 1));
    const all = { text: 'All exports', link: toLink(`${FOLDER}/${name}/index`) };
    return { text: name, items: [all, ...pages] };
  });
