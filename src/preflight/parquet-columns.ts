/** The columns of Parquet: their names and types, within a file and among the files of a batch. */
import type { SchemaElement } from 'hyparquet';
import { formatPath } from '../shared/format.js';
import { toStep } from '../shared/json-pointer.js';
import type { FileFindings } from './findings.js';

/** A column, which is a leaf of the schema. */
export interface ParquetColumn {
  readonly name: string;
  /** Its names from the root, as a JSON pointer. */
  readonly path: string;
  /** The names of the groups around it. */
  readonly parents: readonly string[];
  /** Its type, with unit, precision and the like: `INT64 TIMESTAMP(MICROS)`. */
  readonly type: string;
  /** Whether a row may have several values of it. */
  readonly isRepeated: boolean;
}

const NONE: readonly string[] = [];

/** A group of columns, and how many of its children are still to come. */
interface Group extends Pick<ParquetColumn, 'path' | 'isRepeated'> {
  readonly steps: readonly string[];
  left: number;
}

/** The names from the root, as they are written. */
export const toSteps = ({ parents, name }: Pick<ParquetColumn, 'parents' | 'name'>): string[] => [
  ...parents,
  name,
];

/** The columns of a schema: the leaves of a tree, which it lists depth first. */
export function listColumns(schema: readonly SchemaElement[]): ParquetColumn[] {
  const columns: ParquetColumn[] = [];
  /** The groups around the current element. */
  const open: Group[] = [];
  for (const [at, element] of schema.entries()) {
    const { name, num_children: children, repetition_type } = element;
    while (open.at(-1)?.left === 0) open.pop();
    const parent = open.at(-1);
    if (parent !== undefined) parent.left--;
    const isRepeated = (parent?.isRepeated ?? false) || repetition_type === 'REPEATED';
    const path = at === 0 ? '' : `${parent?.path ?? ''}/${toStep(name)}`;
    const parents = parent?.steps ?? NONE;
    if (children) {
      const steps = at === 0 ? NONE : [...parents, name];
      open.push({ left: children, isRepeated: at > 0 && isRepeated, path, steps });
    } else if (at > 0) {
      columns.push({ name, path, parents, type: describeType(element), isRepeated });
    }
  }
  return columns;
}

function describeType(element: SchemaElement): string {
  const { type = 'group', logical_type: logical } = element;
  if (logical?.type === 'TIMESTAMP' || logical?.type === 'TIME') {
    return `${type} ${logical.type}(${logical.unit})`;
  }
  const converted = element.converted_type;
  const timestamp = /^(TIMESTAMP|TIME)_(M\w+)$/.exec(converted ?? '');
  if (timestamp !== null) return `${type} ${timestamp[1]}(${timestamp[2]})`;
  const meaning = converted === 'UTF8' ? 'STRING' : (converted ?? logical?.type);
  const digits = meaning === 'DECIMAL' ? `(${element.precision}, ${element.scale ?? 0})` : '';
  return meaning === undefined ? type : `${type} ${meaning}${digits}`;
}

const UNIT = 'Write timestamps with the unit milliseconds (TIMESTAMP_MILLIS).';

/** Checks the columns of one file. */
export function checkColumns(findings: FileFindings, columns: readonly ParquetColumn[]): void {
  const seen = new Map<string, string>();
  for (const { path, type } of columns) {
    const other = seen.get(path.toLowerCase());
    seen.set(path.toLowerCase(), path);
    const fix = 'Rename one.';
    if (other === path) {
      const details = { rule: 'duplicate', kind: `column twice ${path}`, path, fix } as const;
      findings.addError(
        `two columns have the same name ${path.slice(1)}. ${fix}`,
        undefined,
        details,
      );
    } else if (other !== undefined) {
      const details = { rule: 'duplicate', kind: 'column case', path, fix } as const;
      const problem = `the columns ${other.slice(1)} and ${path.slice(1)} differ only in case`;
      findings.addWarning(`${problem}. ${fix}`, undefined, details);
    }
    const unit = type.startsWith('INT96') ? 'INT96' : /TIMESTAMP\((MICROS|NANOS)\)/.exec(type)?.[1];
    if (unit === undefined) continue;
    const problem = `the column ${path.slice(1)} has timestamps in ${unit === 'INT96' ? 'INT96 (nanoseconds)' : unit}; the published mapping has milliseconds only`;
    const details = {
      rule: 'date',
      kind: `timestamps ${unit}`,
      path,
      value: type,
      fix: UNIT,
    } as const;
    findings.addWarning(`${problem}. ${UNIT}`, undefined, details);
  }
}

/** The columns of a batch: all files have the same ones, and a name has one type in all of them. */
export class BatchColumns {
  readonly #types = new Map<string, { type: string; file: string }>();
  #firstFile: string | undefined;

  /** Compares the columns of a file with those of the files before it. */
  compare(findings: FileFindings, file: string, columns: readonly ParquetColumn[]): void {
    if (columns.length === 0) return;
    const paths = new Set(columns.map(({ path }) => path));
    if (this.#firstFile !== undefined) {
      for (const { path } of columns) {
        if (!this.#types.has(path))
          addMissing(findings, path, `here, but not in ${formatPath(this.#firstFile)}`);
      }
      for (const [path, first] of this.#types) {
        if (!paths.has(path))
          addMissing(findings, path, `missing here, but in ${formatPath(first.file)}`);
      }
    }
    this.#firstFile ??= file;
    this.#compareTypes(findings, file, columns);
  }

  #compareTypes(findings: FileFindings, file: string, columns: readonly ParquetColumn[]): void {
    for (const { path, type } of columns) {
      const first = this.#types.get(path);
      if (first === undefined) this.#types.set(path, { type, file });
      // Two columns of one name in one file are an error of their own.
      else if (first.type !== type && first.file !== file) {
        const fix = 'Write the column with one type in all files.';
        const problem = `the column ${path.slice(1)} is ${type}, but ${first.type} in ${formatPath(first.file)}`;
        const details = {
          rule: 'type',
          kind: `column type ${path}`,
          path,
          value: type,
          fix,
        } as const;
        findings.addWarning(`${problem}. ${fix}`, undefined, details);
      }
    }
  }
}

function addMissing(findings: FileFindings, path: string, where: string): void {
  const fix = 'Rows of a file without it get no value: write all files with the same columns.';
  const details = { rule: 'columns', kind: `column missing ${path}`, path, fix } as const;
  findings.addWarning(`the column ${path.slice(1)} is ${where}. ${fix}`, undefined, details);
}
