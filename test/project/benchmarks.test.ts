import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { formatSection } from '../../bench/report/markdown.js';
import { formatResults, REPORT, readResults } from '../../bench/report/results.js';
import type { Result } from '../../bench/report/types.js';

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
    const labels = plots.flatMap((plot) =>
      (plot.kind === 'bars' ? plot.bars : plot.series).map(({ label }) => label),
    );
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
