import { expect, jest, test } from '@jest/globals';
import { spawn } from '@lydell/node-pty';
import { MAIN, useDesk } from '../support/command.js';

jest.setTimeout(20_000);
const desk = useDesk();
const ESCAPE = String.fromCharCode(27);

/** What a terminal of 80 columns showed, escapes taken out and each picture once. */
async function shown(args: string[], env: Record<string, string> = {}) {
  let raw = '';
  const code = await new Promise<number>((resolve) => {
    const terminal = spawn(process.execPath, [MAIN, ...args], {
      cols: 80,
      rows: 24,
      cwd: desk.folder,
      env: { ...desk.environment, TERM: 'xterm', ...env },
    });
    terminal.onData((data) => {
      raw += data;
    });
    terminal.onExit(({ exitCode }) => resolve(exitCode));
  });
  const text = raw
    .replaceAll(new RegExp(`${ESCAPE}\\[[0-9;?]*[A-Za-z]`, 'g'), '\n')
    .replaceAll('\r', '')
    .replaceAll(/[0-9a-f]{32}/g, '<id>')
    .replaceAll(/:\d{4,5}\b/g, ':<port>')
    .replaceAll(/[\d.]+ (?:bytes?|[kMG]B)\/s(?:, \d+:\d\d left, done at [\d:]{8})?/g, '<rate>')
    .replaceAll(/, <rate>/g, '') // known after a moment
    .replaceAll(/\(\d:\d\d\)/g, '(<time>)');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return { code, raw, lines: [...new Set(lines)] };
}

test('a terminal shows a line for each file and one for the total, then the statuses', async () => {
  await desk.file('rows.jsonl', '{"a":1}\n{"a":2}\n');
  await desk.file('more.jsonl', '{"a":3}\n');
  // The second upload lasts long enough to be drawn beside the first.
  desk.simulator.faults.set({ when: { operation: 'uploadFile' }, then: { delayMs: 700 } });
  const args = ['ingest', 'rows.jsonl', 'more.jsonl', '--dataset', 'd', '--poll-interval-ms', '1'];
  const { code, lines } = await shown(args);

  expect(code).toBe(0);
  // How far it is at which moment is chance; that it gets there is not.
  const steady = lines.filter((line) => !/ {2}\d?\d %|^total, [12] of/.test(line));
  expect(steady.join('\n')).toMatchSnapshot();
});

test('NO_COLOR is respected, and --quiet shows no progress', async () => {
  const red = `${ESCAPE}[31m`;
  expect((await shown(['status', 'nothing'])).raw).toContain(red);
  expect((await shown(['status', 'nothing'], { NO_COLOR: '1' })).raw).not.toContain(red);
  await desk.file('rows.jsonl', '{"a":1}\n');
  const args = ['ingest', 'rows.jsonl', '--dataset', 'd', '--quiet', '--poll-interval-ms', '1'];
  expect((await shown(args)).lines.join('\n')).not.toMatch(/Uploading|total/);
});
