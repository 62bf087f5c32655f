import { copyPlain, type PlainLimits } from '../shared/plain.js';
import type { RowError } from './types.js';

/** No row of a schema is nested so deeply; `JSON.stringify` recurses, and so do those who read it. */
const ROW_LIMITS: PlainLimits = { maxDepth: 100, maxCharacters: Number.POSITIVE_INFINITY };

type Reason = RowError['_errors'][number];
type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const toText = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** One line of the report as its type says, whatever is in it. */
export function toRowError(line: unknown, diagnosticFile: string): RowError {
  const row = copyPlain(line, (text) => text, ROW_LIMITS);
  if (!isFields(row)) return { _errors: [], _corrupt_record: JSON.stringify(row), diagnosticFile };
  const { _errors, _corrupt_record, _filename, ...columns } = row;
  const [record, file] = [toText(_corrupt_record), toText(_filename)];
  return {
    ...columns,
    _errors: [_errors].flat().flatMap(toReason),
    ...(record === undefined ? {} : { _corrupt_record: record }),
    ...(file === undefined ? {} : { _filename: file }),
    diagnosticFile,
  };
}

/** A reason of a row; words alone have no code. */
function toReason(reason: unknown): Reason[] {
  if (typeof reason === 'string' && reason !== '') return [{ code: '', message: reason }];
  if (!isFields(reason)) return [];
  const { column, code, message, ...more } = reason;
  const columnText = toText(column);
  return [
    {
      ...more,
      code: toText(code) ?? '',
      message: toText(message) ?? '',
      ...(columnText === undefined ? {} : { column: columnText }),
    },
  ];
}
