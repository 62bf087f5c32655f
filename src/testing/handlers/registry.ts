/** The Schema Registry: schemas in the form and version that `accept` names, and descriptors. */
import { registryProblem } from '../platform/http-error.js';
import type { Platform } from '../platform/platform.js';
import type { XdmSchema } from '../platform/registry.js';
import type { HandlerRequest, HandlerResponse, Handlers } from '../server/handler.js';
import { createPropertyFilter } from './registry-query.js';

/** The media types of schemas in the document; its version stands for all. */
const SCHEMA_FORMS: Readonly<Record<string, (schema: XdmSchema) => object>> = {
  'xed-full': (schema) => schema,
  'xed-full-notext': withoutTexts,
  xed: unresolve,
};
const DESCRIPTOR_FORMS = ['xdm', 'xdm-v2', 'xdm-link', 'xdm-id'];
const DEFAULT_LIMIT = 100;

type Quirks = Platform['options']['quirks'];

export function createRegistryHandlers(
  platform: Platform,
): Pick<Handlers, 'getSchema' | 'listDescriptors'> {
  return {
    getSchema: (request) => getSchema(platform, request),
    listDescriptors: (request) => listDescriptors(platform, request),
  };
}

function getSchema(
  platform: Platform,
  { path, headers }: HandlerRequest<'getSchema'>,
): HandlerResponse {
  const { quirks } = platform.options;
  const { form, version } = parseAccept(headers.accept, quirks);
  const toForm = SCHEMA_FORMS[form];
  if (toForm === undefined) throw unknownMedia(headers.accept, quirks);
  if (version === undefined) {
    const example = 'application/vnd.adobe.xed-full-notext+json; version=1';
    const detail = `version must be supplied in the accept header. Example: ${example}`;
    throw registryProblem(400, 'XDM-1007-400', detail, quirks.registryErrorForm);
  }
  const { container, schemaId } = path;
  const found = platform.registry.find(container, schemaId, version);
  if (found?.schema === undefined) {
    const detail = `Requested resource ${schemaId} with version ${version} is not found`;
    const status = found === undefined ? 404 : quirks.schemaVersionStatus;
    throw registryProblem(status, 'XDM-1012-404', detail, quirks.registryErrorForm);
  }
  const mediaType = `application/vnd.adobe.${form}+json; version=1`;
  const contentType = `application/vnd.adobe.${form}+json; version=${version}`;
  const json = toForm(found.schema);
  return { status: 200, json, mediaType, headers: { 'content-type': contentType } };
}

/** The form and the version that `accept` names. @throws {HttpError} 406 without one, or for another. */
function parseAccept(accept: string | undefined, quirks: Quirks) {
  if (accept === undefined || accept.trim() === '' || accept === '*/*') {
    const detail = 'Accept header parameter is required';
    throw registryProblem(406, undefined, detail, quirks.registryErrorForm);
  }
  const [, form = '', parameters = ''] =
    /^application\/vnd\.adobe\.([a-z0-9-]+)\+json\s*(.*)$/.exec(accept.trim()) ?? [];
  if (form === '') throw unknownMedia(accept, quirks);
  const version = /;\s*version\s*=\s*(\d+)/.exec(parameters)?.[1];
  return { form, version: version === undefined ? undefined : Number(version) };
}

const unknownMedia = (accept = '', { registryErrorForm }: Quirks) =>
  registryProblem(
    406,
    undefined,
    `Unknown Accept media supplied: ${accept.replace(/^application\/vnd\.adobe\./, '')}`,
    registryErrorForm,
  );

/** The schema without titles and descriptions of itself and of its fields. */
function withoutTexts(schema: XdmSchema): object {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    (key === 'title' || key === 'description') && typeof value === 'string' ? undefined : value,
  );
}

/** The schema with the names of its parts in place of its fields. */
function unresolve({ properties: _, required: __, ...schema }: XdmSchema): object {
  return { ...schema, allOf: (schema['meta:extends'] ?? []).map(($ref) => ({ $ref })) };
}

function listDescriptors(
  platform: Platform,
  { query, headers }: HandlerRequest<'listDescriptors'>,
): HandlerResponse {
  const { quirks } = platform.options;
  const { form, version } = parseAccept(headers.accept, quirks);
  if (!DESCRIPTOR_FORMS.includes(form) || version !== undefined) {
    const detail = `The Accept header ${headers.accept} is not one of a list of descriptors`;
    throw registryProblem(400, 'XDM-1008-400', detail, quirks.registryErrorForm);
  }
  const { property, start = '', limit = DEFAULT_LIMIT } = query;
  const all = platform.registry.descriptors
    .filter(property === undefined ? () => true : createPropertyFilter(property))
    .map((descriptor) => ({ 'meta:containerId': 'tenant', ...descriptor }));
  const mediaType = `application/vnd.adobe.${form}+json`;
  if (form === 'xdm-v2') {
    const sorted = all.sort((one, two) => (one['@id'] < two['@id'] ? -1 : 1));
    const rest = sorted.filter((descriptor) => descriptor['@id'] >= start);
    const results = rest.slice(0, limit);
    const next = rest[limit]?.['@id'] ?? null;
    const page = { orderby: '@id', next, count: results.length };
    return { status: 200, mediaType, json: { results, _page: page, _links: {} } };
  }
  const json: Record<string, unknown[]> = {};
  for (const descriptor of all) {
    const link = form === 'xdm-id' ? descriptor['@id'] : `/tenant/descriptors/${descriptor['@id']}`;
    json[descriptor['@type']] ??= [];
    json[descriptor['@type']]?.push(form === 'xdm' ? descriptor : link);
  }
  // The document has one of the two lists of texts.
  return { status: 200, json, mediaType: mediaType.replace('xdm-id', 'xdm-link') };
}
