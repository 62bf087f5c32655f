/** What a dataset says about the rows and the files that are loaded into it. */
import type { CsvFormat } from '../preflight/row-check.js';
import { describeValue } from '../shared/options.js';
import { createIssue } from './issues.js';
import type { DatasetInfo } from './options.js';
import type { Issue } from './problems.js';

/** Whether a label of a dataset has a value; published with and without a blank: `enabled: true`. */
export function hasLabel({ tags }: DatasetInfo, name: string, value: string): boolean {
  const wanted = toPlain(name);
  return Object.entries(tags ?? {}).some(
    ([label, values]: [string, readonly unknown[]]) =>
      toPlain(label) === wanted && values.some((one) => toPlain(one) === toPlain(value)),
  );
}

const toPlain = (text: unknown): string =>
  String(text)
    .replace(/\s*:\s*/g, ':')
    .trim()
    .toLowerCase();

/** Whether rows go to Profile or Identity. */
export const isProfileEnabled = (dataset: DatasetInfo): boolean =>
  hasLabel(dataset, 'unifiedProfile', 'enabled:true') ||
  hasLabel(dataset, 'unifiedIdentity', 'enabled:true');

/** Whether rows change what is there, so that they have only the fields to change and an identity. */
export const takesUpserts = (dataset: DatasetInfo): boolean =>
  hasLabel(dataset, 'unifiedProfile', 'isUpsert:true');

/** A dataset for upserts takes Parquet; of other formats no page says so. */
export const upsertFormat = (format: string): Issue => ({
  ...createIssue({ level: 'warning', rule: 'file-format' }, '', () => ({
    problem: `the dataset takes upserts, and those are documented for Parquet alone, not for ${format}`,
    fix: 'Write the rows as Parquet.',
  })),
  kind: 'format of upserts',
});

export const upsertOfEvents = (): Issue => ({
  ...createIssue({ level: 'error', effect: 'batch-fails', rule: 'file-format' }, '', () => ({
    problem: 'the dataset takes upserts, and its schema is one of events, which cannot be changed',
    fix: 'Load events into a dataset without the label isUpsert.',
  })),
  kind: 'upsert of events',
});

/** Older pages misspell it. */
const CHARSETS: Readonly<Record<string, string>> = { '': 'UTF-8', 'ISO-8869-1': 'ISO-8859-1' };
const toCharset = (name = ''): string => {
  const upper = name.trim().toUpperCase();
  return CHARSETS[upper] ?? upper;
};

/**
 * Compares how CSV is read with how the dataset describes its files.
 * @param format of it only what the files show or the batch sets.
 * @returns `undefined` if they agree, or the dataset does not say it.
 */
export function compareCsvFormat(
  { fileDescription = {} }: DatasetInfo,
  format: CsvFormat,
): Issue | undefined {
  const { delimiters, quotes, escapes, nullMarkers, charset, header } = fileDescription;
  const differences: string[] = [];
  const compare = (name: string, given: readonly unknown[] | undefined, is: unknown) => {
    if (given === undefined || given.length === 0 || is === undefined || given.includes(is)) return;
    const list = given.map((one) => describeValue(one)).join(' or ');
    differences.push(`${name} ${list} in place of ${describeValue(is)}`);
  };
  compare('the delimiter', delimiters, format.delimiter);
  compare('the quote', quotes, format.quote);
  compare('the escape', escapes, format.escape);
  const markers = nullMarkers?.filter((marker) => marker !== '');
  compare('the null marker', markers, format.nullMarker ?? '');
  const is = toCharset(format.charset);
  // ASCII is a part of both others.
  const isAscii = toCharset(charset) === 'US-ASCII' && is === 'UTF-8';
  if (charset && !isAscii) compare('the charset', [toCharset(charset)], is);
  if (header !== undefined) compare('the header', [header], format.header);
  if (differences.length === 0) return undefined;
  return {
    ...createIssue({ level: 'warning', rule: 'file-format' }, '', () => ({
      problem: `the dataset describes its CSV files with ${differences.join(', ')}`,
      fix: 'Set what differs for the batch, or write the file as the dataset describes it.',
    })),
    kind: 'CSV format of the dataset',
  };
}
