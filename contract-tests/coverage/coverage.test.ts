import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { document, example } from '../../spec-tools/bundled-document.js';
import { createClient } from '../support/client.js';
import { PrismProxy } from '../support/prism-proxy.js';
import { compareWithAccepted, formatAccepted, NO_REASON, parseAccepted } from './accepted.js';
import { measureCoverage } from './cover.js';
import { formatJUnit } from './junit.js';
import { listTests } from './scorecard.js';
import { type RecordedExchange, readTraffic, TrafficRecorder } from './traffic.js';

let folder: string;
let traffic: RecordedExchange[];
const BATCHES = '/data/foundation/import/batches';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-coverage-'));
  const proxy = new PrismProxy(process.env['PRISM_ORIGIN'] ?? '', new TrafficRecorder(folder));
  await proxy.open();
  const client = createClient(proxy.origin);
  await client.batches.create(example('create-batch-every-field'));
  proxy.check('creates');
  await client.batches.abort('a-batch');
  proxy.check('aborts');
  proxy.expectPrismProblem(422);
  await client.raw.POST(BATCHES, { body: { datasetId: 7 } as never });
  proxy.check('has a wrong type');
  proxy.expectPrismProblem(422);
  await client.raw.POST(BATCHES, { body: { datasetId: 7, tags: 7 } as never });
  proxy.check('has two mistakes');
  proxy.close();
  await client.close();
  traffic = readTraffic(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The names of the covered cells. */
const listCovered = (exchanges: readonly RecordedExchange[]) =>
  measureCoverage(document, exchanges)
    .cells.filter(({ tests }) => tests.size > 0)
    .map(({ name }) => name);
const without = (test: string) => traffic.filter((exchange) => exchange.test !== test);

describe('the proxy records', () => {
  test('method, URL, headers and body of each request and its response, in the form that redocly reads', () => {
    expect(traffic.find(({ test: name }) => name === 'creates')).toMatchObject({
      request: {
        method: 'POST',
        url: `${process.env['PRISM_ORIGIN']}${BATCHES}`,
        headers: { 'content-type': 'application/json', 'x-sandbox-name': 'prod' },
        body: JSON.stringify(example('create-batch-every-field')),
      },
      response: { status: 201, headers: { 'content-type': 'application/json' } },
      verdict: 'accepted',
    });
  });

  test('no exchange whose test failed', async () => {
    const failing = join(folder, 'failing');
    const proxy = new PrismProxy(process.env['PRISM_ORIGIN'] ?? '', new TrafficRecorder(failing));
    await proxy.open();
    await createClient(proxy.origin).raw.POST(BATCHES, { body: { datasetId: 7 } as never });
    expect(() => proxy.check('fails')).toThrow('Prism reported a problem');
    proxy.close();

    expect(readTraffic(failing)).toEqual([]);
  });

  test('at most 64 KiB of a body, and an exchange with a cut body covers nothing', () => {
    const recorder = new TrafficRecorder(join(folder, 'long'));
    const [first] = traffic;
    if (first === undefined) throw new Error('nothing was recorded');
    recorder.add({ ...first, request: { ...first.request, body: 'x'.repeat(70_000) } });
    recorder.write();
    const [cut] = readTraffic(join(folder, 'long'));

    expect(cut?.request.body).toHaveLength(65_536);
    expect(listCovered(cut === undefined ? [] : [cut])).toEqual([]);
  });
});

describe('a cell is covered', () => {
  test('by an accepted message that shows it', () => {
    expect(listCovered(traffic)).toEqual(
      expect.arrayContaining([
        'status createBatch 201',
        'request createBatch .inputFormat.delimiter present',
        'parameter batchAction query action at "ABORT"',
        'security createBatch apiKey accepted',
        'keyword schemas/CreateBatchRequest/properties/datasetId/type string',
      ]),
    );
  });

  test('by a rejected message that violates it and nothing else', () => {
    const rejected = listCovered(traffic).filter((name) => name.endsWith(' rejected'));
    expect(rejected).toEqual([
      'keyword schemas/CreateBatchRequest/properties/datasetId/type rejected',
    ]);
  });

  test('by no message about which the guard and the document differ, which is reported', () => {
    const wrong = traffic.map((one): RecordedExchange => ({ ...one, verdict: 'accepted' }));
    expect(measureCoverage(document, wrong).differences).toEqual([
      expect.stringMatching(
        /^accepted, but invalid: POST .* 422 by Prism: keyword .*datasetId\/type rejected$/,
      ),
      expect.stringMatching(
        /^accepted, but invalid: .*datasetId\/type rejected; .*tags\/type rejected$/i,
      ),
    ]);
  });
});

describe('coverage must be what was accepted', () => {
  const compare = (exchanges: readonly RecordedExchange[], accepted: string) =>
    compareWithAccepted(measureCoverage(document, exchanges).cells, accepted);
  const accept = (exchanges: readonly RecordedExchange[], previous = '') =>
    formatAccepted(measureCoverage(document, exchanges).cells, previous);

  test('so a removed call fails, and what it alone covered is named', () => {
    const accepted = accept(traffic);
    expect(compare(traffic, accepted)).toEqual({ lost: [], gained: [] });

    const { lost } = compare(without('aborts'), accepted);
    expect(lost).toContain('parameter batchAction query action at "ABORT"');
    expect(lost).not.toContain('operation createBatch');
  });

  test('and a call that covers more must be accepted, so that it is not lost unseen', () => {
    const { lost, gained } = compare(traffic, accept(without('aborts')));
    expect(lost).toEqual([]);
    expect(gained).toContain('operation batchAction');
  });

  test('and accepting keeps reasons, gives new cells none, and drops covered ones', () => {
    const cell = 'operation batchAction';
    const previous = `# Because.\n${cell}\noperation getToken\n`;
    expect(parseAccepted(accept(traffic, previous)).get('operation getToken')).toBe('Because.');
    expect(parseAccepted(accept(traffic, previous)).has(cell)).toBe(false);
    expect(parseAccepted(accept(traffic, previous)).get('operation getBatch')).toBe(NO_REASON);
  });

  test('and the report names for each test what only it covers, or the tests that cover the same', () => {
    const again = traffic.map((one) => ({ ...one, test: `${one.test} again` }));
    const reports = listTests(measureCoverage(document, [...traffic, ...again.slice(0, 1)]).cells);
    const [repeated = ''] = again.map(({ test: name }) => name);

    expect(reports.find(({ test: name }) => name === 'creates')?.only).toContain(
      'operation createBatch',
    );
    expect(reports.find(({ test: name }) => name === repeated)).toMatchObject({
      only: [],
      coveredBy: [repeated.replace(' again', '')],
    });
  });

  test('and JUnit counts a cell as failed only if it was not accepted', () => {
    const { cells } = measureCoverage(document, traffic);
    expect(formatJUnit(cells, accept(traffic))).not.toContain('<failure');
    expect(formatJUnit(cells, '')).toContain('name="operation getToken"><failure');
  });
});
