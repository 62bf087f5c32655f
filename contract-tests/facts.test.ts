import { describe, expect, test } from '@jest/globals';
import { document } from '../spec-tools/bundled-document.js';
import { sendToPrism } from '../spec-tools/mock.js';
import type { Json } from '../spec-tools/operations.js';
import { judgeMarks } from './facts/judge-marks.js';
import {
  judgeOperationNames,
  judgeParameters,
  judgePlace,
  judgeRequestBody,
  judgeResponses,
} from './facts/judge-operations.js';
import { judgeOperation, type Send } from './facts/judge-requests.js';
import { judgeSchema, SCHEMAS } from './facts/judge-schemas.js';
import { Messages } from './facts/messages.js';
import { OPERATIONS } from './facts/operations.js';

// Facts that are written by hand from the sources: a change of the document does not change them.
const messages = new Messages(document);
const operations = Object.keys(OPERATIONS);

test('the facts are about all operations and all schemas of the document', () => {
  const { schemas } = document['components'] as Record<string, Json>;
  expect(judgeOperationNames(document)).toEqual([]);
  expect(Object.keys(SCHEMAS).sort()).toEqual(Object.keys(schemas ?? {}).sort());
});

describe('a schema accepts every value that the platform sends or takes, and refuses wrong ones', () => {
  test.each(Object.keys(SCHEMAS))('%s', (name) => {
    expect(judgeSchema(messages, name)).toEqual([]);
  });
});

test('enums list the published values, marks stand where they belong, and nothing has a default', () => {
  expect(judgeMarks(document)).toEqual([]);
});

describe('an operation is described as in the sources', () => {
  test.each(operations)('%s has its method, path, origin and credentials', (id) => {
    expect(judgePlace(document, id)).toEqual([]);
  });

  test.each(operations)('%s has its parameters, which accept and refuse the right texts', (id) => {
    expect(judgeParameters(messages, id)).toEqual([]);
  });

  test.each(operations)('%s has its request body', (id) => {
    expect(judgeRequestBody(messages, id)).toEqual([]);
  });

  test.each(operations)('%s has its responses with their bodies, headers and examples', (id) => {
    expect(judgeResponses(messages, id)).toEqual([]);
  });
});

/** Sends a request to the Prism of this run. */
const send: Send = async (call, { headers, query = {}, body }) => {
  const [method, path = ''] = call.split(' ');
  const search = new URLSearchParams(query).toString();
  const text = typeof body === 'string' || body === undefined ? (body ?? '') : JSON.stringify(body);
  const response = await sendToPrism(process.env['PRISM_ORIGIN'] ?? '', {
    method,
    target: `${path}${search === '' ? '' : `?${search}`}`,
    headers,
    body: Buffer.from(text),
  });
  return {
    status: response.status,
    violations: response.violations === undefined ? [] : [response.violations],
  };
};

describe('an operation takes its smallest request, and none without a credential or a required part', () => {
  test.each(operations)('%s', async (id) => {
    expect(await judgeOperation(send, id)).toEqual([]);
  });
});
