/** `resume`: continues an interrupted ingest. */
import type { Command } from 'commander';
import { addCommand, addTimeoutFlag, addWaitFlags } from '../flags.js';
import { addResumeFlags, type ResumeFlags, toResumeOptions } from '../ingest-flags.js';
import { withProgress } from '../progress.js';
import { action, type Subcommand } from '../session.js';
import { finishIngest } from './ingest.js';

export function resume(program: Command): Subcommand {
  const description = 'Resume an interrupted ingest from its journal.';
  const command = addCommand(program, 'resume <journal>', description, [
    'resume ~/.local/state/aep-batch/aep-batch-….journal',
  ]);
  addResumeFlags(addTimeoutFlag(addWaitFlags(command)));
  return action<ResumeFlags>(command, async (session, flags, [journal = '']) => {
    const { out, signal } = session;
    const client = await session.connect();
    const options = { ...toResumeOptions(flags), signal };
    const receipt = await withProgress(out, (listeners) =>
      client.resume(journal, { ...options, ...listeners }),
    );
    return finishIngest(receipt, journal, session);
  });
}
