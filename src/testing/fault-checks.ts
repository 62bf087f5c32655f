/** Checks faults before they are used: one with a misspelled name would otherwise never be played. */
import { operationIds } from '../../generated/operations.js';
import { invalid } from '../shared/options.js';
import { checkArray, isFields, onlyFields } from './checks.js';
import type { Fault, FaultAction, RandomFaults } from './faults.js';

type Check = (field: string, value: unknown) => void;

const OPERATIONS: ReadonlySet<unknown> = new Set(Object.values(operationIds));
const NAMED_ACTIONS: readonly unknown[] = [
  'reset',
  'reset-after-applying',
  'hang',
] satisfies FaultAction[];

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
/** The longest delay that a timer of Node keeps. */
const MAX_DELAY_MS = 2 ** 31 - 1;

const wholeNumber = (min: number, max = Number.MAX_SAFE_INTEGER): Check => {
  return (field, value) => {
    if (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max) return;
    const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
    throw invalid(field, `a whole number, ${range}`, value);
  };
};

const trueOrFalse: Check = (field, value) => {
  if (typeof value !== 'boolean') throw invalid(field, 'true or false', value);
};

const headers: Check = (field, value) => {
  if (!isFields(value)) throw invalid(field, 'an object of header names and values', value);
  for (const [name, text] of Object.entries(value)) {
    if (!HEADER_NAME.test(name)) throw invalid(field, 'names of HTTP headers', name);
    if (typeof text !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) {
      throw invalid(`${field}.${name}`, 'a header value', text);
    }
  }
};

const jsonOrText: Check = (field, value) => {
  try {
    if (value === undefined || typeof JSON.stringify(value) === 'string') return;
  } catch {
    // A cycle or a BigInt: refused below.
  }
  throw invalid(field, 'a string or a value that JSON can hold', value);
};

/** The actions that are objects, by the field that says which action it is, with all their fields. */
const OBJECT_ACTIONS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  status: { status: wholeNumber(200, 999), headers, body: jsonOrText, afterApplying: trueOrFalse },
  delayMs: { delayMs: wholeNumber(0, MAX_DELAY_MS) },
  resetAfterBytes: { resetAfterBytes: wholeNumber(0) },
  respondEarly: { respondEarly: wholeNumber(200, 999) },
};

/** @throws {InvalidInputError} for an operation, action or field that does not exist. */
export function checkFaults(faults: readonly Fault[], field = 'faults'): void {
  checkArray(field, faults).forEach((fault, at) => {
    const place = `${field}[${at}]`;
    const { when, then } = onlyFields(place, fault, ['when', 'then']);
    const { operation, nth } = onlyFields(`${place}.when`, when, ['operation', 'nth']);
    checkOperation(`${place}.when.operation`, operation);
    if (nth !== undefined) wholeNumber(1)(`${place}.when.nth`, nth);
    checkAction(`${place}.then`, then);
  });
}

/** @throws {InvalidInputError} for an operation, action or field that does not exist. */
export function checkRandomFaults(random: RandomFaults | undefined): void {
  if (random === undefined) return;
  const names = ['seed', 'rate', 'operations', 'actions'];
  const { seed, rate, operations = [], actions } = onlyFields('random', random, names);
  if (!Number.isFinite(seed)) throw invalid('random.seed', 'a number', seed);
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) {
    throw invalid('random.rate', 'a share from 0 to 1', rate);
  }
  const all = checkArray('random.operations', operations);
  all.forEach((name, at) => {
    checkOperation(`random.operations[${at}]`, name);
  });
  if (actions === undefined) return;
  const given = checkArray('random.actions', actions);
  if (given.length === 0) throw invalid('random.actions', 'at least one action', actions);
  given.forEach((action, at) => {
    checkAction(`random.actions[${at}]`, action);
  });
}

function checkOperation(field: string, value: unknown): void {
  if (OPERATIONS.has(value)) return;
  throw invalid(field, `one of ${[...OPERATIONS].join(', ')}`, value);
}

function checkAction(field: string, action: unknown): void {
  if (NAMED_ACTIONS.includes(action)) return;
  const kinds = Object.keys(OBJECT_ACTIONS);
  const [kind, ...others] = kinds.filter((name) => isFields(action) && name in action);
  const checks = OBJECT_ACTIONS[kind ?? ''];
  if (checks === undefined || others.length > 0) {
    const names = NAMED_ACTIONS.map((name) => `'${name}'`).join(', ');
    throw invalid(field, `${names} or an object with one of ${kinds.join(', ')}`, action);
  }
  const fields = onlyFields(field, action, Object.keys(checks));
  for (const [name, check] of Object.entries(checks)) {
    if (fields[name] !== undefined || name === kind) check(`${field}.${name}`, fields[name]);
  }
}
