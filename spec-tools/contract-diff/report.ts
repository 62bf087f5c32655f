/** The report of `redocly diff --format json`, as far as it is read here. */

/** The version step that a change requires from version 1.0 on. */
export type Impact = 'major' | 'minor' | 'patch';

/** From the weakest to the strongest. */
export const IMPACTS: readonly Impact[] = ['patch', 'minor', 'major'];

export interface Change {
  /** A JSON pointer into the document, starting with `#/`. */
  path: string;
  kind: 'added' | 'removed' | 'modified';
  impact: Impact;
  /** The kind of node, such as `Parameter` or `Schema`. */
  typeName: string;
  /** The field of the node that was modified. */
  property?: string;
  verdicts: { ruleId: string; message: string }[];
  /** Where it is, behind all `$ref`s: `path` names a shared node by the first operation that uses it. */
  base?: { pointer: string };
  revision?: { pointer: string };
}

export interface Report {
  infoVersions: { base: string; revision: string };
  changes: Change[];
}

export const strongest = (impacts: readonly Impact[]): Impact | undefined =>
  IMPACTS.findLast((impact) => impacts.includes(impact));
