/** What is wrong with a row: collected as references to prepared rules, so that nothing is built for a sound row. */

import type { Finding, FindingRule } from '../preflight/types.js';
import { toStep } from '../shared/json-pointer.js';
import { omitUndefined } from '../shared/options.js';

/** Something that is wrong with a row. */
export interface RowFinding {
  /** The platform rejects an error; a warning is only advice; a note says what the platform does. */
  readonly level: Finding['level'];
  /** What the platform does with it; missing if it takes the data as they are. */
  readonly effect?: NonNullable<Finding['effect']>;
  /** The rule that was broken. */
  readonly rule: FindingRule;
  /** The field, as a JSON pointer into the row: `/person/name`. */
  readonly path: string;
  /** The value, or the beginning of a long text; `{…}` or `[…]` for an object or an array. */
  readonly value?: unknown;
  /** How to fix it; also a part of `message`. */
  readonly fix?: string;
  /** What was probably meant. */
  readonly suggestion?: string;
  /** What is wrong and how to fix it, with the path. */
  readonly message: string;
}

/** What to say about a value, without its path. */
export interface Words {
  /** Without a full stop. */
  readonly problem: string;
  readonly fix?: string;
  readonly suggestion?: string;
}

/** One thing that may be wrong with one field. */
export interface Issue {
  readonly level: Finding['level'];
  readonly effect: Finding['effect'];
  readonly rule: FindingRule;
  /** The rule and the field's path with `*`: findings of a level that agree in it are of one kind. */
  readonly kind: string;
  describe(value: unknown): Words;
}

/** An issue that was found. */
export interface Problem {
  readonly issue: Issue;
  readonly value: unknown;
  /** The steps of the path, the last one first. */
  readonly steps: (string | number)[];
}

/** The problems of one row; used again for the next. */
export class RowProblems {
  list: Problem[] = [];

  /** @param steps where the value is in the field that is being checked, the last step first. */
  add(issue: Issue | undefined, value: unknown, ...steps: (string | number)[]): void {
    if (issue !== undefined) this.list.push({ issue, value, steps });
  }

  /** Adds a step in front of the paths of the problems from the one at this index on. */
  prefix(from: number, step: string | number): void {
    for (let at = from; at < this.list.length; at++) this.list[at]?.steps.push(step);
  }
}

/** How much of a text is shown. */
const SHOWN_CHARACTERS = 100;

/** A value as findings show it. */
export function shorten(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value;
  }
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? '[…]' : '{…}';
}

/** The path of a problem, as a JSON pointer. */
export const toPath = ({ steps }: Problem): string =>
  steps.map((step) => `/${toStep(String(step))}`).reduceRight((path, step) => path + step, '');

export function toFinding(problem: Problem): RowFinding {
  const { issue, value } = problem;
  const { level, effect, rule } = issue;
  const path = toPath(problem);
  const { problem: text, fix, suggestion } = issue.describe(value);
  const isOfFile = path === '' && rule === 'file-format';
  const where = isOfFile ? '' : `${path === '' ? 'the row' : path}: `;
  const message = `${where}${text}.${fix === undefined ? '' : ` ${fix}`}`;
  return omitUndefined({
    level,
    effect,
    rule,
    path,
    value: shorten(value),
    fix,
    suggestion,
    message,
  });
}
