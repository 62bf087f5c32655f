/** What the entry of a batch says about how it ended. */
import { describe, expect, test } from '@jest/globals';
import { clientFor, testClock } from './support/client.js';
import { useServer } from './support/server.js';

const server = useServer();
const waitFor = (entry: object) => {
  server.play({ b1: entry });
  return clientFor(server.origin, { clock: testClock() }).batches.wait('b1');
};

describe('a batch that was loaded ends with rejected rows', () => {
  test.each([
    ['its own count says so', { failedRecordCount: 2 }],
    ['only its metrics count them', { metrics: { failedRecordCount: 2 } }],
    ['its metrics count them in digits', { metrics: { failedRecordCount: '2' } }],
    ['it has no count, and only a code says so', { errors: [{ code: 'INGEST-1211-400' }] }],
    ['another code says so', { errors: [{ code: '1212', description: '5 errors' }] }],
  ])('where %s', async (_, entry) => {
    const waited = await waitFor({ status: 'success', ...entry });
    expect(waited.outcome).toBe('success-with-rejects');
  });
});

test.each([
  ['counts none', { failedRecordCount: 0, metrics: { failedRecordCount: 0 } }],
  ['does not know how many', { metrics: { failedRecordCount: -1 } }],
  ['has an error of another kind', { errors: [{ code: '999', description: 'x' }] }],
])('a batch that was loaded ends without rejected rows where it %s', async (_, entry) => {
  expect((await waitFor({ status: 'success', ...entry })).outcome).toBe('success');
});

describe('the batch that took over the rows of another', () => {
  test.each([[['b2']], ['b2'], [['b2', 'b3']]])('is named by the tag %j', async (tag) => {
    const waited = await waitFor({ status: 'inactive', tags: { acp_successor: tag } });
    expect(waited).toMatchObject({ outcome: 'inactive', successor: 'b2' });
  });

  test.each([{}, { acp_successor: [] }, { acp_successor: [''] }, { acp_successor: null }])(
    'is not named by the tags %j',
    async (tags) => {
      expect(await waitFor({ status: 'inactive', tags })).not.toHaveProperty('successor');
    },
  );
});
