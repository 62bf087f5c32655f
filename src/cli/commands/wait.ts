import type { Command } from 'commander';
import { omitUndefined } from '../../shared/options.js';
import {
  type CommonFlags,
  examples,
  subcommand,
  timeoutOption,
  type WaitFlags,
  waitOptions,
} from '../flags.js';
import { exitCodeOf, outcomeText } from '../outcome.js';
import { runs } from '../session.js';

/** `aep-batch wait`: ends like `ingest`. */
export function wait(program: Command): void {
  const command = subcommand(
    program,
    'wait <batchId>',
    'Wait until a batch was ingested, failed or stalled.',
  );
  timeoutOption(waitOptions(command));
  examples(command, 'wait 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B --wait-timeout-ms 600000');
  runs<CommonFlags & WaitFlags>(command, async (session, flags, [batchId = '']) => {
    const client = await session.connect();
    const { pollIntervalMs, waitTimeoutMs, timeoutMs } = flags;
    session.out.note(`Waiting for batch ${batchId}; a new one may take a while to be known.`);
    const { recordsOf } = await import('../../ingest/receipt.js');
    const { batch, outcome } = await client.batches.wait(batchId, {
      ...omitUndefined({ pollIntervalMs, waitTimeoutMs, timeoutMs }),
      signal: session.signal,
      onStatus: ({ status }) => session.out.note(`Batch ${batchId}: ${status}`),
      onWarning: ({ message }) => session.out.say(`warning: ${message}`),
    });
    const records = recordsOf(batch);
    const ended = {
      batchId,
      status: batch.status,
      outcome,
      ...(records === undefined ? {} : { records }),
      ...(batch.errors === undefined ? {} : { errors: batch.errors }),
    };
    return { json: ended, text: outcomeText(ended), exitCode: exitCodeOf(outcome) };
  });
}
