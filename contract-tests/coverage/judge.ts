/** Holds a request or a response against the document and names the cells that it covers. */
import {
  dereference,
  type Json,
  jsonPointer,
  type Operation,
} from '../../spec-tools/operations.js';
import { createInspector, type Finding, type Inspect, isCheckedBy, measure } from './inspect.js';
import type { Match } from './routes.js';
import {
  BOUNDS,
  isBinary,
  listParameters,
  listTypes,
  type Parameter,
  type SchemaNode,
  toSchemaNode,
} from './schema-node.js';

/** A request or a response as it was on the wire; header names in lower case. */
export interface Message {
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface Judge {
  judgeRequest(match: Match, target: string, message: Message): Finding;
  judgeResponse(operation: Operation, status: number, message: Message): Finding;
}

const FORM = 'application/x-www-form-urlencoded';
const nothing: Finding = { violations: [], seen: [] };

export function createJudge(document: Json): Judge {
  const inspect = createInspector(document);
  return {
    judgeRequest(match, target, message) {
      const { operation } = match;
      const query = new URLSearchParams(target.split('?')[1] ?? '');
      const parameters = listParameters(document, operation.operation, operation.pointer);
      return merge([
        ...parameters.map((parameter) => {
          const text = {
            path: match.path[parameter.name],
            query: query.get(parameter.name) ?? undefined,
            header: message.headers[parameter.name.toLowerCase()],
          }[parameter.in];
          return judgeParameter(inspect, operation.id, parameter, text);
        }),
        ...judgeSecurity(document, operation, message),
        judgeRequestBody(document, inspect, operation, message),
      ]);
    },
    judgeResponse(operation, status, message) {
      return judgeResponse(document, inspect, operation, status, message);
    },
  };
}

const merge = (findings: readonly Finding[]): Finding => ({
  violations: findings.flatMap(({ violations }) => violations),
  seen: findings.flatMap(({ seen }) => seen),
});

function judgeParameter(
  inspect: Inspect,
  id: string,
  { name, in: where, isRequired, schema }: Parameter,
  text: string | undefined,
): Finding {
  const cell = (what: string) => `parameter ${id} ${where} ${name} ${what}`;
  if (text === undefined) {
    return isRequired
      ? { violations: [[cell('absent')]], seen: [] }
      : { violations: [], seen: [cell('absent')] };
  }
  const value = parseText(schema, text);
  const { violations, seen } = inspect(schema, value, { owner: cell('value'), path: '' });
  const bounds = [...BOUNDS].filter(
    (keyword) => isCheckedBy(keyword, value) && measure(value) === schema.node[keyword],
  );
  const isListed = Array.isArray(schema.node['enum']) && schema.node['enum'].includes(value);
  return {
    violations: violations.map((cells) => [...cells, cell('rejected')]),
    seen: [
      ...seen,
      cell('present'),
      ...(isListed ? [cell(`at ${JSON.stringify(value)}`)] : []),
      ...bounds.map((keyword) => cell(`at ${keyword} ${String(schema.node[keyword])}`)),
    ],
  };
}

/** Converts text to a type of the schema. Text that cannot be converted stays text. */
export function parseText(schema: SchemaNode, text: string): unknown {
  const types = listTypes(schema);
  if (types.includes('boolean')) return { true: true, false: false }[text] ?? text;
  const isNumber = types.includes('integer') || types.includes('number');
  return isNumber && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function judgeSecurity(document: Json, { id, operation }: Operation, message: Message): Finding[] {
  const schemes = (document['components'] as Json)['securitySchemes'] as Record<string, Json>;
  const [demanded = {}] = (operation['security'] ?? document['security'] ?? []) as Json[];
  return Object.keys(demanded).map((name) => {
    const isBearer = schemes[name]?.['type'] === 'http';
    const header = isBearer ? 'authorization' : String(schemes[name]?.['name']);
    const text = message.headers[header.toLowerCase()] ?? '';
    return (isBearer ? /^Bearer \S/ : /\S/).test(text)
      ? { violations: [], seen: [`security ${id} ${name} accepted`] }
      : { violations: [[`security ${id} ${name} rejected`]], seen: [] };
  });
}

function judgeRequestBody(
  document: Json,
  inspect: Inspect,
  { id, operation, pointer }: Operation,
  { headers, body }: Message,
): Finding {
  const requestBody = operation['requestBody'] as Json | undefined;
  if (requestBody === undefined) return nothing;
  const cell = (what: string) => `request ${id} ${what}`;
  if (body === '') return { violations: [[cell('body absent')]], seen: [] };
  const type = headers['content-type']?.split(';')[0]?.trim() ?? '';
  const media = (requestBody['content'] as Record<string, Json>)[type];
  if (media === undefined) return { violations: [[cell('content-type rejected')]], seen: [] };
  const place = pointer + jsonPointer('requestBody', 'content', type);
  const schema = toSchemaNode(document, media, place);
  const { violations, seen } = inspect(schema, parseBody(schema, type, body), {
    owner: `request ${id}`,
    path: '',
  });
  const all = [...seen, cell('body present'), cell(`content-type ${type}`)];
  return {
    violations,
    seen: [
      ...all,
      ...findExamples(document, media, type, body).map((name) => cell(`example ${name}`)),
    ],
  };
}

function parseBody(schema: SchemaNode, type: string, body: string): unknown {
  if (type === FORM) return Object.fromEntries(new URLSearchParams(body));
  if (isBinary(schema)) return body;
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // conforms to no type
  }
}

/** The examples whose value is the body. */
function findExamples(document: Json, media: Json, type: string, body: string): string[] {
  const normalize = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const sent = normalize(parseAny(type, body));
  return Object.entries((media['examples'] ?? {}) as Json).flatMap(([name, node]) =>
    normalize(dereference(document, node)['value']) === sent ? [name] : [],
  );
}

function parseAny(type: string, body: string): unknown {
  if (type === FORM) return Object.fromEntries(new URLSearchParams(body));
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function judgeResponse(
  document: Json,
  inspect: Inspect,
  { id, operation, pointer }: Operation,
  status: number,
  { headers, body }: Message,
): Finding {
  const entry = (operation['responses'] as Json)[String(status)];
  const cell = (what: string) => `${id} ${status}${what}`;
  if (entry === undefined) return { violations: [[`status ${cell(' undeclared')}`]], seen: [] };
  const response = dereference(document, entry);
  const found: Finding[] = [{ violations: [], seen: [`operation ${id}`, `status ${cell('')}`] }];
  for (const [name, node] of Object.entries((response['headers'] ?? {}) as Json)) {
    const at = pointer + jsonPointer('responses', String(status), 'headers', name);
    const isRequired = dereference(document, node)['required'] === true;
    const schema = toSchemaNode(document, node, at);
    const text = headers[name.toLowerCase()];
    const header = (what: string) => `header ${cell(` ${name} ${what}`)}`;
    if (text !== undefined) {
      const value = parseText(schema, text);
      const inner = inspect(schema, value, { owner: header('value'), path: '' });
      found.push({ violations: inner.violations, seen: [...inner.seen, header('present')] });
    } else if (isRequired) found.push({ violations: [[header('absent')]], seen: [] });
    else found.push({ violations: [], seen: [header('absent')] });
  }
  const content = Object.entries((response['content'] ?? {}) as Record<string, Json>);
  if (content.length === 0) {
    found.push({ violations: [], seen: [`example ${cell(' (no body)')}`] });
    return merge(found);
  }
  const sent = headers['content-type'] ?? '';
  const [type, media] = content.find(([name]) => isSameType(name, sent)) ?? [];
  if (type === undefined || media === undefined) {
    found.push({ violations: [[`response ${cell(' content-type rejected')}`]], seen: [] });
    return merge(found);
  }
  const at = pointer + jsonPointer('responses', String(status), 'content', type);
  const schema = toSchemaNode(document, media, at);
  const owner = `response ${nameOwner(id, status, media)}`;
  const inner = inspect(schema, parseBody(schema, type, body), { owner, path: '' });
  const examples = findExamples(document, media, type, body);
  found.push({
    violations: inner.violations,
    seen: [...inner.seen, ...examples.map((name) => `example ${cell(` ${name}`)}`)],
  });
  return merge(found);
}

const normalizeType = (type: string) => type.toLowerCase().replaceAll(' ', '');
const isSameType = (declared: string, sent: string): boolean =>
  normalizeType(sent).startsWith(normalizeType(declared));

/** The properties of errors are those of a shared schema; all others belong to their operation. */
export const nameOwner = (id: string, status: number, media: Json): string =>
  status < 400
    ? `${id} ${status}`
    : String((media['schema'] as Json)['$ref'] ?? id).replace(/^.*\//, 'schema ');
