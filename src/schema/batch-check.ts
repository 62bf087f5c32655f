/** Checks the rows of the files of a batch by a schema, and counts what happens to them. */
import type { FileFindings, Location } from '../preflight/findings.js';
import { IdSet } from '../preflight/id-set.js';
import { toSteps } from '../preflight/parquet-columns.js';
import type {
  CsvFormat,
  FileRowChecker,
  ParquetColumns as ParquetFile,
  RowChecker,
} from '../preflight/row-check.js';
import type { FileFormat } from '../resources/types.js';
import { describeValue } from '../shared/options.js';
import { CsvSchema } from './csv-columns.js';
import { compareCsvFormat, upsertFormat, upsertOfEvents } from './dataset-info.js';
import { isObject } from './field.js';
import { noIdentity } from './identities.js';
import { createIssue } from './issues.js';
import { NewFields } from './new-fields.js';
import { ParquetColumns, toJsonValue } from './parquet-columns.js';
import { type Issue, type Problem, RowProblems, toFinding } from './problems.js';
import type { RowSchema } from './row-schema.js';

/** How much of a batch is checked. */
export interface SampleOptions {
  /** How many rows of each file are checked. Default: all that are read. */
  maxRows?: number;
  /** In how many files rows are checked. Default: in all. */
  maxFiles?: number;
}

/** How many rows of a batch were checked, and what happens to them. A row may be in several counts. */
export interface RowCounts {
  /** Those that were checked. */
  rows: number;
  /** Those of them that make the whole batch fail. */
  failing: number;
  /** Those that the platform rejects. */
  rejected: number;
  /** Those that Profile skips. */
  skipped: number;
}

/** New fields are in most rows or rarely matter. */
const MAX_OBSERVED_ROWS = 1000;

const DUPLICATE = createIssue(
  { level: 'warning', effect: 'not-checked', rule: 'duplicate' },
  '/_id',
  (value) => ({
    problem: `the _id ${describeValue(value)} is also that of an earlier row`,
    fix: 'Give each event its own.',
  }),
);

/**
 * Pass it to `preflight()` or `StreamCheck` as `rowChecker`, and read `counts` afterwards. It holds a hash
 * of each `_id` of events, and nothing else of the rows.
 */
export class BatchCheck implements RowChecker {
  /** What was found so far. */
  readonly counts: RowCounts = { rows: 0, failing: 0, rejected: 0, skipped: 0 };
  /** The schema that rows are checked by. */
  readonly schema: RowSchema;
  /** The `_id`s of events. */
  readonly ids: IdSet | undefined;
  /** Collects the new fields. */
  readonly seen: NewFields | undefined;
  #csv: CsvSchema | undefined;
  readonly #maxRows: number;
  readonly #maxFiles: number;
  #files = 0;

  constructor(schema: RowSchema, { maxRows, maxFiles }: SampleOptions = {}) {
    this.schema = schema;
    this.ids = schema.kind === 'time-series' ? new IdSet() : undefined;
    const { observableSchema: seen } = schema.rules.dataset ?? {};
    this.seen = isObject(seen?.['properties']) ? new NewFields(schema.root, seen) : undefined;
    this.#maxRows = maxRows ?? Number.POSITIVE_INFINITY;
    this.#maxFiles = maxFiles ?? Number.POSITIVE_INFINITY;
  }

  /**
   * The fields of the first rows of each file that the dataset has never had, as JSON pointers; `undefined` if it is
   * not known which it has had.
   */
  get newFields(): string[] | undefined {
    return this.seen?.paths;
  }

  /** The schema as columns of CSV, made for the first file. */
  get csv(): CsvSchema {
    this.#csv ??= new CsvSchema(this.schema);
    return this.#csv;
  }

  openFile(findings: FileFindings, format: FileFormat): FileRowChecker {
    this.#files++;
    this.#checkFormat(findings, format);
    return new FileCheck(this, findings, this.#files <= this.#maxFiles ? this.#maxRows : 0);
  }

  /** Whether the dataset takes the file. A format of `fileDescription` is that of its storage, not of files. */
  #checkFormat(findings: FileFindings, format: FileFormat): void {
    const { isUpsert, kind } = this.schema;
    if (!isUpsert) return;
    if (format !== 'parquet') addIssue(findings, upsertFormat(format));
    if (kind === 'time-series') addIssue(findings, upsertOfEvents());
  }
}

/** Checks the rows of one file. */
class FileCheck implements FileRowChecker {
  readonly #batch: BatchCheck;
  readonly #findings: FileFindings;
  /** How many more rows are checked. */
  #left: number;
  /** In how many more rows new fields are looked for. */
  #observed = MAX_OBSERVED_ROWS;

  constructor(batch: BatchCheck, findings: FileFindings, maxRows: number) {
    this.#batch = batch;
    this.#findings = findings;
    this.#left = maxRows;
  }

  checkRow(row: object, sizeBytes: number | undefined, location: Location | undefined): void {
    if (this.#left-- <= 0) return;
    const { counts, ids, schema } = this.#batch;
    counts.rows++;
    if (this.#observed-- > 0) this.#batch.seen?.observe(row);
    const problems = schema.inspect(row, sizeBytes);
    if (problems.length > 0) this.#addAll(problems, location);
    const id = ids !== undefined && '_id' in row ? row._id : undefined;
    const isId = typeof id === 'number' || (typeof id === 'string' && id !== '');
    if (!isId || ids?.add(String(id)) !== false) return;
    addProblem(this.#findings, { issue: DUPLICATE, value: id, steps: ['_id'] }, location);
  }

  checkHeader(
    names: readonly string[] | undefined,
    format: CsvFormat,
  ): ((cells: readonly string[], location: Location) => void) | undefined {
    const { problems, check } = this.#batch.csv.openFile(names);
    for (const problem of problems) addProblem(this.#findings, problem, { line: 1 });
    this.#compareFormat(format);
    for (const name of names ?? []) this.#batch.seen?.observeColumn([name.trim()]);
    if (check === undefined) return undefined;
    const row = new RowProblems();
    return (cells, location) => {
      if (this.#left-- <= 0) return;
      this.#batch.counts.rows++;
      row.list.length = 0;
      check(cells, row);
      if (row.list.length > 0) this.#addAll(row.list, location);
    };
  }

  /** Of upserts, some column has to say whose the rows are. */
  #checkOwner(leaves: ParquetFile['columns']): void {
    const { schema, seen } = this.#batch;
    if (seen !== undefined) for (const leaf of leaves) seen.observeColumn(toSteps(leaf));
    if (!schema.isUpsert) return;
    const { identityFields, rules } = schema;
    const names = new Set(leaves.map(({ path }) => path));
    const hasMap = leaves.some((leaf) => toSteps(leaf)[0] === 'identityMap');
    if (hasMap || identityFields.some(({ path }) => names.has(path) || path.includes('*'))) return;
    const areKnown = identityFields.length > 0 || rules.dataset?.descriptors !== undefined;
    addIssue(this.#findings, noIdentity(areKnown));
  }

  #compareFormat(format: CsvFormat): void {
    const { dataset } = this.#batch.schema.rules;
    const issue = dataset === undefined ? undefined : compareCsvFormat(dataset, format);
    if (issue !== undefined) addIssue(this.#findings, issue);
  }

  checkColumns(file: ParquetFile, hasRows: boolean): void {
    const { root, rules } = this.#batch.schema;
    const columns = new ParquetColumns(file, rules);
    columns.check(root);
    this.#checkOwner(file.columns);
    for (const problem of columns.problems) addProblem(this.#findings, problem, undefined);
    if (hasRows) return; // they show what is missing
    for (const [problem, nulls] of columns.countNulls(root)) {
      addProblem(this.#findings, problem, undefined);
      this.#findings.countRejectedRows(problem.issue.kind, nulls - 1);
    }
  }

  checkRecord(row: Readonly<Record<string, unknown>>): void {
    const json = toJsonValue(row, this.#batch.schema.root);
    if (typeof json === 'object' && json !== null) this.checkRow(json, undefined, undefined);
  }

  #addAll(problems: readonly Problem[], location: Location | undefined): void {
    const { counts } = this.#batch;
    let [fails, isRejected, isSkipped] = [false, false, false];
    for (const problem of problems) {
      const { level, effect } = problem.issue;
      if (effect === 'batch-fails') fails = true;
      else if (effect === 'row-rejected' && level === 'error') isRejected = true;
      else if (effect === 'profile-skips') isSkipped = true;
      addProblem(this.#findings, problem, location);
    }
    if (fails) counts.failing++;
    if (isRejected) counts.rejected++;
    if (isSkipped) counts.skipped++;
  }
}

const addIssue = (findings: FileFindings, issue: Issue): void =>
  addProblem(findings, { issue, value: undefined, steps: [] }, undefined);

/** Adds a problem to the findings of a file: one of a kind that is listed is only counted. */
export function addProblem(
  findings: FileFindings,
  problem: Problem,
  location: Location | undefined,
): void {
  const { level, effect, kind } = problem.issue;
  const isRejectedRow = level === 'error' && effect === 'row-rejected';
  findings.addLazily(level, isRejectedRow, kind, location, () => {
    const { level: _, ...finding } = toFinding(problem);
    return finding;
  });
}
