/** Converts a file to rows of a schema. */
import { checkFile } from '../../preflight/file.js';
import { createFinding, FileFindings, summarize } from '../../preflight/findings.js';
import { IdSet } from '../../preflight/id-set.js';
import type { CheckOptions, Finding, FindingSummary } from '../../preflight/types.js';
import type { FileFormat } from '../../resources/types.js';
import type { SourceFile } from '../../upload/source.js';
import type { Field } from '../field.js';
import type { RowSchema } from '../row-schema.js';
import { Converter } from './converter.js';
import { JsonLinesWriter, openParquetWriter, TargetFile } from './output.js';
import { createEncoding, listColumns } from './parquet-value.js';

/** How a file is converted, and where to. */
export interface ConvertOptions
  extends Pick<CheckOptions, 'format' | 'isMultiLineJson' | 'csv' | 'signal'> {
  /** JSON Lines or Parquet. */
  to: 'json' | 'parquet';
  /** The file that is written. One that exists is replaced, once all rows are converted. */
  out: string;
}

/** What was found in a file that was to be converted. It is written only where there are no errors. */
export interface ConvertResult {
  /** The format of the file, if it is known. */
  format: FileFormat | undefined;
  /** What cannot be converted, and what else is wrong. */
  findings: Finding[];
  /** The findings counted by code, rule and field. */
  summary: FindingSummary[];
  /** The number of findings that are errors; above 0 nothing was written. */
  errors: number;
  /** The number of findings that are warnings. */
  warnings: number;
  /** The rows of the file; missing if they could not be counted. */
  rows?: number;
}

/**
 * Converts CSV, with dots in the names of columns for fields of objects, JSON Lines or an array to rows of a
 * schema, by the conversions of batch ingestion and no others. What cannot be converted, or not without a loss, is
 * a finding; then nothing is written.
 */
export async function convertFile(
  source: SourceFile,
  schema: RowSchema,
  options: ConvertOptions,
): Promise<ConvertResult> {
  const target = await TargetFile.create(options.out);
  try {
    const result = await (options.to === 'json'
      ? convertToJson(source, schema, options, target)
      : convertToParquet(source, schema, options, target));
    options.signal?.throwIfAborted();
    if (result.errors === 0) await target.commit();
    return result;
  } finally {
    await target.discard();
  }
}

async function convertToJson(
  source: SourceFile,
  schema: RowSchema,
  options: ConvertOptions,
  target: TargetFile,
): Promise<ConvertResult> {
  const writer = new JsonLinesWriter(target);
  const result = await readRows(source, options, new Converter(schema, (row) => writer.write(row)));
  writer.end();
  return result;
}

/** Reads the file twice: which columns there are, and which of them fit, is known after all rows. */
async function convertToParquet(
  source: SourceFile,
  schema: RowSchema,
  options: ConvertOptions,
  target: TargetFile,
): Promise<ConvertResult> {
  const used = new Set<Field>();
  const encode = createEncoding(schema.root, used);
  const first = await readRows(source, options, new Converter(schema, () => undefined, encode));
  if (first.errors > 0) return first;
  const { elements, names } = listColumns(schema.root, used);
  if (names.length === 0)
    return withError(first, 'No row has a value, so there is no column to write.');
  const writer = await openParquetWriter(target, elements, names);
  const converter = new Converter(schema, (row, size) => writer.write(row, size), encode);
  const second = await readRows(source, options, converter);
  writer.end();
  return second;
}

async function readRows(
  source: SourceFile,
  { format, isMultiLineJson, csv, signal }: ConvertOptions,
  rowChecker: Converter,
): Promise<ConvertResult> {
  const findings = new FileFindings(source.path, 'error');
  const options = { format, isMultiLineJson, csv, signal, rowChecker, deep: true };
  const defined = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  const report = await checkFile(source, findings, { options: defined, ids: new IdSet() });
  const list = findings.list();
  return {
    format: report.format,
    findings: list,
    summary: summarize(list),
    errors: findings.count('error'),
    warnings: findings.count('warning'),
    ...(report.rows === undefined ? {} : { rows: report.rows }),
  };
}

function withError(result: ConvertResult, message: string): ConvertResult {
  const finding = createFinding({ level: 'error', rule: 'empty', message });
  const findings = [...result.findings, finding];
  return { ...result, findings, summary: summarize(findings), errors: result.errors + 1 };
}
