/** Why a batch's status does not allow an action, and which one it allows. */
import type { operations } from '../../generated/openapi.js';
import { ENDS, isListed } from './statuses.js';
import type { BatchStatus } from './types.js';

export type Action = operations['batchAction']['parameters']['query']['action'];

/** A sentence or two for the error with which the platform rejects the action. */
export function explainRejectedAction(action: Action, id: string, status: BatchStatus): string {
  const is = `Batch ${id} is ${status}`;
  if (!isListed(status)) return `${is}, a status that this version does not know.`;
  const end = ENDS.get(status);
  const isOpen = end === undefined || end === 'stalled';
  switch (action) {
    case 'ABORT':
    case 'FAIL':
      if (end === 'loaded')
        return `${is}: it was loaded. To delete its rows, revert it: batches.revert("${id}") or \`aep-batch revert ${id} --yes\`.`;
      return isOpen ? `${is}.` : `${is}: it has ended, and there is nothing to abort.`;
    case 'REVERT':
      if (isOpen)
        return `${is}: it was not loaded yet. To discard it, abort it: batches.abort("${id}") or \`aep-batch abort ${id}\`.`;
      return end === 'loaded'
        ? `${is}.`
        : `${is}: no row of it was loaded, and there is nothing to revert.`;
    case 'COMPLETE':
      if (status === 'loading')
        return `${is}: complete each of its files that was uploaded in parts first.`;
      return end === undefined || end === 'loaded'
        ? `${is}: it was completed before.`
        : `${is}: it has ended. Load the files in a new batch.`;
  }
}
