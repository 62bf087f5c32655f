/** Values of the Catalog that stand for another one, or for none. */
import { expect, test } from '@jest/globals';
import { type Batch, InvalidResponseError } from '../src/index.js';
import { clientFor, thrownBy } from './support/client.js';
import { respondWith, useServer } from './support/server.js';

const server = useServer();

test.each<[what: string, keyof Batch, given: object, read: object]>([
  [
    'a listed count of metrics is left out where it is negative, except -1, which stands for "not known"',
    'metrics',
    { inputRecordCount: -1, outputRecordCount: -2, failedRecordCount: '-1' },
    { inputRecordCount: -1 },
  ],
  [
    'a date in seconds is left out where no Date can hold it',
    'availableDates',
    { startDate: 8.64e12, endDate: 8.64e12 + 1 },
    { startDate: 8.64e12 },
  ],
  [
    'a word for true or false is the boolean',
    'inputFormat',
    { header: 'false', isMultiLineJson: 'true' },
    { header: false, isMultiLineJson: true },
  ],
])('%s', async (_, field, given, read) => {
  server.play({ b1: { status: 'success', [field]: given } });
  const batch = await clientFor(server.origin).batches.get('b1');
  expect(batch[field]).toEqual(read);
});

test.each(['__proto__', 'constructor', 'toString'])(
  'a batch with the id %s is found only where the response has it, and no object but its entry becomes the batch',
  async (id) => {
    const { batches } = clientFor(server.origin);
    server.play({}, respondWith(200, `{"${id}":{"status":"success"}}`));
    expect(await thrownBy(batches.get(id))).toBeInstanceOf(InvalidResponseError);
    expect({}).not.toHaveProperty('status');
    expect(await batches.get(id)).toMatchObject({ id, status: 'success' });
  },
);
