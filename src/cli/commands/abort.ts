import type { Command } from 'commander';
import { actionOf } from './actions.js';

/** `aep-batch abort`. */
export function abort(program: Command): void {
  actionOf(program, {
    name: 'abort',
    description: 'Give up a batch that is not loaded yet; what was uploaded is thrown away.',
    done: 'aborted',
  });
}
