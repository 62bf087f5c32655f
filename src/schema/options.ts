/** The options of `RowSchema.from()`. */
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

/** A descriptor of the Schema Registry. Those that are no `xdm:descriptorIdentity` are ignored. */
export interface IdentityDescriptor {
  readonly '@type'?: string;
  /** The schema or class that it belongs to. */
  readonly 'xdm:sourceSchema'?: string;
  /** Where the identity is in rows: `/personalEmail/address`. */
  readonly 'xdm:sourceProperty'?: string;
  /** The namespace of the identity, such as `Email` or `ECID`. */
  readonly 'xdm:namespace'?: string;
  readonly 'xdm:isPrimary'?: boolean;
}

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
   * Whether Profile reads the dataset: then identities and sizes that it skips are warnings. Default: whether
   * the schema has the tag `union`.
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

const OPTIONS: OptionTable<RowSchemaOptions, 'empty' | 'unknown' | 'strict' | 'source'> = {
  empty: withDefault(severity, 'warn'),
  unknown: withDefault(severity, 'warn'),
  strict: withDefault(checkBoolean, false),
  identities: optional(descriptors),
  isProfileEnabled: optional(checkBoolean),
  source: withDefault(checkFilledText, 'schema'),
};

/** @throws {InvalidInputError} for an option that cannot be used. */
export const validateRules = (options: RowSchemaOptions | undefined): Rules =>
  validateOptions(OPTIONS, options);
