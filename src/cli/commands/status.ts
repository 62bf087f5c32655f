import type { Command } from 'commander';
import { type CommonFlags, examples, subcommand } from '../flags.js';
import { batchText } from '../format.js';
import { runs } from '../session.js';

/** `aep-batch status`. */
export function status(program: Command): void {
  const command = subcommand(program, 'status <batchId>', 'Show how a batch stands.');
  examples(command, 'status 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B --json');
  runs<CommonFlags>(command, async (session, _flags, [batchId = '']) => {
    const client = await session.connect();
    const batch = await client.batches.get(batchId, { signal: session.signal });
    return { json: { batchId, status: batch.status, batch }, text: batchText(batch) };
  });
}
