/** `errors`: every form of its output, and what it does where there is no report. */
import { link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { RejectionSummary } from '../../src/cli/rejections/rejection.js';
import { type Desk, expectJson, useDesk } from '../support/command.js';

jest.setTimeout(30_000); // a machine that may be busy
const desk = useDesk();
const FAST = ['--poll-interval-ms', '1'];
const PARTIAL = ['--error-diagnostics', '--partial-ingestion-percent', '100'];

async function ingest(here: Desk, file: string, ...more: string[]): Promise<string> {
  const ended = await here.run(['ingest', file, '--dataset', 'd', '--json', ...FAST, ...more]);
  return String(ended.json()['batchId']);
}
const read = (name: string) => readFile(join(desk.folder, name), 'utf8');
const readLines = async (name: string) =>
  (await read(name))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** The batch fails. */
const STRICT = ['--partial-ingestion-percent', '10'];

const JSON_LINES = '{"n":1}\n{"n":2\n{"n":3}\nbad\n{"n":2\n';

describe('errors of one batch', () => {
  test('counts the reasons, and names the lines in the sources', async () => {
    await desk.file('rows.jsonl', JSON_LINES);
    const id = await ingest(desk, 'rows.jsonl', ...PARTIAL);
    const json = expectJson(
      await desk.run(['errors', id, '--json', '--source', 'rows.jsonl']),
      'errors',
    );
    const { stdout } = await desk.run(['errors', id, '--source', 'rows.jsonl']);

    expect(json).toMatchObject({
      rows: 3,
      more: false,
      summary: [{ code: '1401', count: 3 }],
      errors: [
        { file: 'rows.jsonl', line: 2, code: '1401', record: '{"n":2' },
        { file: 'rows.jsonl', line: 4, code: '1401', record: 'bad' },
        { file: 'rows.jsonl', line: 5, code: '1401', record: '{"n":2' },
      ],
    });
    expect(stdout).toMatch(/^Batch .*: 3 rejected rows\n {2}1401: .* \(3 rows\)\n {4}Correct it/);
    expect(stdout).toContain('\n    rows.jsonl:4: bad\n');
  });

  test('reads the failed files of a batch that has no report, and its record for the lines', async () => {
    await desk.file('rows.jsonl', JSON_LINES);
    const id = await ingest(desk, 'rows.jsonl', ...STRICT);
    const json = expectJson(await desk.run(['errors', id, '--json']), 'errors');
    const again = await desk.run(['ingest', 'rows.jsonl', '--dataset', 'd', ...FAST, ...STRICT]);

    expect([again.code, again.stderr]).toEqual([4, expect.not.stringContaining('journal')]);
    expect(json).toMatchObject({ rows: 3, errors: [{ line: 2 }, { line: 4 }, { line: 5 }] });
    await writeFile(join(desk.folder, 'rows.jsonl'), JSON_LINES.replace('3', '4'));
    const changed = await desk.run(['errors', id, '--json']);
    expect((changed.json()['errors'] as object[])[0]).not.toHaveProperty('line');
  });

  test('names the lines of a partly loaded or failed batch without --source, while its files are unchanged', async () => {
    await desk.file('rows.jsonl', JSON_LINES);
    const partly = await ingest(desk, 'rows.jsonl', ...PARTIAL);
    const located = await desk.run(['errors', partly, '--json']);
    const runs = expectJson(await desk.run(['runs', '--json']), 'runs');
    await writeFile(join(desk.folder, 'rows.jsonl'), JSON_LINES.replace('3', '4'));
    const changed = await desk.run(['errors', partly, '--json']);

    expect(located.json()).toMatchObject({ errors: [{ line: 2 }, { line: 4 }, { line: 5 }] });
    expect((changed.json()['errors'] as object[])[0]).not.toHaveProperty('line');
    expect(JSON.stringify(runs)).not.toContain('mtimeNs');
  });

  test('of a batch without rejected rows says what is known of it', async () => {
    await desk.file('good.jsonl', '{"n":1}\n');
    await desk.file('bad.jsonl', '{"n":1\n{"n":2}\n');
    const good = await ingest(desk, 'good.jsonl');
    const partly = await ingest(desk, 'bad.jsonl', '--partial-ingestion-percent', '90');
    await desk.run(['create', '--dataset', 'd', '--external-id', 'x']);
    const open = String(
      (
        (await desk.run(['list', '--external-id', 'x', '--json'])).json()['batches'] as {
          id: string;
        }[]
      )[0]?.id,
    );

    const [clean, unknown, loading, none] = [
      await desk.run(['errors', good]),
      await desk.run(['errors', partly]),
      await desk.run(['errors', open]),
      await desk.run(['errors', 'nosuch']),
    ];
    expect([clean.code, clean.stdout]).toEqual([
      0,
      expect.stringContaining('No row was rejected.'),
    ]);
    expect(unknown.stdout).not.toContain('aep-batch errors');
    expect(unknown.stdout).toMatch(/INGEST-1211[\s\S]*ingest with --error-diagnostics/);
    expect(loading.stdout).toContain('It has not ended');
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('nosuch')]);
    const json = expectJson(await desk.run(['errors', partly, '--json']), 'errors');
    expect(json).toMatchObject({
      errors: [],
      summary: expect.arrayContaining([{ code: 'INGEST-1211-400', count: 1 }]),
    });
  });
});

test('errors of a batch without a report suggests error diagnostics only where it was created without them', async () => {
  await desk.file('rows.jsonl', JSON_LINES);
  const without = await ingest(desk, 'rows.jsonl', '--partial-ingestion-percent', '100');
  const withThem = await ingest(desk, 'rows.jsonl', ...PARTIAL);
  for (const operation of ['getBatchMeta', 'getFailedFiles'] as const) {
    desk.simulator.faults.add({ when: { operation }, then: { status: 404 } });
  }
  const [none, kept] = [await desk.run(['errors', without]), await desk.run(['errors', withThem])];

  expect([none.code, kept.code]).toEqual([0, 0]);
  expect(none.stdout).toContain('ingest with --error-diagnostics to have one');
  expect(kept.stdout).toContain('although it was created with error diagnostics');
  expect(kept.stdout).not.toContain('ingest with --error-diagnostics');
});

test('errors names the column of a reason once, also where the message begins with it', () => {
  const summary = new RejectionSummary();
  summary.add({ code: 'DCVS-1101-400', path: '/person', message: '/person: must not be null' });
  summary.add({ code: 'DCVS-1104-400', path: '/age', message: 'must be integer' });

  expect(summary.format(false)).toEqual([
    '  DCVS-1101-400: /person: must not be null (1 row)',
    '  DCVS-1104-400 /age: must be integer (1 row)',
  ]);
});

describe('errors --rows-out', () => {
  test('writes rows of JSON as JSON Lines that can be corrected and loaded', async () => {
    await desk.file('rows.jsonl', JSON_LINES);
    const id = await ingest(desk, 'rows.jsonl', ...PARTIAL);
    const args = ['errors', id, '--source', 'rows.jsonl', '--rows-out', 'out.jsonl', '--json'];
    const json = expectJson(await desk.run(args), 'errors');

    expect(await read('out.jsonl')).toBe('{"n":2\nbad\n{"n":2\n');
    expect(await readLines('out.jsonl.reasons.jsonl')).toMatchObject([
      { outLine: 1, file: 'rows.jsonl', line: 2, code: '1401' },
      { outLine: 2, line: 4 },
      { outLine: 3, line: 5 },
    ]);
    expect(json['rowsOut']).toMatchObject({ path: 'out.jsonl', count: 3 });
    for (const name of ['out.jsonl', 'out.jsonl.reasons.jsonl']) {
      expect((await stat(join(desk.folder, name))).mode & 0o777).toBe(0o600);
    }
    const corrected = (await read('out.jsonl'))
      .replaceAll('{"n":2', '{"n":2}')
      .replace('bad', '{}');
    await desk.file('out.jsonl', corrected);
    expect((await desk.run(['ingest', 'out.jsonl', '--dataset', 'd', ...FAST])).code).toBe(0);
  });

  test('writes rows of CSV below their header, and names their place in the file', async () => {
    await desk.file('rows.csv', 'id,text\n1,a\n2,"x\ny",z\n3\n4,d\n');
    const id = await ingest(desk, 'rows.csv', ...PARTIAL);
    const ended = await desk.run(['errors', id, '--rows-out', 'out.csv']);
    const env = { XDG_STATE_HOME: join(desk.folder, 'elsewhere') };
    const bare = await desk.run(['errors', id, '--rows-out', 'no.csv'], { env });

    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining('--source')]);
    expect([ended.code, await read('out.csv')]).toEqual([0, 'id,text\n2,"x\ny",z\n3\n']);
    expect((await readLines('out.csv.reasons.jsonl')).map(({ outLine }) => outLine)).toEqual([
      2, 4,
    ]);
  });

  test('writes a header of several lines in another charset as UTF-8', async () => {
    const header = '"größe\nin cm",text';
    const rows = Buffer.from(`${header}\r\n1,a\r\n2\r\n`, 'latin1');
    await writeFile(join(desk.folder, 'rows.csv'), rows);
    const id = await ingest(desk, 'rows.csv', ...PARTIAL, '--charset', 'windows-1252');
    const ended = await desk.run(['errors', id, '--rows-out', 'out.csv']);

    expect([ended.code, await read('out.csv')]).toEqual([0, `${header}\n2\n`]);
    expect(await readLines('out.csv.reasons.jsonl')).toMatchObject([{ outLine: 3 }]);
  });

  test('rejects CSV files with different headers', async () => {
    await mkdir(join(desk.folder, 'in'));
    await desk.file('in/a.csv', 'id,text\n1\n');
    await desk.file('in/b.csv', 'id,text\n1\n');
    const id = await ingest(desk, 'in', ...PARTIAL);
    await desk.file('in/b.csv', 'id,name\n1\n');
    const ended = await desk.run(['errors', id, '--rows-out', 'out.csv', '--source', 'in']);

    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('different headers')]);
  });
});

test.each(['--out', '--rows-out'])('errors %s replaces a file only by rows', async (flag) => {
  await desk.file('good.jsonl', '{"n":1}\n');
  await desk.file('rows.jsonl', JSON_LINES);
  await desk.file('target', 'before');
  const good = await ingest(desk, 'good.jsonl');
  const bad = await ingest(desk, 'rows.jsonl', ...PARTIAL);

  for (const id of [good, 'nosuch']) {
    await desk.run(['errors', id, flag, 'target']);
    expect(await read('target')).toBe('before');
  }
  const folder = await desk.run(['errors', bad, flag, '.']);
  expect([folder.code, folder.stderr]).toEqual([2, expect.stringContaining('Cannot write .')]);
  expect((await desk.run(['errors', bad, flag, 'target'])).code).toBe(0);
  expect((await read('target')).trimEnd().split('\n')).toHaveLength(3);
  expect((await stat(join(desk.folder, 'target'))).mode & 0o777).toBe(0o600);
});

test('errors never writes over a file that was loaded, under whatever path, nor two files into one', async () => {
  await desk.file('rows.jsonl', JSON_LINES);
  await desk.file('before.reasons.jsonl', JSON_LINES);
  await link(join(desk.folder, 'rows.jsonl'), join(desk.folder, 'hard'));
  await symlink('rows.jsonl', join(desk.folder, 'soft'));
  const id = await ingest(desk, 'rows.jsonl', ...PARTIAL);
  const source = ['--source', 'rows.jsonl'];
  const refused = [
    [...source, '--rows-out', 'rows.jsonl'],
    [...source, '--rows-out', './rows.jsonl'],
    [...source, '--rows-out', 'hard'],
    [...source, '--out', 'soft'],
    ['--source', 'before.reasons.jsonl', '--rows-out', 'before'],
    ['--rows-out', 'rows.jsonl'],
    ['--out', 'rows.jsonl'],
    ['--out', 'new', '--rows-out', './new'],
    ['--out', 'new.reasons.jsonl', '--rows-out', 'new'],
  ];
  for (const args of refused) {
    const { code, stderr } = await desk.run(['errors', id, ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Choose another file')]);
  }
  expect(await read('rows.jsonl')).toBe(JSON_LINES);
  expect(await read('before.reasons.jsonl')).toBe(JSON_LINES);
  const names = (await readdir(desk.folder)).filter((name) => name !== 'state');
  expect(names.sort()).toEqual(['before.reasons.jsonl', 'hard', 'rows.jsonl', 'soft']);
});

describe('errors --since', () => {
  test('sums up failed and partly loaded batches by code, and goes on after one that cannot be read', async () => {
    await desk.file('rows.jsonl', JSON_LINES);
    await desk.file('good.jsonl', '{"n":1}\n');
    const [partly, failed] = [
      await ingest(desk, 'rows.jsonl', ...PARTIAL),
      await ingest(desk, 'rows.jsonl', ...STRICT),
    ];
    await ingest(desk, 'good.jsonl');
    const json = expectJson(await desk.run(['errors', '--since', '24h', '--json']), 'errorsSince');
    expect(json).toMatchObject({ summary: [{ code: '1401', count: 6 }] });
    expect((json['batches'] as { batchId: string }[]).map(({ batchId }) => batchId).sort()).toEqual(
      [partly, failed].sort(),
    );

    desk.simulator.faults.set({
      when: { operation: 'getBatchMeta', nth: 1 },
      then: { status: 403 },
    });
    const rest = await desk.run(['errors', '--since', '24h', '--json']);
    expect([rest.code, rest.stderr]).toEqual([
      0,
      expect.stringMatching(
        /^warning: the report of batch .* could not be read to its end: .*403/m,
      ),
    ]);
    expect(rest.json()['batches']).toMatchObject([
      { error: expect.any(String), rows: 0 },
      { rows: 3 },
    ]);
    expect((await desk.run(['errors', '--since', '24h', '--dataset', 'other'])).stdout).toContain(
      'No batch has failed',
    );
    expect((await desk.run(['errors', '--since', '24h'])).stdout).toMatch(/2 failed or partly/);
  });

  test.each([
    [[]],
    [['b1', '--since', '24h']],
    [['b1', '--dataset', 'd']],
    [['--since', '24h', '--out', 'x']],
    [['--since', 'yesterday']],
  ])('errors %j is wrong usage', async (args) => {
    expect((await desk.run(['errors', ...args])).code).toBe(2);
  });
});
