/** The reasons for which a row is rejected, with the codes that are documented or that users report. */

import type { ErrorObject } from 'ajv';
import type { components } from '../../../../generated/openapi.js';
import { toStep } from '../../../shared/json-pointer.js';

export type Reason = components['schemas']['RowErrorReason'];

/** What a code is about, in the words of the batch's errors. */
export const CODES = {
  'INGEST-1555-400': 'A required field is missing or null',
  'DCVS-1101-400': 'A field is null',
  'DCVS-1104-400': 'A value has the wrong type',
  'DCVS-1105-400': 'A date or a time is not in one of the accepted forms',
  'DCVS-1106-400': 'A value is not among those allowed',
  // No page has codes of their own for these.
  'INGEST-1554-400': 'A value is out of range',
  'INGEST-1002-400': 'The row does not fit the schema',
} as const;
export type Code = keyof typeof CODES;

const BY_KEYWORD: Readonly<Record<string, Code>> = {
  required: 'INGEST-1555-400',
  type: 'DCVS-1104-400',
  format: 'DCVS-1105-400',
  enum: 'DCVS-1106-400',
  minimum: 'INGEST-1554-400',
  maximum: 'INGEST-1554-400',
  exclusiveMinimum: 'INGEST-1554-400',
  exclusiveMaximum: 'INGEST-1554-400',
};

/** @param path of the field, as a JSON pointer into the row. */
export function createReason(code: Code, path: string, problem: string): Reason {
  const column = path === '' ? {} : { column: path };
  return { code, message: `${path === '' ? 'the row' : path}: ${problem}`, ...column };
}

/** The reasons of a value that its constraints do not allow. */
export function toReasons(
  errors: readonly ErrorObject[],
  value: unknown,
  path: string,
  isRequired: boolean,
): Reason[] {
  if (value === null) {
    const code = isRequired ? 'INGEST-1555-400' : 'DCVS-1101-400';
    return [createReason(code, path, 'must not be null')];
  }
  return errors
    .filter((error) => !isNamedOtherwise(error, value))
    .map(({ keyword, instancePath, params, message = '' }) => {
      const code = BY_KEYWORD[keyword] ?? 'INGEST-1002-400';
      const inside = params['missingProperty'] ?? params['additionalProperty'];
      const step = inside === undefined ? instancePath : `/${toStep(String(inside))}`;
      return createReason(code, path + step, toProblem(keyword, message));
    });
}

/** Whether a field that is missing is there under its name in schemas: that name is the reason then. */
function isNamedOtherwise({ keyword, params }: ErrorObject, value: unknown): boolean {
  const missing: unknown = params['missingProperty'];
  if (keyword !== 'required' || typeof value !== 'object' || value === null) return false;
  return Object.keys(value).some(
    (key) =>
      /[:@]/.test(key) &&
      key
        .replace(/^xdm:/, '')
        .replace(/^@/, '_')
        .replace(/^(\w+):.*/, '_$1') === missing,
  );
}

const PROBLEMS: Readonly<Record<string, string>> = {
  required: 'is required and missing',
  additionalProperties: 'is not in the schema',
  'false schema': 'is a name of schemas, not of rows',
};
const toProblem = (keyword: string, message: string): string => PROBLEMS[keyword] ?? message;
