/** What the values of steps in a journal have to be. */
import { InvalidInputError } from '../shared/errors.js';

export function checkHash(value: unknown): void {
  const isHash = typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
  expect('sha256', value === undefined || isHash);
}

export function checkRange(range: unknown): void {
  const [start, end] = Array.isArray(range) && range.length === 2 ? (range as unknown[]) : [];
  checkCount('start', start);
  checkCount('end', end);
  expect('end', Number(start) < Number(end));
}

export function checkText(field: string, value: unknown): string {
  expect(field, typeof value === 'string' && value !== '');
  return String(value);
}

export const checkCount = (field: string, value: unknown): void =>
  expect(field, Number.isSafeInteger(value) && Number(value) >= 0);

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function expect(field: string, holds: boolean): void {
  if (!holds) throw new InvalidInputError(field, `${field} has a value that no ingest writes`);
}
