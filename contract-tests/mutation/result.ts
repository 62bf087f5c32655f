/** The result of a mutant, and the score of many. */
import type { Mutant } from './mutant.js';

/** What noticed it first: facts and messages, hand-written code that no longer compiles, or the contract suite. */
export type Tier = 'facts' | 'types' | 'suite';

export interface Result {
  kind: string;
  pointer: string;
  change: string;
  killedBy?: Tier;
  /** What exactly noticed it. */
  by?: string;
  /** Why nobody can notice it, if it is listed as such. */
  unobservable?: string;
  /** Whether the accepted surface shows it; this is counted apart and kills nothing. */
  isOnSurface: boolean;
  /** In milliseconds. */
  time: number;
}

export const describeMutant = ({ kind, pointer, change }: Mutant) => ({ kind, pointer, change });

export interface Score {
  kind: string;
  mutants: number;
  unobservable: number;
  /** Mutants that change what somebody can see. */
  meaningful: number;
  killed: number;
  survived: number;
  byTier: Record<Tier, number>;
  onSurface: number;
}

export function scoreResults(kind: string, results: readonly Result[]): Score {
  const meaningful = results.filter(({ unobservable }) => unobservable === undefined);
  const killed = meaningful.filter(({ killedBy }) => killedBy !== undefined);
  const countTier = (tier: Tier) => killed.filter(({ killedBy }) => killedBy === tier).length;
  return {
    kind,
    mutants: results.length,
    unobservable: results.length - meaningful.length,
    meaningful: meaningful.length,
    killed: killed.length,
    survived: meaningful.length - killed.length,
    byTier: { facts: countTier('facts'), types: countTier('types'), suite: countTier('suite') },
    onSurface: results.filter(({ isOnSurface }) => isOnSurface).length,
  };
}

/** The scores of all kinds, the weakest first. */
export function scoreKinds(results: readonly Result[]): Score[] {
  const kinds = [...new Set(results.map(({ kind }) => kind))];
  return kinds
    .map((kind) =>
      scoreResults(
        kind,
        results.filter((one) => one.kind === kind),
      ),
    )
    .sort((a, b) => toShare(a) - toShare(b) || a.kind.localeCompare(b.kind));
}

export const toShare = ({ killed, meaningful }: Score): number =>
  meaningful === 0 ? 1 : killed / meaningful;

const ALL_SHARE = 0.98;
const KIND_SHARE = 0.95;
/** A kind with fewer mutants may have one survivor. */
const SMALL_KIND = 20;

/** What is below the gate; empty if nothing is. */
export function listShortfalls(results: readonly Result[]): string[] {
  const all = scoreResults('all', results);
  const kinds = scoreKinds(results).filter((score) =>
    score.meaningful < SMALL_KIND ? score.survived > 1 : toShare(score) < KIND_SHARE,
  );
  return [
    ...(toShare(all) < ALL_SHARE
      ? [`${formatShare(all)} of all mutants were killed; at least ${ALL_SHARE * 100} % have to be`]
      : []),
    ...kinds.map(
      (score) => `${score.kind}: ${formatShare(score)} were killed, ${score.survived} survived`,
    ),
  ];
}

export const formatShare = (score: Score): string => `${(toShare(score) * 100).toFixed(1)} %`;
