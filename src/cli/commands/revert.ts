import type { Command } from 'commander';
import { actionOf } from './actions.js';

/** `aep-batch revert`: nothing brings the rows back, so it wants a yes. */
export function revert(program: Command): void {
  actionOf(program, {
    name: 'revert',
    description: 'Take back a batch that was loaded, with all its rows.',
    done: 'reverted: its rows are being deleted',
    confirm: 'revert deletes all rows of batch <batchId>, for good: pass --yes if that is meant.',
  });
}
