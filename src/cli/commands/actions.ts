/** complete, abort and revert: one call each. */

import type { Command } from 'commander';
import { omitUndefined } from '../../shared/options.js';
import { UsageError } from '../exit-codes.js';
import { type CommonFlags, examples, subcommand, timeoutOption, type WaitFlags } from '../flags.js';
import { runs } from '../session.js';

interface Action {
  name: 'complete' | 'abort' | 'revert';
  description: string;
  /** What is said when it was done. */
  done: string;
  /** What is asked before it is done. */
  confirm?: string;
}

interface ActionFlags extends CommonFlags, Pick<WaitFlags, 'timeoutMs'> {
  yes?: boolean;
}

export function actionOf(program: Command, { name, description, done, confirm }: Action): void {
  const command = timeoutOption(subcommand(program, `${name} <batchId>`, description));
  if (confirm !== undefined) command.option('--yes', 'it is meant');
  examples(command, `${name} 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B${confirm === undefined ? '' : ' --yes'}`);
  runs<ActionFlags>(command, async (session, { yes, timeoutMs }, [batchId = '']) => {
    if (confirm !== undefined && yes !== true) {
      throw new UsageError(confirm.replace('<batchId>', batchId));
    }
    const client = await session.connect();
    await client.batches[name](batchId, {
      signal: session.signal,
      ...omitUndefined({ timeoutMs }),
    });
    const json = { batchId, action: name };
    return { json, text: `Batch ${batchId} was ${done}.`, done: `batch ${batchId} was ${done}` };
  });
}
