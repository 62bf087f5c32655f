/** `complete`, `abort` and `revert`: one call each. */
import type { Command } from 'commander';
import { omitUndefined } from '../../shared/options.js';
import { UsageError } from '../exit-codes.js';
import { addCommand, addTimeoutFlag, type CommonFlags } from '../flags.js';
import { action, type Subcommand } from '../session.js';

type ActionName = 'complete' | 'abort' | 'revert';

interface ActionTexts {
  description: string;
  /** Completes the sentence "Batch <id> was …". */
  effect: string;
  /** Printed instead of running the action unless `--yes` is passed. */
  confirm?: string;
  /** The command to run next. */
  next?: { text: string; command: string };
}

const ACTIONS: Readonly<Record<ActionName, ActionTexts>> = {
  complete: {
    description: 'Complete a batch, so that the platform ingests it.',
    effect: 'completed',
    next: { text: 'To wait for the outcome', command: 'wait' },
  },
  abort: {
    description: 'Abort a batch that is not ingested yet; its files are discarded.',
    effect: 'aborted',
  },
  revert: {
    description: 'Revert an ingested batch; all its rows are deleted.',
    effect: 'reverted: its rows are being deleted',
    confirm: 'revert deletes all rows of batch <batchId> permanently. Pass --yes to confirm.',
  },
};

interface ActionFlags extends CommonFlags {
  yes?: boolean;
  timeoutMs?: number;
}

export const complete = (program: Command): Subcommand => addAction(program, 'complete');
export const abort = (program: Command): Subcommand => addAction(program, 'abort');
export const revert = (program: Command): Subcommand => addAction(program, 'revert');

function addAction(program: Command, name: ActionName): Subcommand {
  const { description, effect, confirm, next } = ACTIONS[name];
  const example = `${name} 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B${confirm === undefined ? '' : ' --yes'}`;
  const command = addTimeoutFlag(addCommand(program, `${name} <batchId>`, description, [example]));
  if (confirm !== undefined) command.option('--yes', 'confirm the deletion');
  return action<ActionFlags>(command, async (session, { yes, timeoutMs }, [batchId = '']) => {
    if (confirm !== undefined && yes !== true) {
      throw new UsageError(confirm.replace('<batchId>', batchId));
    }
    const client = await session.connect();
    session.afterSignal = {
      text: 'To see its status',
      command: session.suggest('status', batchId),
    };
    const options = { signal: session.signal, ...omitUndefined({ timeoutMs }) };
    await client.batches[name](batchId, options);
    const hint =
      next === undefined ? '' : `\n${next.text}: ${session.suggest(next.command, batchId)}`;
    return {
      json: { batchId, action: name },
      text: `Batch ${batchId} was ${effect}.${hint}`,
      effect: `batch ${batchId} was ${effect}`,
      isConfirmation: true,
    };
  });
}
