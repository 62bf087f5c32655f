import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { listMissingPlaces } from '../../spec-tools/places.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SPEC = readFileSync(`${ROOT}generated/openapi.json`, 'utf8');
const BATCH = '/data/foundation/catalog/batches/{batchId}';

interface Document {
  paths: { [BATCH]: { get: { responses: object }; delete?: object } };
  components: { schemas: { BatchStatus: { enum: string[] } } };
}

/** What is missing after a change of the document. */
function missingAfter(change: (document: Document) => void): string[] {
  const document = JSON.parse(SPEC);
  change(document);
  return listMissingPlaces(document, ROOT);
}

test('every operation and status of the document has its places', () => {
  expect(missingAfter(() => undefined)).toEqual([]);
});

test('a new operation is one line that names every file to change', () => {
  const responses = { '200': { content: { 'application/json': { schema: { type: 'object' } } } } };
  const [line, ...more] = missingAfter(({ paths }) => {
    paths[BATCH].delete = { operationId: 'deleteBatch', responses };
  });

  expect(more).toEqual([]);
  expect(line).toBe(
    `Operation deleteBatch (DELETE ${BATCH}): add an example of its 200 response to spec/examples/ and list it, add its method in src/resources/batches.ts, add its handler in src/testing/handlers/catalog.ts, add a call in contract-tests/support/calls.ts, add a step that makes it in contract-tests/simulator.test.ts, state its facts in contract-tests/facts/operations.ts, add its method in contract-tests/fuzz/targets.ts, then run \`make accept-contract\`. See "A new operation" in CONTRIBUTING.md.`,
  );
});

test('a new status of a batch is one line that names its tables', () => {
  const missing = missingAfter(({ components }) => {
    components.schemas.BatchStatus.enum.push('paused');
  });
  expect(missing).toEqual([
    'Batch status paused: say in src/resources/statuses.ts whether it is an end, add its phase in src/testing/platform/transitions.ts.',
  ]);
});

test('a new error status of any operation is one line that names the table of error classes', () => {
  const missing = missingAfter(({ paths }) => {
    Object.assign(paths[BATCH].get.responses, { 402: { description: 'Payment required.' } });
  });
  expect(missing).toEqual([
    'HTTP status 402 of getBatch: add its class in src/http/error-response.ts.',
  ]);
});
