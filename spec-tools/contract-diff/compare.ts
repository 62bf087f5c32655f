/** Rates every change between two bundled documents, by operation. */
import type { Json } from '../operations.js';
import { correctChange } from './corrections.js';
import { runRedoclyDiff } from './redocly.js';
import { type Change, IMPACTS, type Impact } from './report.js';
import { findUsersIn, formatUsers } from './users.js';
import { findVersionFault, requiredVersion } from './version.js';

export interface RatedChange extends Change {
  /** The ids of the operations that use the place, before or after the change. */
  operations: string[];
}

export interface Comparison {
  versions: { base: string; revision: string; required: string };
  /** The strongest first. */
  changes: RatedChange[];
  /** What has to be done before the change is accepted. */
  fault: string | undefined;
}

/** The version itself is judged apart, and generated notices say nothing of the API. */
const IGNORED = /^#\/(info|x-generated)$/;

/** @throws {Error} for a document that Redocly cannot read, or a version that is not semver. */
export async function compareDocuments(base: Json, revision: Json): Promise<Comparison> {
  const report = await runRedoclyDiff(base, revision);
  const usersBefore = findUsersIn(base);
  const usersAfter = findUsersIn(revision);
  const findUsers = ({ path, ...change }: Change): string[] => {
    const before = [path, change.base?.pointer ?? path].flatMap(usersBefore);
    const after = [path, change.revision?.pointer ?? path].flatMap(usersAfter);
    return [...new Set([...before, ...after])];
  };
  const changes = report.changes
    .filter(({ path, property }) => !(IGNORED.test(path) && property === 'version'))
    .map((change) => ({
      ...correctChange(base, revision, change),
      operations: findUsers(change),
    }))
    .sort((a, b) => IMPACTS.indexOf(b.impact) - IMPACTS.indexOf(a.impact));
  const impacts: Impact[] = changes.map(({ impact }) => impact);
  const versions = report.infoVersions;
  return {
    versions: { ...versions, required: requiredVersion(versions.base, impacts) },
    changes,
    fault: findVersionFault(versions, impacts),
  };
}

const RATINGS: Record<Impact, string> = {
  major: 'breaking',
  minor: 'addition',
  patch: 'compatible',
};

const escapeCell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

/** The changes as a Markdown table. */
export function formatChanges({ changes }: Comparison): string {
  const rows = changes.map(({ operations, kind, path, property, impact, verdicts }) => {
    const place = `${kind} \`${path}${property === undefined ? '' : ` ${property}`}\``;
    const reasons = verdicts.map(({ message }) => message).join(' ');
    return [formatUsers(operations), `${place} ${reasons}`.trim(), RATINGS[impact]]
      .map(escapeCell)
      .join(' | ');
  });
  return [
    '| operation | change | rating |',
    '| --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}
