import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { document } from '../../spec-tools/bundled-document.js';
import { createBatchClient } from '../../src/index.js';
import {
  type Fault,
  type PlatformQuirks,
  type Simulator,
  startSimulator,
} from '../../src/testing/index.js';
import { loyaltyMembers } from '../../src/testing/loyalty-members.js';
import { NOT_ASKABLE, QUESTIONS } from './questions.js';
import { proposeRows } from './report.js';
import { type LiveOptions, type LiveReport, runLive } from './run-live.js';
import { SEEDS } from './seeds.js';

const DATASET = 'no-schema';
/** The platform's own defaults, which a test changes. */
const DEFAULTS: Partial<PlatformQuirks> = {};
let simulator: Simulator;
beforeAll(async () => {
  const datasets = { ...loyaltyMembers.datasets, [DATASET]: {} };
  simulator = await startSimulator({ ...loyaltyMembers, datasets });
  Object.assign(DEFAULTS, simulator.quirks);
  await using client = createBatchClient(simulator.clientOptions);
  const records = [{ id: '1' }];
  const options = { datasetId: DATASET, errorDiagnostics: true, partialIngestionPercent: 50 };
  const { batchId } = await client.ingest({ records }, { ...options, pollIntervalMs: 1 });
  expect(simulator.status(batchId)).toBe('success');
});
afterAll(() => simulator.stop());

const live = (options: Partial<LiveOptions> = {}): Promise<LiveReport> =>
  runLive({
    client: simulator.clientOptions,
    document,
    fetch,
    pauseMs: 1,
    signal: new AbortController().signal,
    ...options,
  });

/** The batches that are not finished. */
async function listOpenBatches(): Promise<string[]> {
  await using client = createBatchClient(simulator.clientOptions);
  const open: string[] = [];
  for await (const { id, status } of client.batches.list()) {
    if (status !== 'aborted' && status !== 'success') open.push(id);
  }
  return open;
}

test('with the equal document no difference is found, every operation is called with success, and the defaults of all quirks are found', async () => {
  const report = await live();
  expect(report).toMatchObject({ differences: [], failures: [], left: [], isStopped: false });
  const failed = report.responses.filter(
    ({ statuses }) => !Object.keys(statuses).some((status) => status.startsWith('2')),
  );
  expect(failed).toEqual([]);
  expect(listValues(report)).toMatchObject(toValues(DEFAULTS));
  expect(await listOpenBatches()).toEqual([]);
});

test('with a different document exactly the seeded differences are found, each with a row for docs/known-drift.md', async () => {
  const other = structuredClone(document);
  for (const { change } of SEEDS) change(other);
  const report = await live({ document: other });
  const found = report.differences.map((one) => `${one.operation} ${one.status} ${one.path}`);
  expect(found.sort()).toEqual(SEEDS.flatMap(({ found: all }) => all).sort());
  expect(report.failures).toEqual([]);

  const rows = proposeRows(report);
  expect(rows.every((row) => /^\|(?: (?:\\\||[^|])+ \|){4}$/.test(row))).toBe(true);
  const settled = report.findings.filter(
    ({ question, value }) => 'row' in QUESTIONS[question] && value !== undefined,
  );
  expect(rows).toHaveLength(report.differences.length + settled.length);
});

test('responses that a platform changes are found, with their number, and no other', async () => {
  const changed: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const { pathname } = new URL(String(input));
    if (init?.method !== 'GET' || !pathname.startsWith('/data/foundation/catalog/batches'))
      return response;
    const text = (await response.text()).replaceAll(/"created":\d+/g, '"created":"today"');
    return new Response(text, { status: response.status, headers: response.headers });
  };
  const { differences } = await live({ fetch: changed });
  expect(differences).toMatchObject([
    { operation: 'listBatches', status: 200, path: 'body/*/created', received: '"today"' },
    { operation: 'getBatch', status: 200, path: 'body/*/created' },
  ]);
  expect(differences[0]?.count).toBeGreaterThan(1);
});

/** What was found, by question. */
const listValues = ({ findings }: LiveReport) =>
  Object.fromEntries(findings.map(({ question, value }) => [question, value]));

/** What is found in a sandbox with these quirks, for the questions about them. */
const toValues = (quirks: Partial<PlatformQuirks>) =>
  Object.fromEntries(
    Object.entries(QUESTIONS).flatMap(([question, topic]) =>
      'quirk' in topic ? [[question, quirks[topic.quirk]]] : [],
    ),
  );

const OTHERS: Partial<PlatformQuirks> = {
  totalRequired: true,
  identicalRangeOverlaps: true,
  headFormat: 'space',
  finishedFileStatus: 200,
  completeFileStatus: 200,
  reinitialize: 'refused',
  duplicateStatus: 400,
  catalogLagReads: 3,
  registryErrorForm: 'older',
  schemaVersionStatus: 406,
  tokenLifetimeUnit: 'milliseconds',
};
test.each<[string, Partial<PlatformQuirks>]>([
  ['the other value of each quirk', OTHERS],
  ['ranges in a list', { headFormat: 'list' }],
  ['no ranges, and two batches with one externalId', { headFormat: 'none', duplicateStatus: 201 }],
])('a sandbox with %s is found to have them', async (_, quirks) => {
  Object.assign(simulator.quirks, quirks);
  try {
    const report = await live();
    expect(report.failures).toEqual([]);
    expect(listValues(report)).toMatchObject(toValues({ ...DEFAULTS, ...quirks }));
  } finally {
    Object.assign(simulator.quirks, DEFAULTS);
  }
});

test('a status that the document does not have, for an externalId that is in use, is a finding and a difference', async () => {
  simulator.quirks.duplicateStatus = 409;
  try {
    const { findings, differences } = await live();
    expect(findings).toContainEqual({
      question: 'sameExternalId',
      finding: 'status 409',
      value: 409,
    });
    expect(differences).toMatchObject([{ operation: 'createBatch', status: 409, path: 'status' }]);
  } finally {
    Object.assign(simulator.quirks, DEFAULTS);
  }
});

test('every quirk of the simulator and every open row of docs/known-drift.md is asked or listed as not askable', () => {
  const topics = [...Object.values(QUESTIONS), ...NOT_ASKABLE];
  const quirks = new Set(topics.flatMap((topic) => ('quirk' in topic ? [topic.quirk] : [])));
  expect([...quirks].sort()).toEqual(Object.keys(simulator.quirks).sort());
  const page = readFileSync(new URL('../../docs/known-drift.md', import.meta.url), 'utf8');
  const open = page.slice(page.indexOf('\n## Open\n')).split('\n');
  const rows = open
    .filter((line) => /^\| (?!what|---)/.test(line))
    .map((line) => line.split(' | ')[0]);
  const named = topics.flatMap((topic) => ('row' in topic ? [`| ${topic.row}`] : []));
  expect([...new Set(named)].sort()).toEqual(rows.sort());
});

describe('nothing is left behind', () => {
  const faults: [string, Fault['when'], Fault['then']][] = [
    ['a part is rejected', { operation: 'uploadFilePart' }, { status: 500 }],
    ['COMPLETE of a file is reset', { operation: 'fileAction' }, 'reset'],
    ['the Catalog is not readable', { operation: 'getBatch' }, { status: 403 }],
    [
      'the response to a create is lost',
      { operation: 'createBatch', nth: 1 },
      'reset-after-applying',
    ],
    [
      'a gateway sends 504 for a create that took effect',
      { operation: 'createBatch' },
      { status: 504, afterApplying: true },
    ],
    ['the first ABORT fails', { operation: 'batchAction', nth: 1 }, { status: 400 }],
  ];
  test.each(faults)('where %s', async (_, when, action) => {
    simulator.faults.set({ when, then: action });
    try {
      const report = await live({ client: { ...simulator.clientOptions, maxRetries: 0 } });
      expect(report.left).toEqual([]);
      expect(report.failures).not.toEqual([]);
    } finally {
      simulator.faults.set();
    }
    expect(await listOpenBatches()).toEqual([]);
  });

  test('after a signal, whichever call it stops', async () => {
    const all = await countRequests();
    expect(all).toBeGreaterThan(40);
    // A few calls each time; which ones is drawn, so that many runs stop at each of them.
    const step = 15;
    for (let last = 1 + Math.floor(Math.random() * step); last < all; last += step) {
      const controller = new AbortController();
      let count = 0;
      const stopping: typeof fetch = async (input, init) => {
        count++;
        // After the request was sent: its response is lost to the run.
        const response = fetch(input, init);
        if (count === last) setImmediate(() => controller.abort(new Error('stopped')));
        return response;
      };
      const report = await live({ fetch: stopping, signal: controller.signal });
      expect([last, report.left, report.isStopped]).toEqual([last, [], true]);
    }
    expect(await listOpenBatches()).toEqual([]);
  });

  test('or it is named, where every ABORT fails', async () => {
    simulator.faults.set({ when: { operation: 'batchAction' }, then: { status: 403 } });
    const report = await live({ client: { ...simulator.clientOptions, maxRetries: 0 } });
    simulator.faults.set();
    const open = await listOpenBatches();
    expect(open).toHaveLength(1);
    expect(report.left).toEqual(open.map((id) => `batch ${id}`));
    await using client = createBatchClient(simulator.clientOptions);
    for (const id of open) await client.batches.abort(id);
  });
});

async function countRequests(): Promise<number> {
  let count = 0;
  const counting: typeof fetch = (input, init) => {
    count++;
    return fetch(input, init);
  };
  await live({ fetch: counting });
  return count;
}
