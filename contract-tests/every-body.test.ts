import { describe, expect, test } from '@jest/globals';
import { document } from '../spec-tools/bundled-document.js';
import {
  dereference,
  type Json,
  jsonPointer,
  listOperations,
  type Operation,
} from '../spec-tools/operations.js';
import { type ResponseCase, responseCases } from '../spec-tools/response-cases.js';
import { nameOwner } from './coverage/judge.js';
import { type SchemaNode, toSchemaNode } from './coverage/schema-node.js';
import { buildMinimalRequest, formatBody, sendRequest } from './support/minimal-request.js';
import { usePrismProxy } from './support/prism-proxy.js';
import { listValidValues, listWrongValues } from './support/sample-values.js';
import { createValidator } from './support/validate-published.js';

const proxy = usePrismProxy();
const operations = listOperations(document);

function findOperation(id: string): Operation {
  const found = operations.find((operation) => operation.id === id);
  if (found === undefined) throw new Error(`the document has no ${id}`);
  return found;
}

/** A documented response with a JSON body. */
interface Body {
  title: string;
  operation: Operation;
  status: number;
  mediaType: string;
  example: string;
  schema: SchemaNode;
}

/** Each success, and of the errors the first with each schema: the operations share them. */
function listBodies(): Body[] {
  const bodies = new Map<string, Body>();
  for (const { operation: id, status, mediaType = '', example = '' } of responseCases) {
    if (!/\bjson\b/.test(mediaType)) continue;
    const operation = findOperation(id);
    const response = dereference(document, (operation.operation['responses'] as Json)[status]);
    const media = (response['content'] as Record<string, Json>)[mediaType];
    if (media === undefined) continue;
    const owner = nameOwner(id, status, media);
    const title = status < 400 ? `${owner} ${mediaType}` : owner;
    const at = jsonPointer('responses', String(status), 'content', mediaType);
    const schema = toSchemaNode(document, media, operation.pointer + at);
    if (!bodies.has(title)) {
      bodies.set(title, { title, operation, status, mediaType, example, schema });
    }
  }
  return [...bodies.values()];
}

/** Sends a request for each value, which the proxy puts into the response, and returns what arrived. */
async function receiveEach(
  { operation, status, mediaType, example }: Body,
  values: readonly unknown[],
) {
  proxy.respondWith(...values.map((body) => ({ status, example, body })));
  const request = buildMinimalRequest(operation);
  request.headers['accept'] = mediaType;
  const received: unknown[] = [];
  for (const _ of values) received.push(await (await sendRequest(proxy.origin, request)).json());
  return received;
}

const bodies = listBodies();
describe('a response with every property, with only the required ones, and at each bound conforms to the document', () => {
  test.each(bodies.map((body) => [body.title, body] as const))('%s', async (_, body) => {
    const values = listValidValues(body.schema);
    const validate = createValidator(body.schema.node);

    expect(await receiveEach(body, values)).toEqual(values);
    expect(values.flatMap(validate)).toEqual([]);
  });
});

describe('the guard rejects a response with a single violation', () => {
  const visited = new Set<string>();
  const wrong = bodies
    .map((body) => [body.title, body, listWrongValues(body.schema, visited)] as const)
    .filter(([, , values]) => values.length > 0);
  test.each(wrong)('%s', async (_, body, values) => {
    proxy.expectViolation('response');
    const validate = createValidator(body.schema.node);

    expect(await receiveEach(body, values)).toEqual(values);
    expect(values.filter((value) => validate(value).length === 0)).toEqual([]);
  });
});

const withBody = operations.filter(({ operation }) => operation['requestBody'] !== undefined);
const listContent = ({ operation }: Operation) =>
  Object.entries((operation['requestBody'] as Json)['content'] as Record<string, Json>);

describe('a request with every property, with only the required ones, and at each bound is accepted', () => {
  test.each(withBody.map((operation) => [operation.id, operation] as const))(
    '%s',
    async (_, operation) => {
      const request = buildMinimalRequest(operation);
      for (const [type, media] of listContent(operation)) {
        const at = operation.pointer + jsonPointer('requestBody', 'content', type);
        for (const value of listValidValues(toSchemaNode(document, media, at))) {
          const { status } = await sendRequest(proxy.origin, {
            ...request,
            body: formatBody(type, value),
          });
          expect([value, status < 300]).toEqual([value, true]);
        }
      }
    },
  );
});

describe('every request example of the document is accepted', () => {
  const examples = withBody.flatMap((operation) =>
    listContent(operation).flatMap(([type, media]) =>
      Object.entries((media['examples'] ?? {}) as Json).map(
        ([name, node]) => [`${operation.id} ${name}`, operation, type, node] as const,
      ),
    ),
  );
  test.each(examples)('%s', async (_, operation, type, node) => {
    const body = formatBody(type, dereference(document, node)['value']);
    const request = buildMinimalRequest(operation);
    expect((await sendRequest(proxy.origin, { ...request, body })).status).toBeLessThan(300);
  });
});

describe('a batch is not created from', () => {
  const datasetId = 'a-dataset';
  test.each([
    ['a list', [{ datasetId }], '"body"'],
    [
      'a request with both spellings of the percentage',
      { datasetId, partialIngestionPercent: 5, partialIngestionPercentage: 5 },
      '"body"',
    ],
  ])('%s', async (_, body, named) => {
    proxy.expectPrismProblem(422);
    const request = buildMinimalRequest(findOperation('createBatch'));
    await sendRequest(proxy.origin, { ...request, body: JSON.stringify(body) });
    expect(proxy.only.prismProblem).toContain(named);
  });
});

describe('a request without its body or with another content type is rejected by Prism', () => {
  test.each(withBody.map((operation) => [operation.id, operation] as const))(
    '%s without a body',
    async (_, operation) => {
      const { body: __, ...request } = buildMinimalRequest(operation);
      const { status } = await sendRequest(proxy.origin, request);
      proxy.expectPrismProblem(status);
      expect(proxy.only.prismProblem).toContain('"request"');
    },
  );
  test.each(withBody.map((operation) => [operation.id, operation] as const))(
    '%s with another content type',
    async (_, operation) => {
      const request = buildMinimalRequest(operation);
      request.headers['content-type'] = 'text/csv';
      const { status } = await sendRequest(proxy.origin, request);
      proxy.expectPrismProblem(status);
      expect(proxy.only.prismProblem).toContain('Supported content types');
    },
  );
});

test('the guard rejects an unknown field of a form, which Prism accepts', async () => {
  const request = buildMinimalRequest(findOperation('getToken'));
  proxy.expectViolation('request');
  await sendRequest(proxy.origin, { ...request, body: `${request.body}&noSuchField=x` });
  expect(proxy.only.violation?.parts).toContain('additionalProperties rejected');
});

/** Each documented response with headers, and each of its headers. */
const withHeaders = responseCases.flatMap((one) =>
  Object.keys(one.headers).map((name) => {
    const { operation } = findOperation(one.operation);
    const response = dereference(document, (operation['responses'] as Json)[one.status]);
    const header = dereference(document, (response['headers'] as Json)[name]);
    const title = `${one.operation} ${one.status} ${one.example ?? ''} ${name}`;
    return [title, { ...one, name, isRequired: header['required'] === true }] as const;
  }),
);

function receiveWith(one: ResponseCase & { name: string }, text: string | undefined) {
  const { operation, status, example } = one;
  const body = example === undefined ? {} : { example };
  proxy.respondWith({ status, ...body, headers: { [one.name]: text } });
  return sendRequest(proxy.origin, buildMinimalRequest(findOperation(operation)));
}

describe('a response may lack a header exactly if the document says so', () => {
  test.each(withHeaders)('%s', async (_, one) => {
    if (one.isRequired) proxy.expectViolation('response');
    const { headers, status } = await receiveWith(one, undefined);
    expect([status, headers.get(one.name)]).toEqual([one.status, null]);
  });
});

test('the guard rejects a range in another form', async () => {
  const [, one] = withHeaders.find(([title]) => title.endsWith(' Content-Range')) ?? [];
  if (one === undefined) throw new Error('no response has a Content-Range');
  proxy.expectViolation('response');
  await receiveWith(one, 'rows 1 to 5');
  expect(proxy.only.violation?.parts).toContain('pattern rejected');
});

test('an empty file has the length 0', async () => {
  const [, one] = withHeaders.find(([title]) => title.startsWith('headFile 200 ')) ?? [];
  if (one === undefined) throw new Error('headFile has no header');
  const { headers } = await receiveWith({ ...one, name: 'Content-Length' }, '0');
  expect(headers.get('content-length')).toBe('0');
});
