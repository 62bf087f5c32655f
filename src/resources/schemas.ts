import { type CallOptions, validateCallOptions } from '../http/options.js';
import { importLate } from '../shared/import-late.js';
import type { TypedClient } from '../typed-client/client.js';
import { isFields } from './catalog.js';
import { invalidResponse } from './invalid-response.js';
import { checkDescriptorFilter, checkSchemaQuery } from './options.js';
import { Seen } from './pages.js';
import { parseSchemaAddress } from './schema-address.js';
import type {
  Descriptor,
  DescriptorFilter,
  SchemaQuery,
  SchemaReference,
  XdmSchema,
} from './types.js';

const GET = '/data/foundation/schemaregistry/{container}/schemas/{schemaId}';
const DESCRIPTORS = '/data/foundation/schemaregistry/tenant/descriptors';
/** All descriptors, grouped by type; it has no version. */
const ACCEPT_DESCRIPTORS = 'application/vnd.adobe.xdm+json';

/**
 * Schemas of the Schema Registry: the fields of a dataset's rows.
 *
 * Every method throws an `InvalidInputError` for arguments that cannot be sent, an `ApiError` of the
 * status' class for an error response, and a `ConnectionError`, `TimeoutError` or `InvalidResponseError`
 * when there is no usable response.
 */
export class Schemas {
  readonly #client: TypedClient;

  constructor(client: TypedClient) {
    this.#client = client;
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
  async get(
    schema: string | SchemaReference,
    query?: SchemaQuery,
    callOptions?: CallOptions,
  ): Promise<XdmSchema> {
    const options = validateCallOptions(callOptions);
    const address = parseSchemaAddress(schema, checkSchemaQuery(query).version);
    const { id, container, version } = address;
    const result = await this.#client.validated.GET(GET, {
      ...options,
      params: { path: { container, schemaId: id } },
      headers: { accept: `application/vnd.adobe.xed-full+json; version=${version}` },
    });
    const found: unknown = this.#client.unwrap(result);
    const { findSchemaFault, toSchema } = await importLate(() => import('./schema-entry.js'));
    const fault = isFields(found) ? findSchemaFault(found, address) : 'the response is a list';
    if (fault === undefined && isFields(found)) return toSchema(found, address);
    throw invalidResponse(result, `${fault}, not the schema ${id}`);
  }

  /**
   * The descriptors of all schemas of the sandbox: identities, display names, relations.
   * @param filter `property` is a condition of the registry, such as `@type==xdm:descriptorIdentity`.
   * @throws {InvalidResponseError} for a list with a descriptor that is not an object.
   * @see https://experienceleague.adobe.com/docs/experience-platform/xdm/api/descriptors.html
   */
  async *descriptors(
    filter?: DescriptorFilter,
    callOptions?: CallOptions,
  ): AsyncGenerator<Descriptor, void> {
    const options = validateCallOptions(callOptions);
    const query = checkDescriptorFilter(filter);
    const asked = new Seen();
    const { readDescriptorPage } = await importLate(() => import('./descriptors.js'));
    for (let start: string | undefined; ; ) {
      const page = start === undefined ? query : { ...query, start };
      const result = await this.#client.validated.GET(DESCRIPTORS, {
        ...options,
        params: { query: page },
        headers: { accept: ACCEPT_DESCRIPTORS },
      });
      const { descriptors, next } = readDescriptorPage(this.#client.unwrap(result), (what) =>
        invalidResponse(result, what),
      );
      yield* descriptors;
      if (next === undefined || asked.has(next)) return;
      asked.add(next);
      start = next;
    }
  }
}
