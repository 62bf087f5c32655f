/** The steps that the journal of a load holds. Those of each batch are in a journal of its own. */
import type { IngestTarget } from '../ingest/context.js';
import type { JournalFormat } from '../ingest/journal-entries.js';
import {
  checkFilledText,
  checkHeaderValue,
  checkId,
  checkNumber,
  checkOrigin,
  checkSandbox,
} from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import type { BatchReceipt } from './types.js';

/** Goes up when an older version could not read what a newer one writes. */
const LOAD_JOURNAL_VERSION = 1;

/** What a load is going to do. */
export interface LoadPlanEntry extends IngestTarget {
  type: 'load';
  version: number;
  externalId: string;
  datasetId: string;
  /** How many batches follow. */
  batches: number;
  batchConcurrency: number;
  skipped: number;
}

/** A batch of the plan; its files are in its own journal. */
export interface BatchEntry {
  type: 'batch';
  number: number;
  externalId: string;
  fileCount: number;
  /** How many files there were before some of them were packed; missing where none was. */
  originalCount?: number;
  sizeBytes: number;
  /** Some of its files are compressed, or streams: the size is what is known before they are read. */
  isEstimate?: true;
}

export type LoadEntry =
  | LoadPlanEntry
  | BatchEntry
  | { type: 'planned' }
  /** A batch was closed before it exceeded its limit: `rest` has the files that it left. */
  | { type: 'divided'; number: number; rest: BatchEntry }
  /** From here on there may be a batch; again where a resume goes on with one that has ended. */
  | { type: 'begun'; number: number }
  /** How it ended; again after a resume. */
  | { type: 'ended'; number: number; receipt: BatchReceipt }
  | { type: 'notified' };

type Checks = { [Type in LoadEntry['type']]: (entry: Record<string, unknown>) => void };

const CHECKS: Checks = {
  load(entry) {
    checkFilledText('externalId', entry['externalId']);
    checkOrigin('origin', entry['origin']);
    checkHeaderValue('orgId', entry['orgId'], 'the organisation id');
    checkSandbox(entry['sandbox']);
    checkId('datasetId', entry['datasetId']);
    for (const name of ['batches', 'batchConcurrency']) checkCount(name, entry[name], 1);
    checkCount('skipped', entry['skipped']);
  },
  batch: checkBatch,
  divided({ number, rest }) {
    checkCount('number', number, 1);
    if (typeof rest !== 'object' || rest === null) throw notWritten('rest');
    checkBatch({ ...rest });
  },
  planned: () => undefined,
  notified: () => undefined,
  begun: ({ number }) => checkCount('number', number, 1),
  ended({ number, receipt }) {
    checkCount('number', number, 1);
    if (typeof receipt !== 'object' || receipt === null) throw notWritten('receipt');
    const fields: Partial<Record<string, unknown>> = { ...receipt };
    checkId('batchId', fields['batchId']);
    for (const name of ['status', 'outcome', 'startedAt', 'endedAt'])
      checkFilledText(name, fields[name]);
    if (fields['number'] !== number) throw notWritten('number');
  },
};

function checkBatch(entry: Record<string, unknown>): void {
  checkCount('number', entry['number'], 1);
  checkFilledText('externalId', entry['externalId']);
  for (const name of ['fileCount', 'sizeBytes']) checkCount(name, entry[name]);
  if (entry['originalCount'] !== undefined) checkCount('originalCount', entry['originalCount']);
  if (![undefined, true].includes(entry['isEstimate'] as undefined)) throw notWritten('isEstimate');
}

const checkCount = (field: string, value: unknown, min = 0): void =>
  void checkNumber(field, value, { min, max: Number.MAX_SAFE_INTEGER, unit: '', whole: true });

const notWritten = (field: string): InvalidInputError =>
  new InvalidInputError(field, `${field} has a value that no load writes`);

export const LOAD_JOURNAL: JournalFormat<LoadEntry> = {
  what: 'a load',
  head: 'load',
  version: LOAD_JOURNAL_VERSION,
  isEntry(entry): entry is LoadEntry {
    if (!Object.hasOwn(CHECKS, entry.type)) return false;
    CHECKS[entry.type as LoadEntry['type']]({ ...entry });
    return true;
  },
};
