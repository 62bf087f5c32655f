/** Rows of reports and of failed batches, normalised to the type that is documented. */
import { toStep } from '../shared/json-pointer.js';
import { copyPlain, isDeeper, type PlainLimits } from '../shared/plain.js';
import type { RowError } from './types.js';

/** No row of a schema is nested so deeply; `JSON.stringify` recurses, and so do those who read it. */
const ROW_LIMITS: PlainLimits = { maxDepth: 100, maxCharacters: Number.POSITIVE_INFINITY };

type Reason = RowError['_errors'][number];
type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const toText = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** One line of a report, or of a file of a failed batch, as its type says, whatever is in it. */
export function toRowError(line: unknown, diagnosticFile: string): RowError {
  const isDeep = isDeeper(line, ROW_LIMITS.maxDepth);
  const row = isDeep ? copyPlain(line, (text) => text, ROW_LIMITS) : line;
  if (!isFields(row)) return { _errors: [], _corrupt_record: JSON.stringify(row), diagnosticFile };
  if (isRejectedMessage(row)) return { _errors: [toMessageReason(row)], diagnosticFile };
  const { _errors, _validationErrors, _corrupt_record, _filename, ...columns } = row;
  const [record, file] = [toText(_corrupt_record), toText(_filename)];
  return {
    ...columns,
    _errors: [...toReasons(_errors), ...toViolations(_validationErrors)],
    ...(record === undefined ? {} : { _corrupt_record: record }),
    ...(file === undefined ? {} : { _filename: file }),
    diagnosticFile,
  };
}

const REASON_FIELDS = ['code', 'message', 'column'];

/** The reasons of a row: a list of them, a single one, or lists by the step that rejected the row. */
function toReasons(errors: unknown): Reason[] {
  const isBySteps =
    isFields(errors) &&
    Object.values(errors).every(Array.isArray) &&
    !REASON_FIELDS.some((name) => name in errors);
  if (!isBySteps) return [errors].flat().flatMap((reason) => toReason(reason));
  return Object.entries(errors).flatMap(([step, reasons]) =>
    [reasons].flat().flatMap((reason) => toReason(reason, step)),
  );
}

/** A reason of a row; words alone have no code. @param step stands in for a missing code. */
function toReason(reason: unknown, step = ''): Reason[] {
  if (typeof reason === 'string' && reason !== '') return [{ code: step, message: reason }];
  if (!isFields(reason)) return [];
  const { column, code, message, ...more } = reason;
  const columnText = toText(column);
  return [
    {
      ...more,
      code: toText(code) ?? step,
      message: toText(message) ?? '',
      ...(columnText === undefined ? {} : { column: columnText }),
    },
  ];
}

/** Violations of the schema: one that has causes only says how many there are. */
function toViolations(violations: unknown): Reason[] {
  if (violations === undefined) return [];
  return [violations].flat().flatMap((violation) => {
    if (typeof violation === 'string') return toReason(violation);
    if (!isFields(violation)) return [];
    const causes = toViolations(violation['causingExceptions']);
    if (causes.length > 0) return causes;
    const column = toText(violation['pointerToViolation']);
    return [
      {
        code: toText(violation['keyword']) ?? '',
        message: toText(violation['message']) ?? '',
        ...(column === undefined ? {} : { column }),
      },
    ];
  });
}

/** A message that was rejected as a whole looks like an error body with a report. */
const isRejectedMessage = (row: Fields): boolean =>
  !('_errors' in row) && 'status' in row && 'title' in row && isFields(row['report']);

function toMessageReason({ status, title, report }: Fields): Reason {
  const message = isFields(report) ? toText(report['message']) : undefined;
  const parts = [toText(title), message].filter((part) => part !== undefined);
  return { code: toText(status) ?? '', message: parts.join(': ') };
}

/**
 * The column of a reason as a JSON pointer into the row: `/person/name` for `person.name`,
 * `$.person.name` or `#/person/name`.
 * @param isFlat whether the columns of the file are flat, as in CSV and Parquet: dots belong to names.
 */
export function toPointer(column: string, row: RowError, isFlat: boolean): string {
  if (column.startsWith('#/')) return column.slice(1);
  if (column.startsWith('/')) return column;
  const toSegment = (name: string) => `/${toStep(name)}`;
  if (isFlat || Object.hasOwn(row, column)) return toSegment(column);
  const names = column.replace(/^\$\.?/, '').replace(/\[['"]?([^\]'"]*)['"]?\]/g, '.$1');
  return names
    .split('.')
    .filter((name) => name !== '')
    .map(toSegment)
    .join('');
}

/** The columns of a row that could be read. */
export function toColumns(row: RowError): Record<string, unknown> {
  const { _errors, _filename, _corrupt_record, diagnosticFile, ...columns } = row;
  return columns;
}
