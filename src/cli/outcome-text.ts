/** What the end of a batch, or its status, means in plain words, and what to run next. */
import type { IngestOutcome } from '../ingest/types.js';
import { explainCode } from '../resources/codes.js';
import type { BatchSummary } from '../resources/outcome.js';
import { isListed } from '../resources/statuses.js';
import type { BatchStatus } from '../resources/types.js';
import { omitUndefined } from '../shared/options.js';

/** A batch, and what its Catalog entry says about it. */
export interface BatchState extends BatchSummary {
  batchId: string;
  status: BatchStatus;
}

/** How a batch ended, as `wait`, `ingest` and `resume` print it. */
export interface End extends BatchState {
  outcome: IngestOutcome;
}

/** Sentences, each on a line of its own, and the command to run next. */
export interface Description {
  text: string[];
  next?: { text: string; command: string[] };
}

const AGAIN = 'To load its files, ingest them again: that makes a new batch.';

/** What each outcome means. The outcomes that depend on more than themselves are functions. */
const DESCRIPTIONS: Readonly<Record<IngestOutcome, (end: BatchState) => Description>> = {
  success: ({ status }) => ({
    text:
      status === 'archived' || status === 'retained'
        ? ['It was loaded; since then its rows may have been moved out of the dataset.']
        : [],
  }),
  accepted: ({ batchId }) => ({
    text: ['It was completed. Whether it is loaded was not waited for.'],
    next: { text: 'To wait for the outcome', command: ['wait', batchId] },
  }),
  skipped: describeSkipped,
  'success-with-rejects': ({ batchId }) => ({
    text: ['The rows that were not rejected are loaded.'],
    next: seeErrors(batchId),
  }),
  failed: describeFailure,
  stalled: ({ batchId }) => ({
    text: [
      'The platform has stopped retrying, and goes on only if its support restarts the batch. Do not load the files again before it has ended.',
    ],
    next: { text: 'To see its status', command: ['status', batchId] },
  }),
  'timed-out': describeProgress,
  aborted: () => ({
    text: ['It was aborted before it was loaded: no row was loaded.', AGAIN],
  }),
  abandoned: () => ({
    text: ['It was not completed in time, so the platform abandoned it: no row was loaded.', AGAIN],
  }),
  inactive: ({ successor }) => ({
    text: [
      'It was loaded, and then taken back, expired or taken over by another batch. Its rows are no longer in use.',
      ...(successor === undefined ? [] : [`Batch ${successor} has taken over its rows.`]),
      'Do not load its files again without looking: the rows may be in another batch.',
    ],
    // Without a successor there is nothing more to look at: this batch was just shown.
    ...(successor === undefined
      ? {}
      : { next: { text: 'To look at that batch', command: ['status', successor] } }),
  }),
  deleted: () => ({
    text: [
      'It was deleted: none of its rows is in the dataset any more.',
      'Find out who deleted it before you load its files again.',
    ],
  }),
};

const seeErrors = (batchId: string) => ({
  text: 'To see the rejected rows',
  command: ['errors', batchId],
});

const NOT_SENT = 'These files were loaded before, as this batch: nothing was sent.';

function describeSkipped({ batchId, status, records, successor }: BatchState): Description {
  if (status === 'inactive') {
    const inactive = DESCRIPTIONS.inactive({ batchId, status, ...omitUndefined({ successor }) });
    return { ...inactive, text: [NOT_SENT, ...inactive.text.slice(0, -1), FORCE] };
  }
  if ((records?.failed ?? 0) === 0) return { text: [NOT_SENT] };
  return { text: [NOT_SENT], next: seeErrors(batchId) };
}

const FORCE = 'If the rows are missing, load the files again with --skip-loaded --force.';

const DUPLICATE = explainCode('140');

function describeFailure({ batchId, records, errors = [] }: BatchState): Description {
  if (errors.some(({ code }) => explainCode(code) === DUPLICATE)) {
    return { text: ['No row of this batch was loaded, and none has to be.'] };
  }
  return {
    text: (records?.output ?? 0) > 0 ? [] : ['No row was loaded.'],
    next: { text: 'To see why', command: ['errors', batchId] },
  };
}

/** A batch that has not ended. */
function describeProgress({ batchId, status }: BatchState): Description {
  if (status === 'loading') {
    return {
      text: ['It is still loading: nothing is loaded until it is completed.'],
      next: { text: 'To complete it, which may be repeated', command: ['complete', batchId] },
    };
  }
  return {
    text: isListed(status)
      ? ['It is still being processed.']
      : [
          `This version does not know the status ${status}, so it cannot be said how the batch stands.`,
        ],
    next: { text: 'To wait for the outcome', command: ['wait', batchId] },
  };
}

/** What the outcome of a batch means, or its status if it has not ended. */
export const describeBatch = (
  batch: BatchState,
  outcome: IngestOutcome | undefined,
): Description => (outcome === undefined ? describeProgress(batch) : DESCRIPTIONS[outcome](batch));
