/** The options of `RowSchema.from()`. */

import type { Dataset } from '../resources/types.js';
import { checkBoolean, checkFilledText, choice } from '../shared/checks.js';
import {
  invalid,
  type OptionTable,
  optional,
  type ValidOptions,
  validateOptions,
  withDefault,
} from '../shared/options.js';
import { isObject } from './field.js';

/** What a finding is that the platform's pages leave open. */
export type Severity = 'error' | 'warn' | 'ignore';

/** A descriptor of the Schema Registry. Those that are not `xdm:descriptorIdentity` are ignored. */
export interface IdentityDescriptor {
  /** The kind of descriptor: `xdm:descriptorIdentity` for identities. */
  readonly '@type'?: string;
  /** The schema or class that it belongs to. */
  readonly 'xdm:sourceSchema'?: string;
  /** Where the identity is in rows: `/personalEmail/address`. */
  readonly 'xdm:sourceProperty'?: string;
  /** The namespace of the identity, such as `Email` or `ECID`. */
  readonly 'xdm:namespace'?: string;
  /** Whether it is the primary identity. Default `false`. */
  readonly 'xdm:isPrimary'?: boolean;
}

/** What rows and files are checked by, of a dataset. */
export interface DatasetInfo
  extends Pick<Dataset, 'tags' | 'fileDescription' | 'observableSchema'> {
  /** The identity descriptors, by which a dataset for upserts knows whose row it is. */
  descriptors?: readonly IdentityDescriptor[];
}

/** How strictly rows are checked, and by what beside their schema. */
export interface RowSchemaOptions {
  /** What `""`, `{}` and `[]` are: Adobe's pages do not agree on whether they are rejected. Default `warn`. */
  empty?: Severity;
  /** What a JSON field or a CSV column is that the schema does not have. Default `warn`. */
  unknown?: Severity;
  /** Whether a value of another type that the platform converts is an error. Default `false`: a note. */
  strict?: boolean;
  /**
   * The identity descriptors of the schema. With them, even with an empty list, a row without a primary
   * identity is a finding. Default: none, and primary identities are not required.
   */
  identities?: readonly IdentityDescriptor[];
  /**
   * The dataset that the rows are loaded into, as `datasets.get()` returns it: its labels say whether Profile reads
   * it and whether it takes upserts, its file description how it expects CSV, its observable schema which fields it
   * has had. Default: none of it is known.
   */
  dataset?: DatasetInfo;
  /**
   * Whether Profile reads the dataset: then identities and sizes that it skips are warnings. Default: what
   * `dataset` says; without one, whether the schema has the tag `union`.
   */
  isProfileEnabled?: boolean;
  /** What messages call the schema, such as its file. Default `schema`. */
  source?: string;
}

export type Rules = ValidOptions<RowSchemaOptions, 'empty' | 'unknown' | 'strict' | 'source'>;

const severity = choice('error', 'warn', 'ignore');
const descriptors = (field: string, value: unknown): readonly IdentityDescriptor[] => {
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw invalid(field, 'a list of descriptors', value);
};

const datasetInfo = (field: string, value: unknown): DatasetInfo => {
  if (isObject(value)) return value;
  throw invalid(field, 'a dataset', value);
};

const OPTIONS: OptionTable<RowSchemaOptions, 'empty' | 'unknown' | 'strict' | 'source'> = {
  empty: withDefault(severity, 'warn'),
  unknown: withDefault(severity, 'warn'),
  strict: withDefault(checkBoolean, false),
  identities: optional(descriptors),
  isProfileEnabled: optional(checkBoolean),
  dataset: optional(datasetInfo),
  source: withDefault(checkFilledText, 'schema'),
};

/** @throws {InvalidInputError} for an option that cannot be used. */
export const validateRules = (options: RowSchemaOptions | undefined): Rules =>
  validateOptions(OPTIONS, options);
