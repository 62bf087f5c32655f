/** The API reference: a page for each tag of the document, with a section for each operation, and one of schemas. */
import { escapeText, formatCode, formatTable, joinBlocks, toCell } from './markdown.js';
import { type SidebarItem, toLink } from './reference.js';
import {
  asList,
  asObject,
  asText,
  formatBounds,
  formatProperties,
  formatType,
  formatTypeCell,
  isObject,
  type JsonObject,
  toAnchor,
} from './schema-text.js';

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'];

interface Operation {
  method: string;
  path: string;
  value: JsonObject;
}

/** Reads the document and follows its references. */
class Reader {
  readonly #document: JsonObject;

  constructor(document: JsonObject) {
    this.#document = document;
  }

  /** The object itself, or what its `$ref` leads to. */
  resolve(value: unknown): JsonObject {
    const { $ref } = asObject(value);
    if (typeof $ref !== 'string') return asObject(value);
    const found = $ref
      .slice(2)
      .split('/')
      .reduce(
        (at: unknown, step) => asObject(at)[step.replaceAll('~1', '/').replaceAll('~0', '~')],
        this.#document,
      );
    return this.resolve(found);
  }

  operations(): Operation[] {
    return Object.entries(asObject(this.#document['paths'])).flatMap(([path, item]) =>
      METHODS.flatMap((method) => {
        const value = asObject(item)[method];
        return isObject(value) ? [{ method: method.toUpperCase(), path, value }] : [];
      }),
    );
  }
}

/** @returns the pages by name, and their place in the sidebar. */
export function writeApiPages(document: JsonObject): {
  pages: Record<string, string>;
  sidebar: SidebarItem;
} {
  const reader = new Reader(document);
  const operations = reader.operations();
  const tags = asList(document['tags']).map((tag) => ({
    name: asText(asObject(tag)['name']),
    description: asText(asObject(tag)['description']),
  }));
  const pages: Record<string, string> = { 'api/index': formatIndex(document, tags, operations) };
  for (const { name, description } of tags) {
    const own = operations.filter(({ value }) => asList(value['tags']).includes(name));
    const sections = own.map((operation) => formatOperation(reader, document, operation));
    pages[toPage(name)] = joinBlocks(`# ${name}`, escapeText(description), ...sections);
  }
  pages['api/bodies'] = formatSchemas(document);
  const items = tags.map(({ name }) => ({ text: name, link: toLink(toPage(name)) }));
  const sidebar = {
    text: 'API',
    items: [
      { text: 'All operations', link: toLink('api/index') },
      ...items,
      { text: 'Schemas of bodies', link: toLink('api/bodies') },
    ],
  };
  return { pages, sidebar };
}

const toPage = (tag: string): string => `api/${tag.toLowerCase().replace(/\W+/g, '-')}`;
const toFile = (tag: string): string => toPage(tag).replace('api/', './');

function formatIndex(
  document: JsonObject,
  tags: readonly { name: string }[],
  operations: readonly Operation[],
): string {
  const { title, summary } = asObject(document['info']);
  const rows = tags.flatMap(({ name }) =>
    operations
      .filter(({ value }) => asList(value['tags']).includes(name))
      .map(({ method, path, value }) => {
        const id = asText(value['operationId']);
        return [
          `[${asText(value['summary'])}](${toFile(name)}.md#${toAnchor(id)})`,
          `\`${method} ${path}\``,
        ];
      }),
  );
  const schemes = Object.entries(asObject(asObject(document['components'])['securitySchemes']));
  return joinBlocks(
    '# API',
    `${asText(title)}: ${asText(summary)}`,
    'These pages are written from the OpenAPI document of this project, version ' +
      `${asText(asObject(document['info'])['version'])}. The document itself: [openapi.json](/openapi.json).`,
    formatTable(['operation', 'request'], rows),
    '## Credentials',
    'Every operation except the token service needs all of these:',
    formatTable(
      ['scheme', 'description'],
      schemes.map(([name, scheme]) => [
        `\`${name}\``,
        toCell(asText(asObject(scheme)['description'])),
      ]),
    ),
  );
}

function formatOperation(reader: Reader, document: JsonObject, operation: Operation): string {
  const { method, path, value } = operation;
  const id = asText(value['operationId']);
  const security = asList(value['security'] ?? document['security']).flatMap((one) =>
    Object.keys(asObject(one)),
  );
  const parameters = asList(value['parameters']).map((one) => reader.resolve(one));
  const body = reader.resolve(value['requestBody']);
  const responses = Object.entries(asObject(value['responses']));
  return joinBlocks(
    `## ${asText(value['summary'])} {#${toAnchor(id)}}`,
    formatCode(`${method} ${path}`, 'http'),
    escapeText(asText(value['description'])),
    `Operation \`${id}\`. Credentials: ${security.length === 0 ? 'none' : security.map((name) => `\`${name}\``).join(', ')}.`,
    formatParameters(id, parameters),
    formatBody(reader, id, body),
    ...responses.map(([status, response]) =>
      formatResponse(reader, id, status, reader.resolve(response)),
    ),
  );
}

function formatParameters(id: string, parameters: readonly JsonObject[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(({ name, in: place, required, schema, description }) => [
    `\`${asText(name)}\``,
    asText(place),
    required === true ? 'yes' : '',
    formatTypeCell(schema),
    toCell(asText(description)),
  ]);
  const head = ['parameter', 'in', 'required', 'type', 'description'];
  return joinBlocks(`### Parameters {#${toAnchor(id)}-parameters}`, formatTable(head, rows));
}

function formatBody(reader: Reader, id: string, body: JsonObject): string {
  if (body['content'] === undefined) return '';
  return joinBlocks(
    `### Request body {#${toAnchor(id)}-body}`,
    escapeText(asText(body['description'])),
    body['required'] === true ? 'Required.' : '',
    formatContent(reader, body['content']),
  );
}

function formatResponse(reader: Reader, id: string, status: string, response: JsonObject): string {
  const headers = Object.entries(asObject(response['headers'])).map(([name, header]) => {
    const { schema, description, required } = reader.resolve(header);
    return [
      `\`${name}\``,
      required === true ? 'yes' : '',
      formatTypeCell(schema),
      toCell(asText(description)),
    ];
  });
  return joinBlocks(
    `### Response ${status} {#${toAnchor(id)}-${status.toLowerCase()}}`,
    escapeText(asText(response['description'])),
    formatTable(['header', 'always', 'type', 'description'], headers),
    formatContent(reader, response['content']),
  );
}

/** Each media type with its schema and every example. */
function formatContent(reader: Reader, content: unknown): string {
  return joinBlocks(
    ...Object.entries(asObject(content)).map(([mediaType, media]) => {
      const { schema, examples } = asObject(media);
      const bounds = formatBounds(schema);
      return joinBlocks(
        `**\`${mediaType}\`**: ${formatType(schema)}${bounds === '' ? '' : `; ${bounds}`}`,
        asObject(schema)['$ref'] === undefined ? formatProperties(schema) : '',
        ...Object.entries(asObject(examples)).map(([name, example]) =>
          formatExample(name, reader.resolve(example), mediaType),
        ),
      );
    }),
  );
}

function formatExample(name: string, { summary, value }: JsonObject, mediaType: string): string {
  const isText = typeof value === 'string';
  const text = isText ? value : JSON.stringify(value, undefined, 2);
  const language = isText && !mediaType.includes('json') ? 'txt' : 'json';
  return joinBlocks(
    `Example \`${name}\`: ${escapeText(asText(summary))}`,
    formatCode(text, language),
  );
}

function formatSchemas(document: JsonObject): string {
  const schemas = Object.entries(asObject(asObject(document['components'])['schemas']));
  return joinBlocks(
    '# Schemas of bodies',
    'The named schemas of requests and responses. Responses are open: the platform may add fields.',
    ...schemas.map(([name, schema]) => {
      const { description, properties, additionalProperties } = asObject(schema);
      const hasFields = properties !== undefined || isObject(additionalProperties);
      return joinBlocks(
        `## ${name} {#${toAnchor(name)}}`,
        escapeText(asText(description)),
        hasFields ? formatProperties(schema) : `Type: ${formatTypeCell(schema)}.`,
        additionalProperties === false ? 'Unknown fields are rejected.' : '',
      );
    }),
  );
}
