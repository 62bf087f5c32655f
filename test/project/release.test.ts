import { expect, test } from '@jest/globals';
import { checkContents } from '../../scripts/release/contents.js';
import {
  checkInstallScripts,
  checkLicences,
  checkSbom,
  type Lock,
  listDependencies,
} from '../../scripts/release/dependencies.js';
import { checkLinks } from '../../scripts/release/links.js';
import { checkPublishing } from '../../scripts/release/publishing.js';
import { checkVersion, type Versions } from '../../scripts/release/version.js';

const versions = (changes: Partial<Versions>): string[] =>
  checkVersion({
    manifest: '1.2.0',
    lock: '1.2.0',
    code: "export const VERSION = '1.2.0';",
    changelog: '# Changelog\n\n## Unreleased\n\n- New.\n\n## 1.2.0\n\n- Old.\n',
    ...changes,
  });

test('the version is the same in package.json, the lockfile, the code and the newest release of the changelog', () => {
  expect(versions({})).toEqual([]);
  expect(
    versions({ changelog: '## 1.2.0 (2026-01-02)\n\n- New.\n\n## 1.1.0\n\n- Old.\n' }),
  ).toEqual([]);
  expect(versions({ changelog: '## Unreleased\n\nFirst.\n' })).toEqual([]);
  expect(versions({ lock: '1.1.0' })[0]).toMatch('package-lock.json has 1.1.0');
  expect(versions({ code: "export const VERSION = '1.1.9';" })[0]).toMatch(
    'src/version.ts has 1.1.9',
  );
  expect(versions({ manifest: '1.3' })[0]).toMatch('package.json has "1.3"');
  expect(versions({ changelog: '## 1.1.0\n\n- Old.\n' })[0]).toMatch('starts with "1.1.0"');
  expect(versions({ changelog: '## Unreleased\n\n## 1.2.0\n\n- Old.\n' })).toEqual([
    'CHANGELOG.md has nothing under "Unreleased"',
  ]);
  expect(versions({ changelog: '## Unreleased\n\n- New.\n\n## 1.3.0\n\n- Old.\n' })).toHaveLength(
    1,
  );
  expect(versions({ changelog: '' })).not.toEqual([]);
});

test('a release needs its own heading in the changelog', () => {
  expect(versions({ release: '1.2.0' })).toEqual([
    'CHANGELOG.md starts with "Unreleased": expected 1.2.0',
  ]);
  expect(versions({ release: '1.2.0', changelog: '## 1.2.0\n\n- New.\n' })).toEqual([]);
  expect(versions({ release: '1.3.0', changelog: '## 1.2.0\n\n- New.\n' })).toHaveLength(2);
});

test('the tarball has what its manifest names, and nothing that is not listed, stale or made for tests', () => {
  const required = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md'];
  const built = ['dist/src/index.js', 'dist/src/index.d.ts', 'dist/chunks/core.js'];
  const files = [...required, ...built, 'docs/ingest.md'];
  const sources = new Set(['src/index.ts', 'src/a.test.ts']);
  const manifest = {
    exports: { '.': { types: './dist/src/index.d.ts', default: './dist/src/index.js' } },
  };
  expect(checkContents(files, sources, manifest)).toEqual([]);
  for (const file of [
    ...['dist/src/a.test.js', 'dist/src/index.js.map', 'src/index.ts', '.env', 'test/a.test.ts'],
    ...['dist/src/ingest/run.js', 'dist/chunks/core.d.ts'],
    ...['dist/test/a.js', 'spec/openapi.yaml', 'docs/reference/codes.md', 'examples/.env'],
  ]) {
    expect(checkContents([...files, file], sources, manifest)[0]).toBe(
      `${file} does not belong into the package`,
    );
  }
  expect(checkContents([...files, 'dist/src/gone.d.ts'], sources, manifest)).toEqual([
    'dist/src/gone.d.ts has no source: make clean build',
  ]);
  const bin = { 'aep-batch': 'dist/src/cli/main.js' };
  expect(checkContents(files.slice(1), sources, { ...manifest, bin })).toEqual([
    'package.json is missing',
    'dist/src/cli/main.js is missing',
  ]);
});

test('a link to a file or heading that the tarball does not have is found, and code has no links', () => {
  const check = (text: string) =>
    checkLinks(
      new Map([
        ['README.md', text],
        ['docs/a.md', '# A `b`: c\n\n## Twice\n\n## Twice\n\n```sh\n# no heading\n```\n'],
      ]),
      new Set(['README.md', 'docs/a.md', 'docs/images/a.svg']),
    );
  const good =
    '[a](docs/a.md#a-b-c) [b](docs/a.md#twice-1) ![c](docs/images/a.svg) [d](https://example.invalid/x)';
  expect(
    check(`${good}\n\n\`[no link](nowhere.md)\`\n\n\`\`\`md\n[none](nowhere.md)\n\`\`\`\n`),
  ).toEqual([]);
  expect(check('[a](docs/gone.md)')).toEqual([
    'README.md: docs/gone.md: docs/gone.md is not in the package',
  ]);
  expect(check('![a](docs/images/gone.svg) [b](docs/a.md#no-heading) [c](#own)')).toHaveLength(3);
});

const LOCK: Lock = {
  packages: {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.0.0', license: 'MIT', hasInstallScript: true },
    'node_modules/a/node_modules/@b/c': { version: '2.0.0', license: 'GPL-3.0' },
    'node_modules/d': { version: '3.0.0', license: 'GPL-3.0', dev: true, hasInstallScript: true },
    'node_modules/e': { version: '4.0.0' },
  },
};

test('the licence of every package that a user installs is allowed, of tools any', () => {
  expect(checkLicences(listDependencies(LOCK))).toEqual([
    '@b/c@2.0.0 has the licence GPL-3.0',
    'e@4.0.0 has the licence none',
  ]);
});

test('a package that a user installs with an install script is found', () => {
  expect(checkInstallScripts(listDependencies(LOCK))).toEqual(['a@1.0.0 has an install script']);
});

test('the bill of materials lists what is installed, no more and no less', () => {
  const [a, bc, e] = listDependencies(LOCK);
  if (a === undefined || bc === undefined || e === undefined) throw new Error('three packages');
  const sbom = { bomFormat: 'CycloneDX', specVersion: '1.5' };
  expect(checkSbom({ ...sbom, components: [a, bc, e] }, [a, bc, e])).toEqual([]);
  expect(checkSbom({ ...sbom, components: [a, e] }, [a, bc])).toEqual([
    'it lacks @b/c@2.0.0',
    'e@4.0.0 is not installed',
  ]);
});

test('the package is published for everyone, with provenance, for which a release names its repository', () => {
  const manifest = {
    license: 'Apache-2.0',
    engines: { node: '>=20.19' },
    publishConfig: { access: 'public', provenance: true },
  };
  expect(checkPublishing(manifest, false)).toEqual([]);
  expect(checkPublishing(manifest, true)[0]).toMatch('repository is missing');
  expect(checkPublishing({ ...manifest, repository: 'x' }, true)).toEqual([]);
  expect(checkPublishing({ ...manifest, private: true }, false)).toHaveLength(1);
  expect(checkPublishing({ ...manifest, publishConfig: {} }, false)).toHaveLength(2);
});
