/**
 * Rows against the schema of their dataset, offline: this folder reads a schema and checks rows, columns
 * and files by it. It may import preflight, types of resources, and shared; never ingest.
 */
import { toStep } from '../shared/json-pointer.js';
import { createRowCheck, type RowCheck } from './check-row.js';
import { isProfileEnabled, takesUpserts } from './dataset-info.js';
import type { Field } from './field.js';
import type { IdentityField } from './identities.js';
import { type RowSchemaOptions, type Rules, validateRules } from './options.js';
import { type ParsedSchema, parseSchema, type SchemaKind } from './parse-schema.js';
import { type Problem, type RowFinding, RowProblems, toFinding } from './problems.js';

const NONE: readonly RowFinding[] = Object.freeze([]);

/** A schema that rows can be checked by. */
export class RowSchema {
  /** Whether rows are records, events (`time-series`), or of neither behavior (`adhoc`). */
  readonly kind: SchemaKind;
  /** The `$id`. */
  readonly id: string | undefined;
  /** The title of the schema, if it has one. */
  readonly title: string | undefined;
  /** The version of the schema, such as `1.4`. */
  readonly version: string | undefined;
  /** The `eTag` of the registry. */
  readonly eTag: string | undefined;
  /** The paths of the fields that are required where their parent is there: `/person/name`. */
  readonly requiredFields: readonly string[];
  /** The fields that hold identities, by the descriptors that were passed and those in the schema. */
  readonly identityFields: readonly IdentityField[];
  /** Whether what Profile skips is checked. */
  readonly isProfileEnabled: boolean;
  /** Whether rows change what the dataset has, so that each needs an identity. */
  readonly isUpsert: boolean;
  /** The row, as a field with all others in it. */
  readonly root: Field;
  /** The options with their defaults. */
  readonly rules: Rules;
  readonly #check: RowCheck;
  readonly #problems = new RowProblems();

  private constructor(schema: ParsedSchema, rules: Rules) {
    this.kind = schema.kind;
    this.id = schema.id;
    this.title = schema.title;
    this.version = schema.version;
    this.eTag = schema.eTag;
    this.root = schema.root;
    this.rules = rules;
    this.requiredFields = listRequired(schema.root);
    this.identityFields = schema.knownIdentities ?? [];
    const { dataset } = rules;
    const isRead = dataset === undefined ? schema.isInUnion : isProfileEnabled(dataset);
    this.isProfileEnabled = rules.isProfileEnabled ?? isRead;
    this.isUpsert = dataset !== undefined && takesUpserts(dataset);
    this.#check = createRowCheck(schema, rules, this);
  }

  /**
   * Reads a schema as the Schema Registry returns it for `application/vnd.adobe.xed-full+json`. Sends
   * nothing.
   * @throws {InvalidInputError} for what is not such a schema, for one whose `meta:xdmType` contradicts its
   * `type`, `format` or range, and for an option that cannot be used. The message names the place.
   */
  static from(schema: unknown, options?: RowSchemaOptions): RowSchema {
    const rules = validateRules(options);
    return new RowSchema(
      parseSchema(schema, rules.source, rules.identities, rules.dataset?.descriptors),
      rules,
    );
  }

  /**
   * What is wrong with a row, as batch ingestion and Profile see it; an empty list if nothing is. The row
   * is as `JSON.parse()` returns it.
   * @param sizeBytes the size of the row as JSON, if it is known: it need not be measured then.
   */
  check(row: unknown, sizeBytes?: number): readonly RowFinding[] {
    const problems = this.inspect(row, sizeBytes);
    return problems.length === 0 ? NONE : problems.map(toFinding);
  }

  /** As `check()`, without their words. The list is valid until the next call. */
  inspect(row: unknown, sizeBytes?: number): readonly Problem[] {
    this.#problems.list.length = 0;
    this.#check(row, sizeBytes, this.#problems);
    return this.#problems.list;
  }
}

function listRequired(field: Field): string[] {
  const own = field.required.map((name) => `${field.path}/${toStep(name)}`);
  const inner = [...field.properties.values()].flatMap(listRequired);
  return [...own, ...inner, ...(field.values === undefined ? [] : listRequired(field.values))];
}
