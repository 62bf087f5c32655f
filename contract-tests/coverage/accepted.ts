/**
 * The cells that no test covers and that were accepted so, by the reason. `contract-tests/uncovered.txt`
 * holds them: lines of cells below a line with their reason, which starts with `#`.
 */
import type { CoveredCell } from './cover.js';

export const NO_REASON = 'No reason given yet: cover these or say why not.';

/** The reason of each accepted cell, by its name. */
export function parseAccepted(text: string): Map<string, string> {
  const reasons = new Map<string, string>();
  let reason = NO_REASON;
  for (const line of text.split('\n')) {
    if (line.startsWith('# ')) reason = line.slice(2);
    else if (line !== '') reasons.set(line, reason);
  }
  return reasons;
}

/** The accepted file for a run: reasons stay, and cells that are covered now are left out. */
export function formatAccepted(cells: readonly CoveredCell[], previous: string): string {
  const reasons = parseAccepted(previous);
  const groups = new Map([...new Set(reasons.values())].map((reason) => [reason, [] as string[]]));
  for (const name of listUncovered(cells)) {
    const reason = reasons.get(name) ?? NO_REASON;
    groups.set(reason, [...(groups.get(reason) ?? []), name]);
  }
  return [...groups]
    .filter(([, names]) => names.length > 0)
    .map(([reason, names]) => `# ${reason}\n${names.join('\n')}\n`)
    .join('\n');
}

export interface Changes {
  /** Cells that no test covers and that were not accepted. */
  lost: string[];
  /** Accepted cells that a test covers now, or that the document no longer has. */
  gained: string[];
}

/** Every difference from what was accepted; both directions have to be accepted. */
export function compareWithAccepted(cells: readonly CoveredCell[], accepted: string): Changes {
  const reasons = parseAccepted(accepted);
  const uncovered = new Set(listUncovered(cells));
  return {
    lost: [...uncovered].filter((name) => !reasons.has(name)),
    gained: [...reasons.keys()].filter((name) => !uncovered.has(name)),
  };
}

const listUncovered = (cells: readonly CoveredCell[]): string[] =>
  cells.filter(({ tests }) => tests.size === 0).map(({ name }) => name);
