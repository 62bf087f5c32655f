import { AepBatchError } from '../shared/errors.js';

/** It cannot be found out whether a call whose response was lost took effect; the cause of its error. */
export class UnknownOutcomeError extends AepBatchError {
  override readonly name = 'UnknownOutcomeError';
}
