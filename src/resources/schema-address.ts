/** Where a schema is found: its container and version, from its id or a dataset's reference to it. */
import { invalid } from '../shared/options.js';
import type { SchemaReference } from './types.js';

/** What a schema is looked up with. */
export interface SchemaAddress {
  /** Its URI, or its `meta:altId`. */
  readonly id: string;
  readonly container: 'tenant' | 'global';
  /** The major version. */
  readonly version: number;
}

const NAMESPACE = 'https://ns.adobe.com/';
/** The beginnings of schemas that all organisations have. */
const GLOBAL = ['xdm', 'experience'];

/**
 * @param version the major version that was asked for.
 * @throws {InvalidInputError} for what is no schema's id, and for a content type of another service.
 */
export function parseSchemaAddress(
  schema: string | SchemaReference | undefined,
  version?: number,
): SchemaAddress {
  const reference = typeof schema === 'string' ? { id: schema } : readReference(schema);
  const { id, contentType } = reference;
  const namespace = findNamespace(id);
  if (typeof id !== 'string' || namespace === undefined) {
    const expected = `a schema's URI such as ${NAMESPACE}tenant/schemas/…, or its meta:altId`;
    throw invalid('schema', expected, id);
  }
  const container = GLOBAL.includes(namespace) ? 'global' : 'tenant';
  return { id, container, version: version ?? parseVersion(contentType) };
}

function readReference(value: unknown): { id?: unknown; contentType?: unknown } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw invalid('schema', 'an id, or an object with an id', value);
}

/** `tenant` in `https://ns.adobe.com/tenant/schemas/1` and in `_tenant.schemas.1`. */
function findNamespace(id: unknown): string | undefined {
  if (typeof id !== 'string' || !/^[\x21-\x7e]+$/.test(id)) return undefined;
  return (
    /^https:\/\/ns\.adobe\.com\/([^/?#]+)\/[^?]+$/.exec(id)?.[1] ??
    /^_([^./?#]+)\.[^/?#]+$/.exec(id)?.[1]
  );
}

/**
 * The major version that a content type names, such as `application/vnd.adobe.xed+json;version=1`.
 * Published with and without the space, and without a version, which is 1.
 */
function parseVersion(contentType: unknown): number {
  const text = typeof contentType === 'string' ? contentType : '';
  const major = Number(/;\s*version\s*=\s*"?(\d{1,6})/i.exec(text)?.[1] ?? 1);
  return major > 0 ? major : 1;
}

/** The `meta:altId` of a URI; an id of that form stays as it is. */
export const toAltId = (id: string): string =>
  id.startsWith(NAMESPACE) ? `_${id.slice(NAMESPACE.length).replaceAll('/', '.')}` : id;
