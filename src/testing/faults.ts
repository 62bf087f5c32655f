/** Faults as data: which request is to go wrong, and how. */

import { checkFaults, checkRandomFaults } from './fault-checks.js';
import type { OperationId } from './server/routes.js';

/** How a request goes wrong. */
export type FaultAction =
  /** The connection breaks before the request takes effect. */
  | 'reset'
  /** The request takes effect, then the connection breaks instead of an answer. */
  | 'reset-after-applying'
  /** No answer comes until the client gives up or the simulator stops; nothing takes effect. */
  | 'hang'
  /**
   * Another answer. A body that is no text is sent as JSON. With `afterApplying` the request takes
   * effect all the same, as it may behind a 500 or 504.
   */
  | {
      status: number;
      headers?: Readonly<Record<string, string>>;
      body?: unknown;
      afterApplying?: boolean;
    }
  /** The right answer, later. In milliseconds. */
  | { delayMs: number }
  /**
   * The connection breaks after so many bytes of the body: of an upload's request, which then takes
   * no effect; elsewhere of the answer.
   */
  | { resetAfterBytes: number }
  /**
   * A response with this status and no body, sent before any of the request's body is read, as some front
   * ends do. The request takes no effect, and the rest of its body is never read.
   */
  | { respondEarly: number };

/** One fault. */
export interface Fault {
  when: {
    /** The operationId of the document. */
    operation: OperationId;
    /**
     * Which request of this operation, counted from 1 since the simulator started or the faults
     * were last set. Without it, every one.
     */
    nth?: number;
  };
  then: FaultAction;
}

/** Faults by chance. Which requests they hit depends on nothing but the seed and their number. */
export interface RandomFaults {
  seed: number;
  /** The share of requests that go wrong, from 0 to 1. */
  rate: number;
  /** Which operations. Default: all. */
  operations?: readonly OperationId[];
  /** How they go wrong. Default: broken connections, 429, 500 and 503; nothing that hangs. */
  actions?: readonly FaultAction[];
}

const RANDOM_ACTIONS: readonly FaultAction[] = [
  'reset',
  'reset-after-applying',
  { status: 429 },
  { status: 500 },
  { status: 500, afterApplying: true },
  { status: 503 },
];

/** The faults of a simulator, and how often each operation was called. */
export class Faults {
  #faults: Fault[];
  readonly #random: RandomFaults | undefined;
  readonly #counts = new Map<OperationId, number>();
  /** Requests before the faults were last set: chance goes on where it was. */
  readonly #calls = new Map<OperationId, number>();

  /** @throws {InvalidInputError} for an operation, action or field that does not exist. */
  constructor(faults: readonly Fault[], random: RandomFaults | undefined) {
    checkFaults(faults);
    checkRandomFaults(random);
    this.#faults = [...faults];
    this.#random = random;
  }

  /**
   * Puts these in place of all others, and counts requests anew.
   * @throws {InvalidInputError} for an operation, action or field that does not exist.
   */
  set(...faults: Fault[]): void {
    checkFaults(faults);
    this.#faults = faults;
    this.#counts.clear();
  }

  /**
   * Adds to those there are; requests are counted as before.
   * @throws {InvalidInputError} for an operation, action or field that does not exist.
   */
  add(...faults: Fault[]): void {
    checkFaults(faults);
    this.#faults.push(...faults);
  }

  /** Counts a request, and says how it is to go wrong, if it is. */
  next(operation: OperationId): FaultAction | undefined {
    const nth = (this.#counts.get(operation) ?? 0) + 1;
    this.#counts.set(operation, nth);
    const call = (this.#calls.get(operation) ?? 0) + 1;
    this.#calls.set(operation, call);
    const fault = this.#faults.find(
      ({ when }) => when.operation === operation && (when.nth === undefined || when.nth === nth),
    );
    return fault?.then ?? this.#byChance(operation, call);
  }

  #byChance(operation: OperationId, call: number): FaultAction | undefined {
    const random = this.#random;
    if (random === undefined || random.operations?.includes(operation) === false) return undefined;
    const actions = random.actions ?? RANDOM_ACTIONS;
    const draw = (what: string) => chance(`${random.seed} ${operation} ${call} ${what}`);
    if (draw('whether') >= random.rate) return undefined;
    return actions[Math.floor(draw('which') * actions.length)];
  }
}

/**
 * A number from 0 to below 1 that depends on the text alone (FNV-1a with a final mix): requests that
 * overtake one another do not change which of them go wrong.
 */
function chance(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A fault in a few words, for the log. */
export function nameOf(action: FaultAction): string {
  if (typeof action === 'string') return action;
  if ('delayMs' in action) return `delay ${action.delayMs} ms`;
  if ('resetAfterBytes' in action) return `reset after ${action.resetAfterBytes} bytes`;
  if ('respondEarly' in action) return `early response ${action.respondEarly}`;
  return `status ${action.status}${action.afterApplying ? ' after applying' : ''}`;
}
