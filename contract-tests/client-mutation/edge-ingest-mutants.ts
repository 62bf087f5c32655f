/** Faults at the edges of ingests: their journals, batches, notices and limits. */
import { inFile, type Mutant } from './mutant.js';

export const edgeIngestMutants: readonly Mutant[] = [
  ...inFile(
    'src/ingest/state.ts',
    ['ingest/notice', 'ingest/journal'],
    ['    this.#isNotified = false;\n', '', 'the next ingest of a journal has no notice'],
    [
      "        assert(!this.#batchCompleted, 'an abort after the completion');\n",
      '',
      'a batch that is loaded counts as aborted',
    ],
    [
      "        assert(this.#batchCompleted, 'an outcome before the batch was completed');\n",
      '',
      'a batch that was not completed has an outcome',
    ],
    [
      "        assert(plan.content !== undefined, 'files that were not looked for');\n",
      '',
      'files that were not looked for are loaded already',
    ],
  ),
  ...inFile(
    'src/upload/stream-reader.ts',
    ['sources/source'],
    [
      'first.end > maxBytes',
      'first.end >= maxBytes',
      'a stream of just the threshold goes in parts',
    ],
  ),
  ...inFile(
    'src/ingest/settle-batch.ts',
    ['ingest/rules'],
    ['error.status >= 500', 'error.status > 500', 'the batch of a 500 is aborted'],
  ),
  ...inFile(
    'src/ingest/resume.ts',
    ['ingest/rules'],
    [" || status === 'abandoned'", '', 'a batch that was abandoned is gone on with'],
  ),
  ...inFile(
    'src/ingest/progress.ts',
    ['ingest/rules', 'ingest/started-again'],
    ['      this.#current.delete(entry.path);\n', '', 'a file that was sent is sent for ever'],
    ['    this.#current.clear();\n', '', 'a new batch goes on with the files of the old one'],
  ),
  ...inFile(
    'src/ingest/batch-room.ts',
    ['load/closed-batches'],
    [
      'bytes + sizeBytes <= this.#maxBytes',
      'bytes + sizeBytes < this.#maxBytes',
      'a batch cannot be filled',
    ],
  ),
  ...inFile(
    'src/upload/budget.ts',
    ['ingest/pace'],
    [
      'Math.ceil(lastMs + this.spanMs - nowMs)',
      'Math.ceil(this.spanMs)',
      'each wait is as long as the window',
    ],
    ['void before.then(turn.resolve);', 'turn.resolve();', 'who leaves the queue lets others past'],
    ['room < 0) return', 'room <= 0) return', 'the last byte of a limit is never used'],
    ['    last.lastMs = nowMs;\n', '', 'what was used last counts as long as the first'],
  ),
];
