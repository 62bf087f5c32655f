/** The version stands in three files and, at a release, over the newest part of the changelog. */
export interface Versions {
  manifest: string;
  lock: string;
  code: string;
  changelog: string;
  /** The version that is about to be published; without it the changelog may still say "Unreleased". */
  release?: string | undefined;
}

/** @returns a line for each fault. */
export function checkVersion({ manifest, lock, code, changelog, release }: Versions): string[] {
  const faults: string[] = [];
  const expect = (isOk: boolean, fault: string) => isOk || faults.push(fault);
  expect(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(manifest), `package.json has "${manifest}"`);
  expect(lock === manifest, `package-lock.json has ${lock}, package.json ${manifest}: npm install`);
  const named = /VERSION = '([^']*)'/.exec(code)?.[1];
  expect(named === manifest, `src/version.ts has ${named}, package.json ${manifest}`);
  const parts = changelog.split(/^## /m).slice(1);
  const headings = parts.map((part) => part.split('\n', 1)[0]?.trim() ?? '');
  const [newest = 'nothing'] = headings;
  const released = headings
    .map((heading) => heading.split(' ')[0])
    .find((word) => word !== 'Unreleased');
  const isNamed = newest === 'Unreleased' || newest.split(' ')[0] === manifest;
  expect(isNamed, `CHANGELOG.md starts with "${newest}": expected Unreleased or ${manifest}`);
  const isCurrent = released === undefined || released === manifest;
  expect(isCurrent, `CHANGELOG.md has ${released} as newest release, package.json ${manifest}`);
  const text = parts[0]?.slice(newest.length).trim() ?? '';
  expect(text !== '', `CHANGELOG.md has nothing under "${newest}"`);
  if (release === undefined) return faults;
  expect(release === manifest, `RELEASE is ${release}, package.json has ${manifest}`);
  expect(
    newest.split(' ')[0] === release,
    `CHANGELOG.md starts with "${newest}": expected ${release}`,
  );
  return faults;
}
