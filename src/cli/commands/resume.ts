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
import { runs } from '../session.js';
import { onFailureOption, resultOf, shown } from './ingest.js';

interface ResumeFlags extends CommonFlags, WaitFlags {
  wait: boolean;
  onFailure?: 'abort' | 'leave';
  takeOver?: boolean;
}

/** `aep-batch resume`: goes on with an ingest that broke off. */
export function resume(program: Command): void {
  const command = subcommand(
    program,
    'resume <journal>',
    'Go on with an ingest that broke off, from its journal.',
  );
  onFailureOption(timeoutOption(waitOptions(command)))
    .option('--no-wait', 'end as soon as the batch was handed over')
    .option('--take-over', 'take the journal from a process that cannot be checked');
  examples(command, 'resume ~/.local/state/aep-batch/aep-batch-….journal');
  runs<ResumeFlags>(command, async (session, flags, [journal = '']) => {
    const client = await session.connect();
    const { pollIntervalMs, waitTimeoutMs, timeoutMs, onFailure, takeOver, wait } = flags;
    const options = omitUndefined({
      pollIntervalMs,
      waitTimeoutMs,
      timeoutMs,
      onFailure,
      takeOver,
    });
    const receipt = await shown(session, (tell) =>
      client.resume(journal, { ...options, ...tell, wait, signal: session.signal }),
    );
    return resultOf(receipt, journal, session.out);
  });
}
