import { expect, jest, test } from '@jest/globals';
import type { IngestWarning } from '../../src/index.js';
import { LOYALTY_DATASET_ID, loyaltyMembers } from '../../src/testing/index.js';
import { thrownBy } from '../support/client.js';
import { stage } from '../support/simulator.js';

jest.setTimeout(20_000); // a machine that may be busy

const row = (loyaltyPoints: unknown) => ({ _id: 'd', _acme: { loyalty: { loyaltyPoints } } });
const records = [1, 2, 'many'].map((points, at) => ({ ...row(points), _id: `${at}` }));
const open = async () => {
  const warnings: IngestWarning[] = [];
  const { client, simulator } = await stage({ ...loyaltyMembers });
  const onWarning = (warning: IngestWarning) => warnings.push(warning);
  const options = { datasetId: LOYALTY_DATASET_ID, wait: false, onWarning };
  const reads = () => simulator.log.filter(({ operation }) => operation === 'getSchema').length;
  return { client, options, warnings, reads };
};

test('an ingest reads no schema unless it is to check rows', async () => {
  const { client, options, warnings, reads } = await open();
  await client.ingest({ records }, options);

  expect([warnings, reads()]).toEqual([[], 0]);
});

test('a sample of records warns', async () => {
  const { client, options, warnings, reads } = await open();
  const { outcome } = await client.ingest({ records }, { ...options, checkRows: 'sample' });

  expect([outcome, reads()]).toEqual(['accepted', 1]);
  expect(warnings).toMatchObject([
    { level: 'warning', rule: 'type', line: 3, path: '/_acme/loyalty/loyaltyPoints' },
  ]);
});

test('all records are checked while they are sent, and the share of bad ones at the end', async () => {
  const { client, options } = await open();
  const all = { ...options, checkRows: 'all' as const };
  const first = await thrownBy(client.ingest({ records }, all));
  const partial = { ...all, partialIngestionPercent: 30 };
  const share = await thrownBy(client.ingest({ records }, partial));
  const few = await client.ingest({ records: [...records, row(4)] }, partial);

  expect(String(first)).toContain('/_acme/loyalty/loyaltyPoints');
  expect(String(share)).toContain('1 of 3 rows (33.4 %) would be rejected');
  expect(few.outcome).toBe('accepted');
});
