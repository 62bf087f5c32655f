import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { isInstalled, measureProgram } from '../../bench/programs.js';
import { formatSection } from '../../bench/report/markdown.js';
import { drawPlot } from '../../bench/report/plots.js';
import { formatResults, REPORT, readResults } from '../../bench/report/results.js';
import type { BarPlot, LinePlot, Result } from '../../bench/report/types.js';

const results = readResults();

test('the report of the benchmarks is what their results give: make bench-report writes it', () => {
  expect(results.length).toBeGreaterThan(8);
  expect(readFileSync(REPORT, 'utf8')).toBe(formatResults());
});

test.each(results.map((result) => [result.name, result] as const))(
  'the result of %s has goals with what was measured, tables without gaps, and labels that fit on a phone',
  (_, { goals, tables, plots }) => {
    expect(goals.length).toBeGreaterThan(0);
    expect(goals.filter(({ text, measured }) => text === '' || measured === '')).toEqual([]);
    for (const { header, rows } of tables)
      expect(rows.filter((cells) => cells.length !== header.length)).toEqual([]);
    const labels = plots.flatMap((plot) => [
      plot.title,
      ...(plot.kind === 'bars' ? plot.bars : plot.series).map(({ label }) => label),
    ]);
    const values = plots.flatMap((plot) =>
      plot.kind === 'bars'
        ? plot.bars.map(({ value }) => value)
        : plot.series.flatMap(({ points }) => points.flat()),
    );
    expect(values.filter((value) => !Number.isFinite(value) || value < 0)).toEqual([]);
    expect(labels.filter((label) => label.length > 44 || /[`*]/.test(label))).toEqual([]);
  },
);

test('a section says which goals are missed, on what machine and with which command', () => {
  const result: Result = {
    name: 'one',
    title: 'One',
    command: 'make bench-one',
    description: 'What it is.',
    goals: [
      { text: 'at least 2 ×', measured: '3 ×', isMet: true },
      { text: 'below 5 MB', measured: '6 MB', isMet: false },
    ],
    tables: [{ header: ['reader', 'MB'], rows: [['a', '6']] }],
    plots: [],
    measurement: {
      date: '2026-01-02',
      node: '20.19.0',
      cores: 4,
      cpu: 'Model',
      commit: 'abcdef0',
      isBusy: true,
    },
  };

  expect(formatSection(result)).toBe(
    [
      '## One\n\nWhat it is.\n',
      '- met: at least 2 × (3 ×)',
      '- **missed**: below 5 MB (6 MB)\n',
      '| reader | MB |',
      '| --- | ---: |',
      '| a | 6 |\n',
      'Measured on 2026-01-02 at abcdef0 with Node 20.19.0 on 4 cores of Model, on a busy machine, by `make bench-one`.',
    ].join('\n'),
  );
});

const bars: BarPlot = {
  kind: 'bars',
  title: 'time, s',
  better: 'less',
  bars: [
    { label: 'slow <one>', value: 4 },
    { label: 'ours', value: 1, isOurs: true },
    { label: 'other', value: 2 },
  ],
  goal: { value: 2, text: 'at most 2' },
};

test('bars have the best on top, ours marked, a line at the goal and a description of all values', () => {
  const svg = drawPlot(bars, 'x');
  const widths = [...svg.matchAll(/<rect class="([^"]*)"[^>]* width="([\d.]+)%"/g)];

  expect(widths.map(([, kind, width]) => [kind, Number(width)])).toEqual([
    ['bar ours', 20.5],
    ['bar', 41],
    ['bar', 82],
  ]);
  expect(svg).toContain('<line class="goal" x1="41%" x2="41%"');
  expect(svg).toContain('aria-labelledby="x-title x-text"');
  expect(svg).toContain(
    '<title id="x-title">time, s</title><desc id="x-text">Less is better. ours: 1; other: 2; slow &#60;one&#62;: 4. Goal: at most 2.</desc>',
  );
  const more = drawPlot({ ...bars, better: 'more' }, 'y');
  expect(more.indexOf('>other<')).toBeGreaterThan(more.indexOf('>slow '));
});

test('lines run through their points from zero, with the goal above, and two of them have a legend', () => {
  const plot: LinePlot = {
    kind: 'lines',
    title: 'memory, MB',
    x: 'size, GiB',
    series: [
      {
        label: 'ours',
        points: [
          [0, 50],
          [4, 100],
        ],
        isOurs: true,
      },
    ],
    goal: { value: 75, text: 'below 75' },
  };
  const svg = drawPlot(plot, 'x');
  const at = (pattern: RegExp) => pattern.exec(svg)?.slice(1).map(Number);

  const [fromX, toX, fromY = 0, toY = 0] =
    at(/class="series-ours" x1="([\d.]+)%" x2="([\d.]+)%" y1="([\d.]+)" y2="([\d.]+)"/) ?? [];
  const [goal] = at(/class="goal" x1="13%" x2="94%" y1="([\d.]+)"/) ?? [];
  const [zero = 0] = at(/y="([\d.]+)" text-anchor="end">0</) ?? [];
  expect([fromX, toX]).toEqual([13, 94]);
  expect(zero - 4 - fromY).toBe(fromY - toY);
  expect(goal).toBe((fromY + toY) / 2);
  expect(svg).toContain('ours: 50 at 0, 100 at 4. To the right: size, GiB. Goal: below 75.');
  expect(svg).not.toContain('>ours<');

  const other = { label: 'other', points: [[4, 20] as const] };
  const both = drawPlot({ ...plot, series: [...plot.series, other] }, 'y');
  expect([both.includes('>ours<'), both.includes('>other<')]).toEqual([true, true]);
});

test('no part of a drawing is markup that the site would take for its own', () => {
  const svg = drawPlot({ ...bars, title: 'a {{ b }} & "c"' }, 'x');

  expect(svg).not.toMatch(/\{\{|<style|<script/);
  expect(svg).toContain('a &#123;&#123; b &#125;&#125; &#38; &#34;c&#34;');
});

test('another program is measured from its start to its end with its input, and fails the benchmark if it fails', async () => {
  const own = fileURLToPath(import.meta.url);
  const { stdout, seconds } = await measureProgram(['cat'], own);

  expect(stdout).toBe(readFileSync(own, 'utf8'));
  expect(seconds).toBeGreaterThan(0);
  await expect(measureProgram(['sh', '-c', 'exit 3'])).rejects.toThrow('sh exited with 3.');
});

test('no variable of this machine configures a measured program', async () => {
  const { stdout } = await measureProgram(['sh', '-c', 'env'], undefined, { ONLY: 'this' });

  expect(
    stdout.split('\n').filter((line) => !/^(PATH|PWD|SHLVL|_|OLDPWD)?=|^$/.test(line)),
  ).toEqual(['ONLY=this']);
});

test('a program that is missing is skipped in one line', () => {
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const isThere = isInstalled('no-such-program');
  const lines = log.mock.calls;
  log.mockRestore();

  expect(isThere).toBe(false);
  expect(lines).toEqual([
    ['no-such-program is skipped: it is not installed (apt-get install no-such-program).'],
  ]);
});
