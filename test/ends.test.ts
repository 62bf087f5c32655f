import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { formatOutcome } from '../src/cli/batch-text.js';
import type { BatchStatus, IngestOutcome, WaitWarning } from '../src/index.js';
import { expectJson, useDesk } from './support/command.js';
import { respondWith, useServer } from './support/server.js';
import { bytes, stage } from './support/simulator.js';

const desk = useDesk();
const server = useServer();
const FAST = ['--poll-interval-ms', '1'];
const suggest = (...args: string[]) => `aep-batch ${args.join(' ')}`;

/** A batch of one row in the dataset `d`, loaded unless `states` say otherwise. */
async function load(states: readonly BatchStatus[] = ['success']): Promise<string> {
  desk.simulator.outcomes['d'] = { states };
  await desk.file('rows.jsonl', '{"a":1}\n');
  const args = ['ingest', 'rows.jsonl', '--dataset', 'd', '--no-wait', '--json'];
  return String((await desk.run(args)).json()['batchId']);
}
const create = async (...args: string[]) =>
  String((await desk.run(['create', '--dataset', 'd', '--json', ...args])).json()['batchId']);

describe('each end of a batch has its own outcome, exit code and words', () => {
  test.each<[status: BatchStatus, code: number, words: RegExp, not: RegExp]>([
    ['inactive', 1, /taken back, expired or taken over.*Do not load/s, /failed|No row/i],
    ['deleted', 4, /was deleted: none of its rows/, /failed|No row/i],
    ['aborted', 4, /aborted before it was loaded: no row was loaded/, /failed/],
    ['abandoned', 4, /not completed in time.*no row was loaded/, /failed/],
    ['failed', 4, /No row was loaded/, /aborted|abandoned|taken back/],
  ])('%s: exit code %i', async (status, code, words, not) => {
    const id = await load();
    desk.simulator.setStatus(id, status);
    const text = await desk.run(['wait', id, ...FAST]);
    const json = await desk.run(['wait', id, ...FAST, '--json']);

    expect([text.code, json.code]).toEqual([code, code]);
    expect(text.stdout).toMatch(words);
    expect(text.stdout).not.toMatch(not);
    expect(expectJson(json, 'wait')).toMatchObject({ status, outcome: status });
  });

  test('an ingest ends in the same way when its batch is taken back while it waits', async () => {
    desk.simulator.outcomes['d'] = { states: ['staging', 'inactive'] };
    await desk.file('rows.jsonl', '{"a":1}\n');
    const args = ['ingest', 'rows.jsonl', '--dataset', 'd', '--json', '--journal', 'j', ...FAST];
    const ended = await desk.run(args);
    const resumed = await desk.run(['resume', 'j', '--json', ...FAST]);

    expect([ended.code, resumed.code]).toEqual([1, 1]);
    expect(expectJson(ended, 'ingest')).toMatchObject({ outcome: 'inactive' });
    expect(expectJson(resumed, 'resume')).toMatchObject({ outcome: 'inactive' });
  });

  test('the batch that took over the rows is named, and is what to look at next', () => {
    const end = {
      batchId: 'b1',
      status: 'inactive',
      outcome: 'inactive',
      successor: 'b2',
    } as const;
    const text = formatOutcome({ ...end, records: { input: 1, output: 1, failed: 0 } }, suggest);
    expect(text).toContain('Batch b2 has taken over its rows.');
    expect(text).toContain('aep-batch status b2');
    expect(text).toContain('1 row: 1 loaded, 0 rejected');
  });

  test('a duplicate of a batch that was loaded needs nothing to be done', () => {
    const errors = [{ code: '140', description: 'detected as a duplicate' }];
    const end = { batchId: 'b1', status: 'failed', outcome: 'failed' } as const;
    const text = formatOutcome({ ...end, errors }, suggest);
    expect(text).toContain('There is nothing to do: the data is there.');
    expect(text).not.toContain('aep-batch errors');
  });

  test('no outcome has the words of another one', () => {
    const outcomes: IngestOutcome[] = [
      'failed',
      'stalled',
      'aborted',
      'abandoned',
      'inactive',
      'deleted',
      'accepted',
      'success-with-rejects',
      'timed-out',
    ];
    const texts = outcomes.map((outcome) =>
      formatOutcome({ batchId: 'b', status: 'x', outcome }, suggest).replace(outcome, ''),
    );
    expect(new Set(texts).size).toBe(outcomes.length);
  });
});

describe('a wait for a batch that nobody completed', () => {
  test('warns at the second poll, names the command, and waits on', async () => {
    const id = await create('--format', 'json');
    const polls = () => desk.simulator.log.filter(({ operation }) => operation === 'getBatch');
    const waiting = desk.run(['wait', id, '--json', ...FAST]);
    while (polls().length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
    desk.simulator.setStatus(id, 'abandoned');
    const ended = await waiting;

    expect(ended.code).toBe(4);
    expect(ended.stderr.match(/warning: .*is still loading/g)).toHaveLength(1);
    expect(ended.stderr).toContain(`aep-batch complete ${id}`);
    expect(expectJson(ended, 'wait')).toMatchObject({ outcome: 'abandoned' });
  });

  test('says what to run when its time is up', async () => {
    const id = await create('--format', 'json');
    const ended = await desk.run(['wait', id, '--wait-timeout-ms', '0', '--json', ...FAST]);

    expect(ended.code).toBe(6);
    expect(expectJson(ended, 'wait')).toMatchObject({
      outcome: 'timed-out',
      status: 'loading',
      next: `aep-batch complete ${id}`,
    });
  });

  test('goes on to its outcome once it is completed, without a warning at the first poll', async () => {
    const here = await stage();
    const inputFormat = { format: 'json' } as const;
    const { id } = await here.client.batches.create({ datasetId: 'd', inputFormat });
    await here.client.files.put(
      { batchId: id, datasetId: 'd', path: 'a.json' },
      bytes('{"a":1}\n'),
    );
    const warnings: WaitWarning[] = [];
    const waited = await here.client.batches.wait(id, {
      pollIntervalMs: 1,
      onWarning: (warning) => {
        warnings.push(warning);
        void here.client.batches.complete(id);
      },
    });

    expect(waited).toMatchObject({ outcome: 'success', records: { input: 1, output: 1 } });
    expect(warnings).toMatchObject([{ kind: 'not-completed', attempts: 2, isOver: false }]);
  });
});

test('an inactive batch without a successor suggests no command: it was just shown', async () => {
  await desk.file('rows.jsonl', '{"a":1}\n');
  const loaded = await desk.run(['ingest', 'rows.jsonl', '--dataset', 'd', '--json', ...FAST]);
  const id = String(expectJson(loaded, 'ingest')['batchId']);
  desk.simulator.setStatus(id, 'inactive');
  const status = expectJson(await desk.run(['status', id, '--json']), 'status');

  expect(status).toMatchObject({ outcome: 'inactive' });
  expect(status).not.toHaveProperty('next');
});

test('a status that is not known is named and never a success', async () => {
  // The simulator sends only statuses that the document lists.
  const batch = { status: 'being-polished', relatedObjects: [{ type: 'dataSet', id: 'd' }] };
  server.play(...Array.from({ length: 500 }, () => ({ b1: batch })));
  const env = { AEP_ORIGIN: server.origin, AEP_ACCESS_TOKEN: 'token' };
  const status = await desk.run(['status', 'b1'], { env });
  const waited = await desk.run(['wait', 'b1', '--wait-timeout-ms', '20', ...FAST], { env });
  const replaced = await desk.run(['create', '--dataset', 'd', '--replace', 'b1'], { env });

  expect(status.stdout).toMatch(/does not know the status being-polished/);
  expect([status.code, waited.code]).toEqual([0, 6]);
  expect(waited.stderr.match(/warning: .*being-polished/g)).toHaveLength(1);
  expect(waited.stdout).not.toMatch(/success|loaded/);
  expect([replaced.code, replaced.stderr]).toEqual([
    2,
    expect.stringContaining('batch b1 is being-polished'),
  ]);
});

test('a batch without counts whose errors say that rows were rejected is no plain success', async () => {
  const here = await stage({
    outcomes: { d: { errors: [{ code: 'INGEST-1212-400', description: '5 errors' }] } },
  });
  const receipt = await here.client.ingest(
    { records: [{ a: 1 }] },
    { datasetId: 'd', pollIntervalMs: 1 },
  );
  expect(receipt).toMatchObject({
    outcome: 'success-with-rejects',
    summary: [{ code: 'INGEST-1212-400', count: 1, loadAgain: 'corrected' }],
  });
});

test('status explains each code once, with its counts, the rows and what to run next', async () => {
  desk.simulator.outcomes['d'] = {
    states: ['failed'],
    errors: [
      { code: '106', description: 'a.json is empty' },
      { code: '106', description: 'b.json is empty' },
      { code: 'DCVS-1104-400', recordCount: 3 },
      { code: 'X-1', description: 'odd' },
    ],
  };
  await desk.file('rows.jsonl', '{"a":1}\n');
  const args = ['ingest', 'rows.jsonl', '--dataset', 'd', '--json', ...FAST];
  const receipt = expectJson(await desk.run(args), 'ingest');
  const id = String(receipt['batchId']);
  const text = await desk.run(['status', id]);
  const json = expectJson(await desk.run(['status', id, '--json']), 'status');

  expect(receipt['summary']).toEqual(json['summary']);
  expect(json).toMatchObject({
    outcome: 'failed',
    records: { input: 1, output: 0, failed: 0 },
    next: `aep-batch errors ${id}`,
    summary: [
      { code: '106', count: 2, fix: 'Leave it out.' },
      { code: 'DCVS-1104-400', count: 1, recordCount: 3 },
      { code: 'X-1', count: 1 },
    ],
  });
  expect(text.stdout).toContain('106 (2 errors): A file is empty. Leave it out.');
  expect(text.stdout.match(/A file is empty/g)).toHaveLength(1);
  expect(text.stdout).toContain('DCVS-1104-400 (3 rows): ');
  expect(text.stdout).toMatch(/^ {2}X-1\n {4}odd$/m);
  expect(text.stdout).toContain(`aep-batch errors ${id}`);
});

/** The journals that the command keeps by itself; beside them it keeps a history. */
async function listJournals(): Promise<string[]> {
  const names = await readdir(join(desk.folder, 'state', 'aep-batch'));
  return names.filter((name) => name !== 'runs');
}

describe('--replace looks each batch up before one is created', () => {
  const replacing = (...ids: string[]) => {
    const flags = ids.flatMap((id) => ['--replace', id]);
    return [...flags, 'rows.jsonl', '--dataset', 'd', '--json', ...FAST];
  };
  const creations = () =>
    desk.simulator.log.filter(({ operation }) => operation === 'createBatch').length;

  test.each<[what: string, id: (loaded: string) => string, words: RegExp]>([
    ['does not exist', () => 'nosuchbatch', /no batch nosuchbatch/],
    ['is a template that was never filled in', () => `$${'{batchIdA}'}`, /template literal/],
    ['is empty', () => '', /expected an id/],
    ['is two ids in one', (id) => `${id},${id}`, /no batch/],
  ])('and rejects one that %s', async (_, toId, words) => {
    const id = toId(await load());
    const before = creations();
    const ingest = await desk.run(['ingest', ...replacing(id)]);
    const made = await desk.run(['create', '--dataset', 'd', '--replace', id, '--json']);

    expect([ingest.code, made.code]).toEqual([2, 2]);
    for (const ended of [ingest, made]) {
      expect(ended.stderr).toMatch(words);
      expect(ended.stderr).not.toContain('will be replaced');
    }
    expect(creations()).toBe(before);
    expect(await listJournals()).toEqual([]);
  });

  test('and rejects one of another dataset', async () => {
    const id = await load();
    const args = ['ingest', 'rows.jsonl', '--dataset', 'other', '--replace', id, '--json'];
    const ended = await desk.run(args);
    expect([ended.code, ended.stderr]).toEqual([
      2,
      expect.stringContaining('belongs to dataset d'),
    ]);
  });

  test.each(['loading', 'staging', 'failed', 'aborted', 'inactive', 'deleted'])(
    'and rejects one that is %s',
    async (status) => {
      const id = await load();
      desk.simulator.setStatus(id, status);
      const ended = await desk.run(['ingest', ...replacing(id)]);
      expect([ended.code, ended.stderr]).toEqual([
        2,
        expect.stringContaining(`batch ${id} is ${status}`),
      ]);
    },
  );

  test('and replaces those that fit, which it says after the lookup; a path behind it stays a path', async () => {
    const [a, b] = [await load(), await load()];
    for (const id of [a, b]) await desk.run(['wait', id, ...FAST]);
    const ended = await desk.run(['ingest', ...replacing(a, b, a)]);

    expect(ended.code).toBe(0);
    expect(ended.stderr.match(/will be replaced/g)).toHaveLength(2);
    expect([desk.simulator.status(a), desk.simulator.status(b)]).toEqual(['inactive', 'inactive']);
  });

  test('and sends one that is named twice once', async () => {
    const loaded = { status: 'success', relatedObjects: [{ type: 'dataSet', id: 'd' }] };
    server.play({ b1: loaded }, respondWith(201, { id: 'b2', status: 'loading' }));
    const env = { AEP_ORIGIN: server.origin, AEP_ACCESS_TOKEN: 'token' };
    const flags = ['--replace', 'b1', '--replace', 'b1'];
    const made = await desk.run(['create', '--dataset', 'd', ...flags], { env });
    await desk.file('rows.jsonl', '{"a":1}\n');
    const planned = await desk.run([
      'ingest',
      'rows.jsonl',
      '--dataset',
      'd',
      '--dry-run',
      ...flags,
    ]);

    expect(made.code).toBe(0);
    const [, creation] = server.requests;
    expect(JSON.parse(String(creation?.body))).toMatchObject({ replay: { predecessors: ['b1'] } });
    expect(planned.stdout).toMatch(/"predecessors":\s*\["b1"\]/);
  });

  test('in the library, too', async () => {
    const here = await stage();
    const ingest = (replace: string[]) =>
      here.client.ingest({ records: [{ a: 1 }] }, { datasetId: 'd', replace, pollIntervalMs: 1 });
    await expect(ingest(['nosuch'])).rejects.toMatchObject({
      name: 'InvalidInputError',
      field: 'replace',
    });
    const { batchId } = await ingest([]);
    expect(await ingest([batchId])).toMatchObject({ outcome: 'success' });
    expect(here.simulator.status(batchId)).toBe('inactive');
  });
});

describe('upload compares the files with the batch', () => {
  test.each<[made: string[], name: string, text: string, words: RegExp]>([
    [['--format', 'csv'], 'a.json', '{"a":1}\n', /for CSV, but a\.json is JSON Lines/],
    [['--format', 'json'], 'a.csv', 'a,b\n1,2\n', /for JSON Lines, but a\.csv is CSV/],
    [['--format', 'json'], 'a.txt', 'a,b\n1,2\n', /for JSON Lines, but a\.txt is CSV/],
    [['--format', 'parquet'], 'a.json', '{"a":1}\n', /for Parquet, but a\.json is JSON/],
    [[], 'a.bin', 'words', /for Parquet, but a\.bin is not Parquet/],
    [['--format', 'json'], 'a.json', '[{"a":1}]', /for JSON Lines, but a\.json is .*array/],
    [
      ['--format', 'json', '--multiline'],
      'a.json',
      '{"a":1}\n',
      /array.*but a\.json is JSON Lines/,
    ],
  ])('made with %j: %s is rejected', async (made, name, text, words) => {
    const id = await create(...made);
    await writeFile(join(desk.folder, name), text);
    const ended = await desk.run(['upload', id, name, '--dataset', 'd', '--json']);

    expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(words)]);
    expect(desk.simulator.files(id)).toEqual([]);
  });

  test('and takes what fits; a batch that the Catalog does not list yet is a warning', async () => {
    const id = await create('--format', 'json');
    await desk.file('a.json', '{"a":1}\n');
    expect((await desk.run(['upload', id, 'a.json', '--dataset', 'd'])).code).toBe(0);

    desk.simulator.quirks.catalogLagReads = 1;
    const late = await create('--format', 'json');
    const ended = await desk.run(['upload', late, 'a.json', '--dataset', 'd']);
    expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('was not compared')]);
  });

  test('and rejects a batch that takes no files, or is of another dataset', async () => {
    await desk.file('a.json', '{"a":1}\n');
    const id = await create('--format', 'json');
    const other = await desk.run(['upload', id, 'a.json', '--dataset', 'other']);
    await desk.run(['abort', id]);
    const closed = await desk.run(['upload', id, 'a.json', '--dataset', 'd']);

    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining('dataset d, not other'),
    ]);
    expect([closed.code, closed.stderr]).toEqual([2, expect.stringContaining('is aborted')]);
  });
});

describe('an action that the status does not allow', () => {
  test('names the one that it allows', async () => {
    const id = await load();
    await desk.run(['wait', id, ...FAST]);
    const open = await create();
    const abort = await desk.run(['abort', id]);
    const revert = await desk.run(['revert', open, '--yes']);

    expect([abort.code, abort.stderr]).toEqual([
      1,
      expect.stringMatching(new RegExp(`${id} is success.*aep-batch revert ${id} --yes`)),
    ]);
    expect([revert.code, revert.stderr]).toEqual([
      1,
      expect.stringMatching(new RegExp(`${open} is loading.*aep-batch abort ${open}`)),
    ]);
  });

  test('is done if the batch is so already, and else says that there is nothing to do', async () => {
    const here = await stage();
    const { batches } = here.client;
    const { id } = await batches.create({ datasetId: 'd' });
    await batches.abort(id);
    await batches.abort(id);
    await expect(batches.revert(id)).rejects.toThrow(/is aborted: no row of it was loaded/);
    await expect(batches.complete(id)).rejects.toThrow(/is aborted: it has ended/);
    here.simulator.setStatus(id, 'inactive');
    await batches.revert(id);
    here.simulator.setStatus(id, 'deleted');
    await batches.revert(id);
    here.simulator.setStatus(id, 'failed');
    await expect(batches.complete(id)).rejects.toThrow(/is failed: it has ended/);
  });
});

describe('where no batch was created, nothing is left to resume', () => {
  const INGEST = ['ingest', 'rows.jsonl', '--dataset', 'd', '--json', ...FAST];
  const journals = () => listJournals().catch(() => []);

  test.each([[[]], [['--journal', 'j']]])(
    'after a 403, and the same command runs again: %j',
    async (flags) => {
      await desk.file('rows.jsonl', '{"a":1}\n');
      const then = { status: 403, body: { error_code: '403025', message: 'no' } };
      desk.simulator.faults.set({ when: { operation: 'createBatch' }, then });
      const refused = await desk.run([...INGEST, ...flags]);
      desk.simulator.faults.set();
      const again = await desk.run([...INGEST, ...flags]);

      expect(refused.code).toBe(7);
      expect(refused.stderr).toContain('No batch was created.');
      expect(refused.stderr).not.toMatch(/resume/i);
      expect(expectJson(refused, 'error')['error']).not.toHaveProperty('journal');
      expect([again.code, await journals()]).toEqual([0, []]);
    },
  );

  test('after a connection that was refused', async () => {
    await desk.file('rows.jsonl', '{"a":1}\n');
    const origin = 'http://127.0.0.1:9';
    const env = { AEP_ORIGIN: origin, AEP_ACCESS_TOKEN: 'token' };
    const ended = await desk.run(INGEST, { env });

    expect([ended.code, await journals()]).toEqual([1, []]);
    expect(ended.stderr).not.toMatch(/resume/i);
  });

  test.each([[['--no-wait']], [[]]])(
    'a journal that has ended, or is empty, is used again: %j',
    async (flags) => {
      await desk.file('rows.jsonl', '{"a":1}\n');
      await desk.file('j', '');
      const codes: unknown[] = [];
      for (let turn = 0; turn < 3; turn++)
        codes.push((await desk.run([...INGEST, '--journal', 'j', ...flags])).code);
      expect(codes).toEqual([0, 0, 0]);
    },
  );
});

describe('an origin in .env that is not loopback', () => {
  test.each([
    ['AEP_ORIGIN', 'https://platform.invalid'],
    ['AEP_IMS_ORIGIN', 'https://ims.invalid'],
    ['AEP_ORIGIN', 'https://127.0.0.1.invalid'],
    ['AEP_ORIGIN', 'https://localhost@platform.invalid'],
    ['AEP_ORIGIN', 'platform.invalid'],
  ])('stops the command before anything is sent: %s=%s', async (name, origin) => {
    await desk.file('rows.jsonl', '{"a":1}\n');
    await desk.file('.env', `${name}=${origin}\n`);
    for (const isSet of [true, false]) {
      const args = isSet ? ['list'] : ['ingest', 'rows.jsonl', '--dataset', 'd'];
      const ended = await desk.run([...args, '--json'], {
        env: isSet ? {} : { [name]: undefined },
      });
      expect([ended.code, expectJson(ended, 'error')['error']]).toMatchObject([
        2,
        { name: 'UsageError' },
      ]);
      expect(ended.stderr).toContain(`Invalid ${name} in .env`);
    }
    expect(desk.simulator.log).toEqual([]);
  });
});
