import { describe, expect, test } from '@jest/globals';
import { formatLine, formatScreen, Rate } from '../../src/cli/progress-text.js';
import type { IngestProgress } from '../../src/ingest/types.js';

const MB = 1_000_000;
const progress = (change: Partial<IngestProgress>): IngestProgress => ({
  phase: 'upload',
  transferredBytes: 0,
  sentBytes: 0,
  resumedBytes: 0,
  totalBytes: 1000 * MB,
  filesDone: 0,
  filesTotal: 3,
  partsInFlight: 1,
  current: [],
  pause: undefined,
  batchId: 'b1',
  status: undefined,
  ...change,
});

/** A rate that was shown these steps, one a second; and the line for the last of them. */
function reported(...steps: Partial<IngestProgress>[]): { rate: Rate; text: string } {
  let ms = 0;
  const rate = new Rate(() => ms);
  let last = progress({});
  for (const step of steps) {
    last = progress(step);
    rate.add(last);
    ms += 1000;
  }
  return { rate, text: formatLine(last, rate) };
}

describe('what is left of an upload', () => {
  test('is reckoned from the bytes of this run', () => {
    const { text } = reported({}, { sentBytes: 10 * MB, transferredBytes: 5 * MB });
    expect(text).toMatch(
      /^Uploading: 0 of 3 files, 10 MB of 1 GB, 10 MB\/s, 1:39 left, done at .*\d\d:\d\d:\d\d$/,
    );
  });

  test('of a resume neither counts what an earlier run had sent as fast, nor as still to be sent', () => {
    const resumed = { resumedBytes: 890 * MB, transferredBytes: 890 * MB, filesDone: 2 };
    const { rate, text } = reported(
      {},
      resumed,
      { ...resumed, sentBytes: 10 * MB },
      {
        ...resumed,
        sentBytes: 20 * MB,
      },
    );
    expect(rate.perSecond).toBeCloseTo((20 * MB) / 3);
    expect(text).toContain('910 MB of 1 GB');
    expect(text).toContain('0:14 left');
  });

  test('of a resume that finds the parts of a file late stays as it is, too', () => {
    const { rate, text } = reported(
      { sentBytes: 0, resumedBytes: 500 * MB, transferredBytes: 500 * MB },
      { sentBytes: 10 * MB, resumedBytes: 500 * MB, transferredBytes: 500 * MB },
      { sentBytes: 20 * MB, resumedBytes: 800 * MB, transferredBytes: 800 * MB },
    );
    expect(rate.perSecond).toBeCloseTo(10 * MB);
    expect(text).toContain('820 MB of 1 GB, 10 MB/s, 0:18 left');
  });

  test('of a batch that is started again is all of it, at the rate that there was', () => {
    const { rate, text } = reported(
      { sentBytes: 700 * MB, transferredBytes: 700 * MB },
      { sentBytes: 710 * MB, transferredBytes: 710 * MB },
      { sentBytes: 0, batchId: 'b2' },
      { sentBytes: 10 * MB, batchId: 'b2' },
    );
    expect(rate.perSecond).toBeCloseTo((20 * MB) / 3);
    expect(text).toContain('10 MB of 1 GB');
    expect(text).toContain('2:29 left');
  });

  test('of a file that is started again is what has to be sent, though accepted bytes do not fall', () => {
    const { text } = reported(
      { sentBytes: 980 * MB, transferredBytes: 980 * MB },
      { sentBytes: 990 * MB, transferredBytes: 990 * MB },
      { sentBytes: 500 * MB, transferredBytes: 990 * MB },
    );
    expect(text).toContain('990 MB of 1 GB');
    expect(text).toMatch(/1:40 left/);
  });

  test('is never more than all, nor more than 100 %', () => {
    const over = { sentBytes: 1100 * MB, transferredBytes: 1000 * MB, resumedBytes: 10 * MB };
    const { rate, text } = reported({}, over);
    expect(text).toMatch(/, 1 GB of 1 GB\b/); // not 1.1 GB
    expect(text).not.toContain('left');
    expect(formatScreen(progress(over), rate, 120, 24)).toContain('100 %');
  });
});
