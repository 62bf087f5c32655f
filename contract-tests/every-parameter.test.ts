import { describe, expect, test } from '@jest/globals';
import { document } from '../spec-tools/bundled-document.js';
import { listOperations, type Operation } from '../spec-tools/operations.js';
import { parseText } from './coverage/judge.js';
import { listParameters, type Parameter } from './coverage/schema-node.js';
import { buildMinimalRequest, listCredentials, sendRequest } from './support/minimal-request.js';
import { usePrismProxy } from './support/prism-proxy.js';
import { isValid, listValidValues } from './support/sample-values.js';
import { findRejectionStatus } from './support/wrong-requests.js';

const proxy = usePrismProxy();
const operations = listOperations(document);
const parameters = operations.flatMap((operation) =>
  listParameters(document, operation.operation, operation.pointer).map(
    (parameter) => [`${operation.id} ${parameter.name}`, operation, parameter] as const,
  ),
);

/** Sends the smallest request with one parameter set. */
function sendWith(operation: Operation, { in: where, name }: Parameter, text: string) {
  const request = buildMinimalRequest(operation);
  request.params[where][name] = text;
  return sendRequest(proxy.origin, request);
}

describe('a parameter is accepted at its bounds and with each value that the document lists', () => {
  test.each(parameters)('%s', async (_, operation, parameter) => {
    for (const value of listValidValues(parameter.schema)) {
      const { status } = await sendWith(operation, parameter, String(value));
      expect([value, status < 300]).toEqual([value, true]);
    }
  });
});

describe('an operation accepts a request with only its required parameters', () => {
  test.each(operations.map((operation) => [operation.id, operation] as const))(
    '%s',
    async (_, operation) => {
      const { status } = await sendRequest(proxy.origin, buildMinimalRequest(operation));
      expect(status).toBeLessThan(300);
    },
  );
});

describe('the guard rejects an empty parameter, which Prism takes for a missing one', () => {
  const withLength = parameters.filter(
    ([, , { in: where, schema }]) => where !== 'path' && !isValid(schema, parseText(schema, '')),
  );
  test.each(withLength.filter(([, , { isRequired }]) => !isRequired))(
    '%s',
    async (_, operation, parameter) => {
      proxy.expectViolation('request');
      await sendWith(operation, parameter, '');
      expect(proxy.only.violation?.parts).toContain(parameter.name);
    },
  );
  test.each(withLength.filter(([, , { isRequired }]) => isRequired))(
    '%s, which Prism rejects because it is required',
    async (_, operation, parameter) => {
      proxy.expectPrismProblem(findRejectionStatus(operation.id));
      await sendWith(operation, parameter, '');
      expect(proxy.only.prismProblem).toContain('required');
    },
  );
});

describe('a value that only a pattern or a list of a path rejects is rejected by Prism', () => {
  test.each([
    ['getSchema', 'container', 'no-such-container'],
    ['getBatchMeta', 'start', '-1x'],
    ['getFailedFiles', 'start', '-1x'],
    ['listBatchFiles', 'start', '-1x'],
    ['getFile', 'start', '-1x'],
  ])('%s: %s %s', async (id, name, text) => {
    const [, operation, parameter] = parameters.find(([title]) => title === `${id} ${name}`) ?? [];
    if (operation === undefined || parameter === undefined) throw new Error(`no ${name} of ${id}`);
    proxy.expectPrismProblem(findRejectionStatus(id));
    await sendWith(operation, parameter, text);
    expect(proxy.only.prismProblem).toContain(`"${name}"`);
  });
});

describe('a request without one of its credentials is rejected by Prism', () => {
  const credentials = operations.flatMap((operation) =>
    listCredentials(operation).map(
      ([scheme, header]) => [`${operation.id} without ${scheme}`, operation, header] as const,
    ),
  );
  test.each(credentials)('%s', async (_, operation, header) => {
    proxy.expectPrismProblem(401);
    const request = buildMinimalRequest(operation);
    delete request.headers[header];
    const { status } = await sendRequest(proxy.origin, request);
    expect(status).toBe(401);
  });
});
