/** Holds the operations of a document against the facts: what each takes, returns, and where it is served. */
import { dereference, type Json, listOperations } from '../../spec-tools/operations.js';
import { findExamples } from './examples.js';
import { judgeValues, SCHEMAS } from './judge-schemas.js';
import type { Messages } from './messages.js';
import { type Bodies, findErrorSchema, findHeaders, OPERATIONS } from './operations.js';
import { PARAMETERS, type ParameterFact } from './parameters.js';

export interface Described {
  id: string;
  path: string;
  method: string;
  operation: Json;
  item: Json;
}

export const describeOperation = (document: Json, id: string): Described | undefined => {
  const found = listOperations(document).find((one) => one.id === id);
  if (found === undefined) return undefined;
  return { ...found, item: (document['paths'] as Record<string, Json>)[found.path] ?? {} };
};

const compare = (what: string, expected: readonly string[], received: readonly string[]) =>
  JSON.stringify([...expected].sort()) === JSON.stringify([...received].sort())
    ? []
    : [`${what}: expected ${expected.join(', ')}, received ${received.join(', ')}`];

export const judgeOperationNames = (document: Json): string[] =>
  compare(
    'operations',
    Object.keys(OPERATIONS),
    listOperations(document).map(({ id }) => id),
  );

/** Each alternative of the credentials that an operation asks for, as the headers that carry them. */
function listCredentials(document: Json, operation: Json): string[] {
  const { securitySchemes } = document['components'] as Record<string, Record<string, Json>>;
  const describe = (name: string) => {
    const { type, scheme, in: place, name: header } = securitySchemes?.[name] ?? {};
    if (type === 'http' && scheme === 'bearer') return 'authorization';
    return type === 'apiKey' && place === 'header' ? String(header).toLowerCase() : `${type}`;
  };
  const alternatives = (operation['security'] ?? document['security'] ?? []) as Json[];
  return alternatives.map((one) => Object.keys(one).map(describe).sort().join(' and '));
}

/** Method, path, servers and credentials. */
export function judgePlace(document: Json, id: string): string[] {
  const found = describeOperation(document, id);
  const fact = OPERATIONS[id];
  if (found === undefined || fact === undefined) return [`the document lacks the operation ${id}`];
  const { operation, item, method, path } = found;
  const servers = (operation['servers'] ?? item['servers'] ?? document['servers'] ?? []) as Json[];
  return [
    ...compare(`call of ${id}`, [fact.call], [`${method.toUpperCase()} ${path}`]),
    ...compare(
      `servers of ${id}`,
      [fact.origin],
      servers.map(({ url }) => String(url)),
    ),
    ...compare(
      `credentials of ${id}`,
      fact.credentials.length === 0 ? [] : [[...fact.credentials].sort().join(' and ')],
      listCredentials(document, operation),
    ),
  ];
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Json;
  example?: unknown;
  examples?: Record<string, Json>;
}

/** What no parameter can be, for callers without types. */
const NO_PARAMETERS = [null, [], ['a'], {}, { a: 1 }];

export function judgeParameters(messages: Messages, id: string): string[] {
  const { document } = messages;
  const found = describeOperation(document, id);
  const facts = PARAMETERS[id] ?? {};
  if (found === undefined) return [`the document lacks the operation ${id}`];
  const own = [
    ...((found.item['parameters'] ?? []) as unknown[]),
    ...((found.operation['parameters'] ?? []) as unknown[]),
  ].map((one) => dereference<Parameter>(document, one));
  const isFlag = ({ required }: { required?: boolean }) => (required === true ? 'required' : '');
  return [
    ...compare(
      `parameters of ${id}`,
      Object.entries(facts).map(([name, fact]) =>
        `${fact.in} ${name} ${isFlag({ required: fact.isRequired })}`.trim(),
      ),
      own.map((one) => `${one.in} ${one.name} ${isFlag(one)}`.trim()),
    ),
    ...own.flatMap((one) => judgeTexts(messages, `${id} ${one.name}`, one, facts[one.name])),
    ...own.flatMap(({ name, schema }) =>
      NO_PARAMETERS.filter((value) => messages.accepts(schema, value)).map(
        (value) => `${id} ${name} must reject ${JSON.stringify(value)}`,
      ),
    ),
    ...own.flatMap((one) => judgeExamples(messages, `${id} ${one.name}`, one)),
  ];
}

function judgeTexts(
  messages: Messages,
  name: string,
  { schema }: Pick<Parameter, 'schema'>,
  { accept, refuse }: Pick<ParameterFact, 'accept' | 'refuse'> = { accept: [], refuse: [] },
): string[] {
  return [
    ...accept
      .filter((text) => !messages.acceptsText(schema, text))
      .map((text) => `${name} must accept ${JSON.stringify(text.slice(0, 100))}`),
    ...refuse
      .filter((text) => messages.acceptsText(schema, text))
      .map((text) => `${name} must reject ${JSON.stringify(text)}`),
    ...listRejectedNumbers(messages, schema, accept).map((text) => `${name} must accept ${text}`),
  ];
}

/** A parameter that a client may pass as a number takes each number that stands in its texts. */
function listRejectedNumbers(
  messages: Messages,
  schema: Parameter['schema'],
  texts: readonly string[],
): string[] {
  const numbers = texts.filter((text) => /^(?:0|[1-9]\d*)$/.test(text));
  const rejected = numbers.filter((text) => !messages.accepts(schema, Number(text)));
  return rejected.length === numbers.length ? [] : rejected;
}

/** Every parameter and header has an example that its schema accepts. */
function judgeExamples(
  messages: Messages,
  name: string,
  { schema, example, examples = {} }: Parameter,
): string[] {
  const all = [
    ...(example === undefined ? [] : [example]),
    ...Object.values(examples).map((one) => dereference(messages.document, one)['value']),
  ];
  if (all.length === 0) return [`${name} has no example`];
  return all
    .filter((one) => !messages.acceptsText(schema, String(one)))
    .map((one) => `the example ${String(one)} of ${name} does not match its schema`);
}

export function judgeRequestBody(messages: Messages, id: string): string[] {
  const found = describeOperation(messages.document, id);
  if (found === undefined) return [`the document lacks the operation ${id}`];
  const fact = OPERATIONS[id]?.request;
  const body = found.operation['requestBody'] as Json | undefined;
  if (fact === undefined) return body === undefined ? [] : [`${id} has no request body`];
  if (body?.['required'] !== true) return [`the request body of ${id} is required`];
  return [
    ...judgeBodies(messages, `request of ${id}`, body, fact),
    ...compare(`examples of ${id}`, findExamples(id, 'request'), listExamples(body)),
  ];
}

function judgeBodies(messages: Messages, where: string, node: Json, fact: Bodies): string[] {
  const content = (node['content'] ?? {}) as Record<string, Json>;
  return [
    ...compare(`media types of ${where}`, Object.keys(fact), Object.keys(content)),
    ...Object.entries(fact).flatMap(([type, name]) => {
      const schema = content[type]?.['schema'] as Json | undefined;
      if (name === 'bytes') {
        const isBytes = JSON.stringify(schema) === '{"type":"string","format":"binary"}';
        return isBytes ? [] : [`${where} as ${type} is bytes, and no other text`];
      }
      const expected = `#/components/schemas/${name}`;
      if (schema?.['$ref'] !== expected) return [`${where} is a ${name}`];
      const { accept = [], refuse = [] } = SCHEMAS[name] ?? {};
      const few = { accept: accept.slice(0, 2), refuse: refuse.slice(0, 2) };
      return [
        ...judgeValues(messages, schema, few, where),
        ...judgeBodyExamples(messages, where, content[type] ?? {}),
      ];
    }),
  ];
}

const judgeBodyExamples = (messages: Messages, where: string, { schema, examples }: Json) =>
  Object.entries((examples ?? {}) as Json)
    .filter(([, one]) => !messages.accepts(schema, dereference(messages.document, one)['value']))
    .map(([name]) => `the example ${name} of ${where} does not match its schema`);

export function judgeResponses(messages: Messages, id: string): string[] {
  const { document } = messages;
  const found = describeOperation(document, id);
  const fact = OPERATIONS[id];
  if (found === undefined || fact === undefined) return [`the document lacks the operation ${id}`];
  const responses = found.operation['responses'] as Record<string, Json>;
  const isHead = fact.call.startsWith('HEAD');
  const errors = fact.errors
    .split(' ')
    .map((status): [string, Bodies] => [
      status,
      isHead ? {} : { 'application/json': findErrorSchema(id, Number(status)) },
    ]);
  const all = [...Object.entries(fact.success), ...errors];
  return [
    ...compare(
      `statuses of ${id}`,
      all.map(([status]) => status),
      Object.keys(responses),
    ),
    ...all.flatMap(([status, bodies]) => {
      if (responses[status] === undefined) return [];
      const response = dereference(document, responses[status]);
      const where = `${id} ${status}`;
      return [
        ...judgeBodies(messages, where, response, bodies),
        ...compare(`examples of ${where}`, findExamples(id, status), listExamples(response)),
        ...judgeHeaders(messages, where, response, findHeaders(id, Number(status))),
      ];
    }),
  ];
}

const listExamples = (response: Json): string[] =>
  Object.values((response['content'] ?? {}) as Record<string, Json>).flatMap(({ examples }) =>
    Object.keys((examples ?? {}) as Json),
  );

function judgeHeaders(
  messages: Messages,
  where: string,
  response: Json,
  facts: ReturnType<typeof findHeaders>,
): string[] {
  // The cast is safe: the document is linted, so everything under `headers` is a header.
  const own = (response['headers'] ?? {}) as Record<string, unknown>;
  return [
    ...compare(`headers of ${where}`, Object.keys(facts), Object.keys(own)),
    ...Object.entries(facts).flatMap(([name, fact]) => {
      if (own[name] === undefined) return [];
      const header = dereference<Parameter>(messages.document, own[name]);
      const isWrong = (header.required === true) !== fact.isRequired;
      return [
        ...(isWrong ? [`${where} ${name}: required must be ${fact.isRequired}`] : []),
        ...judgeTexts(messages, `${where} ${name}`, header, fact),
        ...compare(
          `type of ${where} ${name}`,
          [fact.type],
          [String((header.schema as Json)['type'])],
        ),
        ...judgeExamples(messages, `${where} ${name}`, header),
        ...listExampleTexts(header)
          .filter((text) => !fact.readable.test(text))
          .map((text) => `no client can read the example ${text} of ${where} ${name}`),
      ];
    }),
  ];
}

/** Of a header, as they are sent. */
const listExampleTexts = ({ example, examples = {} }: Parameter): string[] => [
  ...(example === undefined ? [] : [String(example)]),
  ...Object.values(examples).map(({ value }) => String(value)),
];
