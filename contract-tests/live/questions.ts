/** What no source of the API says, and whether a sandbox can be asked without loading data. */
import type { PlatformQuirks } from '../../src/testing/index.js';

interface Topic {
  /** What is asked. */
  readonly text: string;
  /** The option of the simulator that is set to what a sandbox does. */
  readonly quirk?: keyof PlatformQuirks;
  /** The first cell of its row under "Open" in docs/known-drift.md. */
  readonly row?: string;
}

export const QUESTIONS = {
  totalOfParts: { text: '`Content-Range` of a part without a total', quirk: 'totalRequired' },
  sameRange: {
    text: 'a range that is sent twice',
    quirk: 'identicalRangeOverlaps',
    row: 'a range that is sent twice',
  },
  rangeHeader: { text: 'the `Range` header of HEAD', quirk: 'headFormat' },
  completedFile: {
    text: 'HEAD of a file that was completed',
    quirk: 'finishedFileStatus',
    row: 'HEAD of a file that was completed',
  },
  completeFile: { text: 'the status of COMPLETE of a file', quirk: 'completeFileStatus' },
  reinitializeOpen: {
    text: 'INITIALIZE of a file that is open',
    quirk: 'reinitialize',
    row: 'INITIALIZE of a file that was initialized before',
  },
  reinitializeCompleted: {
    text: 'INITIALIZE of a file that was completed',
    quirk: 'reinitialize',
    row: 'INITIALIZE of a file that was initialized before',
  },
  sameExternalId: {
    text: 'an externalId that is in use',
    quirk: 'duplicateStatus',
    row: 'an `externalId` that is in use',
  },
  catalogDelay: {
    text: 'reads of the Catalog that a new batch is missing from',
    quirk: 'catalogLagReads',
    row: "the Catalog's delay",
  },
  actionDelay: {
    text: 'reads of the Catalog that show the old status of an aborted batch',
    row: "the Catalog's delay, for an action",
  },
  tokenLifetime: { text: 'the unit of `expires_in` of a token', quirk: 'tokenLifetimeUnit' },
  registryError: {
    text: 'the form of an error of the Schema Registry',
    quirk: 'registryErrorForm',
  },
  schemaVersion: {
    text: 'a schema in a major version that does not exist',
    quirk: 'schemaVersionStatus',
    row: 'a schema in a major version that does not exist',
  },
  unknownBatch: { text: 'a batch that does not exist' },
} as const satisfies Record<string, Topic>;

export type Question = keyof typeof QUESTIONS;

/** What cannot be asked by reading, or with a batch that is aborted. */
export const NOT_ASKABLE: readonly (Topic & { readonly reason: string })[] = [
  {
    text: 'whether 429 and 503 have a `Retry-After`',
    quirk: 'retryAfter',
    reason: 'a sandbox would have to be overloaded',
  },
  {
    text: "JSON and CSV fields that the dataset's schema does not have",
    quirk: 'unknownFields',
    row: "JSON and CSV fields that the dataset's schema does not have",
    reason: 'rows would have to be loaded',
  },
  {
    text: '`""`, `{}` and `[]` in a field of the schema',
    quirk: 'emptyValues',
    row: '`""`, `{}` and `[]`',
    reason: 'rows would have to be loaded',
  },
  {
    text: 'codes of rows that do not fit their schema',
    row: 'codes of rows that do not fit their schema',
    reason: 'rows would have to be loaded',
  },
];

/** What a sandbox did. `value` is what the quirk would be set to. */
export interface Finding {
  question: Question;
  finding: string;
  value?: string | number | boolean;
}

export class Findings {
  readonly #found = new Map<Question, Finding>();

  record(question: Question, finding: string, value?: Finding['value']): void {
    this.#found.set(question, { question, finding, ...(value === undefined ? {} : { value }) });
  }

  /** All questions; those without a finding were not reached. */
  list(): Finding[] {
    return (Object.keys(QUESTIONS) as Question[]).map(
      (question) => this.#found.get(question) ?? { question, finding: 'not asked' },
    );
  }
}
