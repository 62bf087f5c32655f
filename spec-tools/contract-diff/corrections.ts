/**
 * Where the ratings of `redocly diff` are not the ones of this document. Each rule is stated in CONTRIBUTING.md
 * and shown by an edit in contract-tests/contract-diff/.
 */
import { type Json, resolveRef } from '../operations.js';
import type { Change, Impact } from './report.js';

interface Correction {
  impact: Impact;
  message: string;
}
interface Nodes {
  before: Json | undefined;
  after: Json | undefined;
}
type Rule = (change: Change, nodes: Nodes) => Correction | undefined;

const RULES: readonly Rule[] = [
  // Redocly sees this in responses only; a caller that sends the property no longer compiles.
  ({ kind, path }) =>
    kind === 'removed' && /\/properties\/[^/]+$/.test(path)
      ? { impact: 'major', message: 'The property was removed.' }
      : undefined,
  // A caller that leaves the field out gets another behaviour.
  ({ kind, path, property }, { before, after }) =>
    (property === 'default' && kind === 'modified') ||
    (/\/default$/.test(path) && before !== after && kind !== 'added')
      ? { impact: 'major', message: 'The default changed.' }
      : undefined,
  ({ typeName, property }, { before, after }) =>
    typeName === 'Header' &&
    property === 'required' &&
    before?.['required'] === true &&
    after?.['required'] !== true
      ? { impact: 'major', message: 'The header may now be missing.' }
      : undefined,
  // `x-open`: the types already accept values that are not listed.
  ({ property, verdicts }, { before, after }) =>
    property === 'enum' &&
    before?.['x-open'] === true &&
    after?.['x-open'] === true &&
    verdicts.length > 0 &&
    verdicts.every(({ ruleId }) => ruleId === 'enum-values-added')
      ? { impact: 'minor', message: 'The list is open, so callers are prepared for a new value.' }
      : undefined,
  ({ property }, { before, after }) =>
    property === 'x-open' && before?.['x-open'] !== true && after?.['x-open'] === true
      ? { impact: 'major', message: 'Values that are not listed may now occur.' }
      : undefined,
  // Requests go to another host than before.
  ({ typeName, kind, path }) =>
    typeName === 'ServerList' && kind === 'added' && path.startsWith('#/paths/')
      ? { impact: 'major', message: 'Requests go to another server than before.' }
      : undefined,
];

/** The node that was changed; the pointer may lead on to its property. */
function findNode(document: Json, pointer: string | undefined, { property }: Change) {
  if (pointer === undefined) return undefined;
  const suffix = `/${property}`;
  const place = property !== undefined && pointer.endsWith(suffix);
  const at = place ? pointer.slice(0, -suffix.length) : pointer;
  return resolveRef(document, at) as Json | undefined;
}

/** The change with the rating that counts here, and why. */
export function correctChange(base: Json, revision: Json, change: Change): Change {
  const nodes: Nodes = {
    before: findNode(base, change.base?.pointer ?? change.revision?.pointer, change),
    after: findNode(revision, change.revision?.pointer ?? change.base?.pointer, change),
  };
  for (const rule of RULES) {
    const found = rule(change, nodes);
    if (found === undefined || found.impact === change.impact) continue;
    const verdict = { ruleId: 'own-rule', message: found.message };
    return { ...change, impact: found.impact, verdicts: [...change.verdicts, verdict] };
  }
  return change;
}
