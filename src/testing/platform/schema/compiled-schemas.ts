/** The schemas that datasets of a simulator use, each prepared once. */
import type { components } from '../../../../generated/openapi.js';
import type { SchemaQuirks } from './constraints.js';
import { DatasetSchema } from './dataset-schema.js';

type XdmSchema = components['schemas']['XdmSchema'];

export class CompiledSchemas {
  /** By the fields of a schema, and the quirks. */
  readonly #known = new WeakMap<object, Map<string, Promise<DatasetSchema>>>();

  get(schema: XdmSchema, { unknownFields, emptyValues }: SchemaQuirks): Promise<DatasetSchema> {
    const fields = schema.properties ?? schema;
    const variants = this.#known.get(fields) ?? new Map<string, Promise<DatasetSchema>>();
    this.#known.set(fields, variants);
    const variant = `${unknownFields} ${emptyValues} ${schema.required}`;
    const known = variants.get(variant);
    if (known !== undefined) return known;
    const created = DatasetSchema.create(schema, { unknownFields, emptyValues });
    variants.set(variant, created);
    return created;
  }
}
