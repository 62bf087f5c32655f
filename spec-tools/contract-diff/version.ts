/** Which version a change requires. Below 1.0 a breaking change requires a minor step, as semver allows. */
import { type Impact, strongest } from './report.js';

const VERSION = /^(\d+)\.(\d+)\.(\d+)$/;

function parseVersion(version: string): [number, number, number] {
  const parts = VERSION.exec(version);
  if (parts === null) {
    throw new Error(`Invalid info.version: expected a version such as 1.2.3, received ${version}.`);
  }
  return [Number(parts[1]), Number(parts[2]), Number(parts[3])];
}

/** The lowest version that a document with these changes may have. */
export function requiredVersion(base: string, impacts: readonly Impact[]): string {
  const [major, minor, patch] = parseVersion(base);
  const impact = strongest(impacts);
  if (impact === undefined) return base;
  if (impact === 'major' && major > 0) return `${major + 1}.0.0`;
  if (impact !== 'patch') return `${major}.${minor + 1}.0`;
  return `${major}.${minor}.${patch + 1}`;
}

/** Whether a version is at least another. */
export function isAtLeast(version: string, least: string): boolean {
  const [is, must] = [parseVersion(version), parseVersion(least)];
  const differing = is.findIndex((part, index) => part !== must[index]);
  return differing < 0 || (is[differing] as number) > (must[differing] as number);
}

/** What CI fails with: a breaking change without its version step. Other steps are only suggested. */
export function findVersionFault(
  versions: { base: string; revision: string },
  impacts: readonly Impact[],
): string | undefined {
  const required = requiredVersion(versions.base, impacts);
  if (strongest(impacts) !== 'major' || isAtLeast(versions.revision, required)) return undefined;
  return `Invalid info.version: a breaking change since ${versions.base} expects at least ${required}, received ${versions.revision}. Set it in spec/openapi.yaml, or undo the change.`;
}
