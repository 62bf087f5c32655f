/** What may be in the tarball, and what must be. */
const ALLOWED: readonly RegExp[] = [
  /^(package\.json|LICENSE|(README|CHANGELOG|CONTRIBUTING|SECURITY)\.md)$/,
  /^dist\/src\/([\w-]+\/)?(index|main)\.js$/,
  /^dist\/chunks\/[\w-]+\.js$/,
  /^dist\/(src|generated)\/[\w/-]+\.d\.ts$/,
  /^dist\/generated\/openapi\.json$/,
  // What the README links to.
  /^docs\/[\w-]+\.md$/,
  /^docs\/json-output\.schema\.json$/,
  /^docs\/images\/[\w-]+\.svg$/,
  /^bench\/RESULTS\.md$/,
  /^examples\/[\w-]+\.(jsonl|csv|parquet|sh|yml|py)$/,
  /^examples\/bull-board\/(README\.md|package\.json|server\.js)$/,
];
/** Allowed by their place, but not by their name. */
const FORBIDDEN =
  /(^|[/.-])(test|spec|fixtures?|mocks?|__tests__)\.|(^|\/)(test|fixtures|__tests__)\/|\.env/;
const REQUIRED = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md'];

export interface Manifest {
  bin?: Readonly<Record<string, string>>;
  exports?: unknown;
}

/** @returns a line for each fault. `files` are paths in the tarball, `sources` those of the project. */
export function checkContents(
  files: readonly string[],
  sources: ReadonlySet<string>,
  manifest: Manifest,
): string[] {
  const packed = new Set(files);
  const needed = [...REQUIRED, ...listTargets(manifest.exports), ...listTargets(manifest.bin)];
  return [
    ...files
      .filter((file) => FORBIDDEN.test(file) || !ALLOWED.some((pattern) => pattern.test(file)))
      .map((file) => `${file} does not belong into the package`),
    ...files
      .filter((file) => findSource(file) !== undefined && !sources.has(findSource(file) ?? ''))
      .map((file) => `${file} has no source: make clean build`),
    ...needed.filter((file) => !packed.has(file)).map((file) => `${file} is missing`),
  ];
}

/** The TypeScript file that a file of dist/ is compiled from, unless it is made of several. */
function findSource(file: string): string | undefined {
  const compiled = /^dist\/((?:src|generated)\/.*)\.(js|d\.ts)$/.exec(file)?.[1];
  return compiled === undefined ? undefined : `${compiled}.ts`;
}

function listTargets(target: unknown): string[] {
  if (typeof target === 'string') return [target.replace(/^\.\//, '')];
  if (typeof target !== 'object' || target === null) return [];
  return Object.values(target).flatMap(listTargets);
}
