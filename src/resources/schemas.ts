import type { CallOptions } from '../http/options.js';
import { importLate } from '../shared/import-late.js';
import { LateObject } from '../shared/late-object.js';
import type { TypedClient } from '../typed-client/client.js';
import type { SchemaCalls } from './schema-calls.js';
import type {
  Descriptor,
  DescriptorFilter,
  SchemaQuery,
  SchemaReference,
  XdmSchema,
} from './types.js';

/**
 * Schemas of the Schema Registry: the fields of a dataset's rows.
 *
 * Every method throws an `InvalidInputError` for arguments that cannot be sent, an `ApiError` of the
 * status' class for an error response, and a `ConnectionError`, `TimeoutError` or `InvalidResponseError`
 * when there is no usable response.
 */
export class Schemas {
  readonly #late: LateObject<SchemaCalls>;

  constructor(client: TypedClient) {
    this.#late = new LateObject(async () => {
      const { SchemaCalls } = await importLate(() => import('./schema-calls.js'));
      return new SchemaCalls(client);
    });
  }

  /**
   * A schema with all its fields resolved: the newest minor version of a major one.
   * @param schema its URI (`$id`), its `meta:altId`, or the `schemaRef` of a dataset. Its beginning says
   *   whether it is looked up in the container `global` or `tenant`; no other is tried.
   * @param query `version` is the major version. Default: that of the reference's content type, else 1.
   * @throws {NotFoundError} where the container has no such schema, or not in this version.
   * @throws {NotAcceptableError} where the registry has it, but not in this version.
   * @see https://experienceleague.adobe.com/docs/experience-platform/xdm/api/schemas.html
   */
  get(
    schema: string | SchemaReference,
    query?: SchemaQuery,
    callOptions?: CallOptions,
  ): Promise<XdmSchema> {
    return this.#late.run((calls, ...args) => calls.get(...args), schema, query, callOptions);
  }

  /**
   * The descriptors of all schemas of the sandbox: identities, display names, relations.
   * @param filter `property` is a condition of the registry, such as `@type==xdm:descriptorIdentity`.
   * @throws {InvalidResponseError} for a list with a descriptor that is not an object.
   * @see https://experienceleague.adobe.com/docs/experience-platform/xdm/api/descriptors.html
   */
  descriptors(
    filter?: DescriptorFilter,
    callOptions?: CallOptions,
  ): AsyncGenerator<Descriptor, void> {
    return this.#late.iterate((calls) => calls.descriptors(filter, callOptions));
  }
}
