import { describe, expect, jest, test } from '@jest/globals';
import { formatMoment, formatPause } from '../../src/cli/pause-text.js';
import { expectLog, useDesk } from '../support/command.js';
import { useServer } from '../support/server.js';

jest.setTimeout(20_000); // a machine that may be busy
const desk = useDesk();
const INGEST = ['ingest', 'a.jsonl', 'b.jsonl', '--dataset', 'd', '--poll-interval-ms', '1'];

test('a pause of an hour is one line with its end, SIGINT ends it, and a resume loads the rest', async () => {
  await desk.file('a.jsonl', '{"a":1}\n');
  await desk.file('b.jsonl', '{"a":2}\n');
  const limits = ['--max-bytes-per-hour', '10', '--max-batches-per-minute', '5'];
  const journal = ['--journal', 'run.journal'];
  const running = desk.start([...INGEST, ...limits, ...journal, '--log-format', 'json']);
  await running.waitForText('Paused until');
  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;

  expect(code).toBe(130);
  const lines = expectLog(stderr);
  const paused = lines.filter(({ message }) => message.startsWith('Paused'));
  expect(paused.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^Paused until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \((59:\d\d|1:00:00)\): --max-bytes-per-hour is reached$/,
    ),
  ]);
  expect(paused[0]?.progress).toMatchObject({
    phase: 'upload',
    pause: { limit: 'maxBytesPerHour', until: expect.stringMatching(/Z$/) },
  });
  const resumed = await desk.run(['resume', 'run.journal', '--poll-interval-ms', '1', '--json']);
  expect([resumed.code, resumed.json()['outcome']]).toEqual([0, 'success']);
});

test('a limit that cannot be used is rejected before anything is sent', async () => {
  for (const [flag, value] of [
    ['--max-bytes-per-second', '0'],
    ['--max-bytes-per-hour', '1.5'],
    ['--max-bytes-per-hour', '20GB'],
    ['--max-batches-per-minute', '-1'],
    ['--max-batches-per-minute', '60001'],
  ] as const) {
    const { code, stderr } = await desk.run([...INGEST, flag, value]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`Expected a whole number`)]);
    expect(stderr).toContain(flag);
  }
  expect(desk.simulator.log).toEqual([]);
});

describe('--notify', () => {
  const server = useServer();

  test('sends the totals of an ingest, and its URL is shown nowhere', async () => {
    await desk.file('a.jsonl', '{"a":1}\n');
    server.play(503);
    const url = `${server.origin}/planted-path?token=planted-token`;
    const one = INGEST.filter((arg) => arg !== 'b.jsonl');
    const { code, stderr, stdout } = await desk.run([...one, '--notify', url, '--verbose']);

    expect(code).toBe(0);
    expect(server.requests.map(({ body }) => JSON.parse(body.toString()))).toEqual([
      expect.objectContaining({ outcome: 'success', filesTotal: 1, totalBytes: 8 }),
    ]);
    expect(stderr).toContain(`warning: The notice to ${server.origin} was not sent`);
    expect(stderr + stdout).not.toContain('planted');
  });

  test('takes https URLs and loopback alone', async () => {
    await desk.file('a.jsonl', '{"a":1}\n');
    await desk.file('b.jsonl', '{"a":2}\n');
    const url = 'http://hooks.invalid/?token=planted';
    const { code, stderr } = await desk.run([...INGEST, '--notify', url]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('expected an https URL')]);
    expect(stderr).not.toContain('planted');
    expect(desk.simulator.log).toEqual([]);
  });
});

describe('a point in time', () => {
  const now = new Date(2026, 0, 31, 9, 5, 7).getTime();

  test('is a local time of day for people, with the date on another day', () => {
    expect(formatMoment(now, 'local', now)).toBe('09:05:07');
    expect(formatMoment(now + 86_400_000, 'local', now)).toBe('2026-02-01 09:05:07');
  });

  test('is ISO 8601 in UTC in lines that are kept', () => {
    expect(formatMoment(Date.UTC(2026, 0, 31, 9, 5, 7, 12), 'iso')).toBe('2026-01-31T09:05:07Z');
    const until = new Date(now + 754_000).toISOString();
    expect(formatPause({ limit: 'maxBatchesPerMinute', until }, 'local', now)).toBe(
      'Paused until 09:17:41 (12:34): --max-batches-per-minute is reached',
    );
  });
});
