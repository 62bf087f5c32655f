import { functionOption, number } from '../http/checks.js';
import { NotFoundError } from '../http/errors.js';
import { notify } from '../http/notify.js';
import { type OptionTable, optional, type ValidOptions, withDefault } from '../http/options.js';
import { CALL_OPTIONS, type CallOptions } from '../http/settings.js';
import type { Batch, BatchStatus } from './types.js';

const DEFAULT_POLL_INTERVAL_MS = 2000;
const DEFAULT_WAIT_TIMEOUT_MS = 24 * 3600 * 1000;
/** The longest time between two questions, as a multiple of the shortest. */
const MAX_INTERVALS = 30;
/** The Catalog may lag: so often a batch may be missing before it is taken not to exist. */
const MAX_MISSES = 5;
const MAX_TIMER_MS = 2_147_483_647;

/** How a batch that was completed ended. */
export type WaitOutcome = 'success' | 'success-with-rejects' | 'failed' | 'stalled' | 'timed-out';

export interface WaitOptions extends CallOptions {
  /** The shortest time between two questions, in milliseconds. Default 2000; it grows to 30 times. */
  pollIntervalMs?: number;
  /** How long to wait in all, in milliseconds. Default 24 hours. */
  waitTimeoutMs?: number;
  /** Told whenever the batch stands otherwise than before, unknown states too. */
  onStatus?: (batch: Batch) => void;
}

type Defaults = 'pollIntervalMs' | 'waitTimeoutMs';
const MILLISECONDS = { max: MAX_TIMER_MS, unit: 'milliseconds' };

/** The options of a wait, and how each is checked. */
export const WAIT_OPTIONS: OptionTable<WaitOptions, Defaults> = {
  ...CALL_OPTIONS,
  pollIntervalMs: withDefault(number({ ...MILLISECONDS, min: 1 }), DEFAULT_POLL_INTERVAL_MS),
  waitTimeoutMs: withDefault(number({ ...MILLISECONDS, min: 0 }), DEFAULT_WAIT_TIMEOUT_MS),
  onStatus: optional(functionOption()),
};

/** A batch, and how it ended. */
export interface Waited {
  outcome: WaitOutcome;
  /** As it was when it was last asked for. */
  batch: Batch;
}

/** Where a batch has come to an end; every other status, known or not, is on its way. */
const END: ReadonlyMap<BatchStatus, 'loaded' | 'failed' | 'stalled'> = new Map([
  ...(['success', 'active', 'archived', 'retained'] as const).map((s) => [s, 'loaded'] as const),
  ...(['failed', 'failure', 'aborted', 'abandoned', 'inactive', 'deleted'] as const).map(
    (s) => [s, 'failed'] as const,
  ),
  ['stalled', 'stalled'],
]);

/** The outcome of a batch as it stands, or `undefined` while it is on its way. */
export function outcomeOf(batch: Batch): WaitOutcome | undefined {
  const end = END.get(batch.status);
  if (end !== 'loaded') return end;
  const failed = batch.failedRecordCount ?? Number(batch.metrics?.['failedRecordCount'] ?? 0);
  return failed > 0 ? 'success-with-rejects' : 'success';
}

/** What waiting needs: the status, and time. */
export interface WaitTools {
  get: (options: CallOptions) => Promise<Batch>;
  now: () => number;
  random: () => number;
  pause: (ms: number) => Promise<void>;
}

/** Asks until the batch has come to an end, or the time is up. */
export async function waitForBatch(
  tools: WaitTools,
  options: ValidOptions<WaitOptions, Defaults>,
): Promise<Waited> {
  const { onStatus, pollIntervalMs: least, waitTimeoutMs, ...call } = options;
  const deadline = tools.now() + waitTimeoutMs;
  let status: BatchStatus | undefined;
  let misses = 0;
  for (let interval = least; ; ) {
    const batch = await tools.get(call).catch((error: unknown) => {
      if (!(error instanceof NotFoundError) || ++misses > MAX_MISSES) throw error;
      return undefined;
    });
    if (batch !== undefined) {
      if (batch.status !== status) notify(onStatus, batch);
      status = batch.status;
      const outcome = outcomeOf(batch);
      if (outcome !== undefined) return { outcome, batch };
    }
    const left = deadline - tools.now();
    if (left <= 0 && batch !== undefined) return { outcome: 'timed-out', batch };
    // Decorrelated jitter: between the shortest and three times the last, so that many who wait
    // do not ask together.
    interval = Math.min(least * MAX_INTERVALS, least + tools.random() * (interval * 3 - least));
    await tools.pause(Math.max(0, Math.min(interval, left)));
  }
}
