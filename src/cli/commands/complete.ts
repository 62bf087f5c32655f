import type { Command } from 'commander';
import { actionOf } from './actions.js';

/** `aep-batch complete`. */
export function complete(program: Command): void {
  actionOf(program, {
    name: 'complete',
    description: 'Hand a batch over to be ingested.',
    done: 'completed: it was handed over, `aep-batch wait` waits for its outcome',
  });
}
