import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // on a machine that may be busy
const desk = useDesk();
const FAST = ['--poll-interval-ms', '1'];
const ingest = (...args: string[]) => desk.run(['ingest', ...args, '--dataset', 'd', ...FAST]);
/** As a spreadsheet writes it: semicolons, CRLF, doubled quotes, a header with a space. */
const SHEET = 'Kunden Nr;Text;Umsatz\r\n1;"Schrauben 3"" lang; ""M8""";2,5\r\n2;x;3,5\r\n';

test('a CSV file of a spreadsheet is loaded with the dialect that was found in it', async () => {
  await desk.file('a.csv', SHEET);
  const checked = await desk.run(['check', 'a.csv', '--json']);
  expect(expectJson(checked, 'check')).toMatchObject({
    csv: { delimiter: ';', escape: '"' },
    rows: 2,
  });
  const dry = await ingest('a.csv', '--dry-run', '--json');
  const inputFormat = { format: 'csv', delimiter: ';', escape: '"' };
  expect(expectJson(dry, 'dryRun')).toMatchObject({ request: { inputFormat } });

  const ended = await ingest('a.csv', '--json');
  expect(ended.code).toBe(0);
  expect(ended.json()).toMatchObject({ records: { input: 2, output: 2, failed: 0 } });
  expect(ended.stderr).toContain(
    'note: a.csv: CSV with delimiter `;` (found, and set for the batch)',
  );
});

test('a CSV file in another charset is rejected on one screen that says what to pass, and loaded with it', async () => {
  await writeFile(join(desk.folder, 'a.csv'), Buffer.from(SHEET.replace('x', 'Müller'), 'latin1'));
  const refused = await ingest('a.csv');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('pass its charset: perhaps windows-1252');
  const ended = await ingest('a.csv', '--charset', 'ISO-8859-1', '--json');
  expect(ended.json()).toMatchObject({ records: { input: 2, output: 2, failed: 0 } });
});

test('--no-header and --null-marker reach the batch, a dry run and a resume', async () => {
  await desk.file('a.csv', '1,NULL\n2,x\n');
  const flags = ['--no-header', '--null-marker', 'NULL'];
  const inputFormat = { format: 'csv', header: false, nullMarker: 'NULL' };
  const dry = await ingest('a.csv', ...flags, '--dry-run', '--json');
  expect(dry.json()).toMatchObject({ request: { inputFormat } });
  const ended = await ingest('a.csv', ...flags, '--json');
  expect(ended.json()).toMatchObject({ records: { input: 2, output: 2, failed: 0 } });

  const forbidden = { when: { operation: 'uploadFile', nth: 2 }, then: { status: 403 } } as const;
  desk.simulator.faults.add(forbidden);
  const failed = await ingest('a.csv', ...flags, '--journal', 'j', '--on-failure', 'abort');
  expect(failed.code).toBe(7);
  const resumed = await desk.run(['resume', 'j', ...FAST, '--json']);
  expect(resumed.json()).toMatchObject({ records: { input: 2, output: 2, failed: 0 } });
  const status = await desk.run(['status', String(resumed.json()['batchId']), '--json']);
  expect(status.json()).toMatchObject({ batch: { inputFormat } });
});

test('create sends header and null marker, also those that are the default', async () => {
  const flags = ['--format', 'csv', '--header', '--null-marker', ''];
  const ended = await desk.run(['create', '--dataset', 'd', ...flags, '--json']);
  expect(ended.code).toBe(0);
  expect(ended.json()).toMatchObject({
    batch: { inputFormat: { format: 'csv', header: true, nullMarker: '' } },
  });
});

test('upload warns where CSV does not fit the options of its batch', async () => {
  const uploadInto = async (text: string | Buffer, ...flags: string[]) => {
    await writeFile(join(desk.folder, 'a.csv'), text);
    const args = ['create', '--dataset', 'd', '--format', 'csv', '--json', ...flags];
    const id = String((await desk.run(args)).json()['batchId']);
    const { code, stderr } = await desk.run(['upload', id, 'a.csv', '--dataset', 'd', '--quiet']);
    expect(code).toBe(0);
    return stderr.split('\n').filter((line) => line.startsWith('warning: '));
  };

  expect(await uploadInto('id|b\n1|2\n')).toEqual([
    expect.stringContaining('only one column with the delimiter `,`. Is the delimiter `|`?'),
  ]);
  expect(await uploadInto('id|b\n1|2\n', '--delimiter', '|')).toEqual([]);
  const doubled = 'id,b\n1,"say ""x"""\n';
  expect(await uploadInto(doubled)).toEqual([expect.stringContaining('They stay doubled')]);
  expect(await uploadInto(doubled, '--escape', '"')).toEqual([]);
});
