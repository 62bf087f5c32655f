/** The calls of `client.schemas`, imported with the first of them. */
import { type CallOptions, validateCallOptions } from '../http/options.js';
import type { TypedClient } from '../typed-client/client.js';
import { isFields } from './catalog.js';
import { readDescriptorPage } from './descriptors.js';
import { invalidResponse } from './invalid-response.js';
import { checkDescriptorFilter, checkSchemaQuery } from './options.js';
import { Seen } from './pages.js';
import { parseSchemaAddress } from './schema-address.js';
import { findSchemaFault, toSchema } from './schema-entry.js';
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

/** `Schemas` documents them. */
export class SchemaCalls {
  readonly #client: TypedClient;

  constructor(client: TypedClient) {
    this.#client = client;
  }

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
    const fault = isFields(found) ? findSchemaFault(found, address) : 'the response is a list';
    if (fault === undefined && isFields(found)) return toSchema(found, address);
    throw invalidResponse(result, `${fault}, not the schema ${id}`);
  }

  async *descriptors(
    filter?: DescriptorFilter,
    callOptions?: CallOptions,
  ): AsyncGenerator<Descriptor, void> {
    const options = validateCallOptions(callOptions);
    const query = checkDescriptorFilter(filter);
    const asked = new Seen();
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
