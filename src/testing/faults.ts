/** Faults as data: which request goes wrong, and how. */
import { operationIds } from '../../generated/operations.js';
import { checkBoolean, number } from '../shared/checks.js';
import {
  type Check,
  invalid,
  namedObject,
  type OptionTable,
  optional,
  required,
  validateOptions,
} from '../shared/options.js';
import { arrayCheck, isFields } from './checks.js';
import type { OperationId } from './server/routes.js';

/** How a request goes wrong. */
export type FaultAction =
  /** The connection is reset before the request takes effect. */
  | 'reset'
  /** The request takes effect, then the connection is reset in place of a response. */
  | 'reset-after-applying'
  /** No response is sent until the client gives up or the simulator stops; nothing takes effect. */
  | 'hang'
  /**
   * Another response. A body that is not a string is sent as JSON. With `afterApplying` the request takes
   * effect all the same, as it may behind a 500 or 504.
   */
  | {
      status: number;
      headers?: Readonly<Record<string, string>>;
      body?: unknown;
      afterApplying?: boolean;
    }
  /** The usual response, later. In milliseconds. */
  | { delayMs: number }
  /**
   * The connection is cut after this many bytes of the body: of the request's for an upload, which then takes
   * no effect; of the response's for other operations.
   */
  | { resetAfterBytes: number }
  /**
   * A response with this status and no body, sent before any of the request's body is read, as some front
   * ends do. The request takes no effect, and the rest of its body is never read.
   */
  | { respondEarly: number };

/** One fault. */
export interface Fault {
  /** Which requests go wrong. */
  when: {
    /** An operationId of the OpenAPI document. */
    operation: OperationId;
    /**
     * Which request of this operation, counted from 1 since the simulator started or the faults
     * were last set. Without it, every one.
     */
    nth?: number;
  };
  /** How they go wrong. */
  then: FaultAction;
}

/** Faults by chance. Which requests they hit depends only on the seed and on the requests' numbers. */
export interface RandomFaults {
  /** The same seed gives the same faults. A whole number. */
  seed: number;
  /** The share of requests that go wrong, from 0 to 1. */
  rate: number;
  /** Which operations. Default: all. */
  operations?: readonly OperationId[];
  /** How they go wrong. Default: reset connections, 429, 500 and 503; nothing that hangs. */
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

/** The faults of a simulator. */
export class Faults {
  #faults: Fault[];
  readonly #random: RandomFaults | undefined;
  /** How often each operation was called since the faults were last set. */
  readonly #counts = new Map<OperationId, number>();
  /** The same since the simulator started: `set()` does not repeat the faults by chance. */
  readonly #totals = new Map<OperationId, number>();

  /** @param faults valid ones. */
  constructor(faults: readonly Fault[], random: RandomFaults | undefined) {
    this.#faults = [...faults];
    this.#random = random;
  }

  /**
   * Replaces all faults, and counts requests from 1 again.
   * @throws {InvalidInputError} for an operation, action or field that does not exist.
   */
  set(...faults: Fault[]): void {
    this.#faults = [...checkFaults('faults', faults)];
    this.#counts.clear();
  }

  /**
   * Adds faults; requests are counted on.
   * @throws {InvalidInputError} for an operation, action or field that does not exist.
   */
  add(...faults: Fault[]): void {
    this.#faults.push(...checkFaults('faults', faults));
  }

  /** Counts a request. Returns the fault that it meets, if it does. */
  next(operation: OperationId): FaultAction | undefined {
    const nth = (this.#counts.get(operation) ?? 0) + 1;
    this.#counts.set(operation, nth);
    const total = (this.#totals.get(operation) ?? 0) + 1;
    this.#totals.set(operation, total);
    const fault = this.#faults.find(
      ({ when }) => when.operation === operation && (when.nth === undefined || when.nth === nth),
    );
    return fault?.then ?? this.#drawFault(operation, total);
  }

  #drawFault(operation: OperationId, total: number): FaultAction | undefined {
    const random = this.#random;
    if (random === undefined || random.operations?.includes(operation) === false) return undefined;
    const actions = random.actions ?? RANDOM_ACTIONS;
    const draw = (purpose: string) =>
      hashToNumber(`${random.seed} ${operation} ${total} ${purpose}`);
    if (draw('whether') >= random.rate) return undefined;
    return actions[Math.floor(draw('which') * actions.length)];
  }
}

/**
 * A number from 0 to below 1 that depends on the text alone (FNV-1a with a final mix), so that the order in
 * which requests arrive does not change which of them go wrong.
 */
function hashToNumber(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A fault in a few words, for the log. */
export function describeFault(action: FaultAction): string {
  if (typeof action === 'string') return action;
  if ('delayMs' in action) return `delay ${action.delayMs} ms`;
  if ('resetAfterBytes' in action) return `reset after ${action.resetAfterBytes} bytes`;
  if ('respondEarly' in action) return `early response ${action.respondEarly}`;
  return `status ${action.status}${action.afterApplying ? ' after applying' : ''}`;
}

// The checks: a fault with a misspelled name would otherwise never be played.

const OPERATIONS: readonly OperationId[] = Object.values(operationIds);
const NAMED_ACTIONS = ['reset', 'reset-after-applying', 'hang'] as const;
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** The longest delay of a timer in Node. */
const MAX_DELAY_MS = 2 ** 31 - 1;

const count = (unit: string, min: number, max = Number.MAX_SAFE_INTEGER) =>
  number({ min, max, unit, whole: true });

const checkStatus: Check<number> = (field, value) => {
  if (Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 999) return Number(value);
  throw invalid(field, 'a status from 200 to 999', value);
};

const checkResponseHeaders: Check<Record<string, string>> = (field, value) => {
  if (!isFields(value)) throw invalid(field, 'an object of header names and values', value);
  const headers = Object.entries(value).map(([name, text]) => {
    if (!HEADER_NAME.test(name)) throw invalid(field, 'names of HTTP headers', name);
    if (typeof text !== 'string' || !HEADER_VALUE.test(text)) {
      throw invalid(`${field}.${name}`, 'a header value', text);
    }
    return [name, text];
  });
  return Object.fromEntries(headers);
};

const checkResponseBody: Check<unknown> = (field, value) => {
  try {
    if (typeof JSON.stringify(value) === 'string') return value;
  } catch {
    // A cycle or a BigInt: rejected below.
  }
  throw invalid(field, 'a string or a value that JSON can hold', value);
};

const checkOperation: Check<OperationId> = (field, value) => {
  const found = OPERATIONS.find((operation) => operation === value);
  if (found !== undefined) return found;
  throw invalid(field, `one of ${OPERATIONS.join(', ')}`, value);
};

/** The actions that are objects, by the field that says which action it is. */
const ACTIONS = {
  status: (field: string, value: unknown) => validateOptions(STATUS, value, namedObject(field)),
  delayMs: (field: string, value: unknown) => validateOptions(DELAY, value, namedObject(field)),
  resetAfterBytes: (field: string, value: unknown) =>
    validateOptions(RESET, value, namedObject(field)),
  respondEarly: (field: string, value: unknown) =>
    validateOptions(EARLY, value, namedObject(field)),
} satisfies Record<string, Check<FaultAction>>;

const STATUS: OptionTable<Extract<FaultAction, { status: number }>> = {
  status: required(checkStatus),
  headers: optional(checkResponseHeaders),
  body: optional(checkResponseBody),
  afterApplying: optional(checkBoolean),
};
const DELAY: OptionTable<Extract<FaultAction, { delayMs: number }>> = {
  delayMs: required(count('ms', 0, MAX_DELAY_MS)),
};
const RESET: OptionTable<Extract<FaultAction, { resetAfterBytes: number }>> = {
  resetAfterBytes: required(count('bytes', 0)),
};
const EARLY: OptionTable<Extract<FaultAction, { respondEarly: number }>> = {
  respondEarly: required(checkStatus),
};

const checkAction: Check<FaultAction> = (field, value) => {
  const named = NAMED_ACTIONS.find((name) => name === value);
  if (named !== undefined) return named;
  const kinds = Object.keys(ACTIONS) as (keyof typeof ACTIONS)[];
  const [kind, ...others] = kinds.filter((name) => isFields(value) && name in value);
  if (kind !== undefined && others.length === 0) return ACTIONS[kind](field, value);
  const names = NAMED_ACTIONS.map((name) => `'${name}'`).join(', ');
  throw invalid(field, `${names} or an object with one of ${kinds.join(', ')}`, value);
};

const WHEN: OptionTable<Fault['when']> = {
  operation: required(checkOperation),
  nth: optional(count('requests', 1)),
};
const FAULT: OptionTable<Fault> = {
  when: required((field, value) => validateOptions(WHEN, value, namedObject(field))),
  // biome-ignore lint/suspicious/noThenProperty: a rule for the field `then`, and no function.
  then: required(checkAction),
};
const RANDOM: OptionTable<RandomFaults> = {
  seed: required((field, value) => {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw invalid(field, 'a number', value);
  }),
  rate: required((field, value) => {
    if (typeof value === 'number' && value >= 0 && value <= 1) return value;
    throw invalid(field, 'a share from 0 to 1', value);
  }),
  operations: optional(arrayCheck(checkOperation)),
  actions: optional((field, value) => {
    const actions = arrayCheck(checkAction)(field, value);
    if (actions.length > 0) return actions;
    throw invalid(field, 'at least one action', value);
  }),
};

/** @throws {InvalidInputError} for an operation, action or field that does not exist. */
export const checkFaults: Check<readonly Fault[]> = arrayCheck((field, value) =>
  validateOptions(FAULT, value, namedObject(field)),
);

/** @throws {InvalidInputError} for an operation, action or field that does not exist. */
export const checkRandomFaults: Check<RandomFaults> = (field, value) =>
  validateOptions(RANDOM, value, namedObject(field));
