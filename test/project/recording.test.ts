import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { record } from '../../scripts/recording/record.js';
import { Screen } from '../../scripts/recording/screen.js';
import { drawRecording } from '../../scripts/recording/svg.js';

const ESCAPE = String.fromCharCode(27);
const show = (screen: Screen) => screen.rows.map((row) => row.map(({ text }) => text).join(''));

test('the screen follows moves and erasures, also those that the output cuts, and wraps at its width', () => {
  const screen = new Screen(8);
  screen.write(`one\r\ntwo\r\n${ESCAPE}[`);
  screen.write(`1A${ESCAPE}[2K${ESCAPE}[1Gthree\r\nlonger than it`);

  expect(show(screen)).toEqual(['one', 'three', 'longer t', 'han it']);
});

test('colors and weights end where their sequence ends them', () => {
  const screen = new Screen(80);
  screen.write(`${ESCAPE}[1m${ESCAPE}[31ma${ESCAPE}[39mb${ESCAPE}[22mc${ESCAPE}[33md${ESCAPE}[0me`);

  expect(screen.rows[0]?.map(({ style }) => style)).toEqual(['1;31', '1', '', '33', '']);
});

test('a row that changes has a version for each time, and the last ones stay', async () => {
  const program =
    "process.stdout.write('a <b>'); setTimeout(() => process.stdout.write('\\rdone '), 50)";
  const scene = { line: 'run', program: process.execPath, args: ['-e', program] };
  const versions = await record([scene], { columns: 40, folder: '.', env: { ...process.env } });

  const texts = versions.map(({ cells, toMs }) => [
    cells
      .map(({ text }) => text)
      .join('')
      .trim(),
    toMs === undefined,
  ]);
  expect(texts).toEqual(
    expect.arrayContaining([
      ['a <b>', false],
      ['$ run', true],
      ['done', true],
    ]),
  );
  const svg = drawRecording({ title: 'a & b', columns: 40, rows: 2, versions });
  expect(svg).toContain('>a &#60;b&#62;</tspan>');
  expect(svg).toContain('<title>a &#38; b</title>');
});

test('the recording of the README ends with the rows loaded, by the commands that it names', () => {
  const svg = readFileSync(new URL('../../docs/images/recording.svg', import.meta.url), 'utf8');
  const last = svg.split('\n').filter((line) => line.includes('class="new"'));
  const text = last.map((line) => line.replace(/<[^>]*>/g, '')).join('\n');

  expect(text.match(/\$ aep-batch \w+/g)).toEqual(
    ['check', 'ingest', 'resume'].map((name) => `$ aep-batch ${name}`),
  );
  expect(text).toContain('4000 rows: 4000 loaded, 0 rejected');
});
