/** `errors`: the rejected rows of a batch, why they were rejected, and where they come from. */
import type { Command } from 'commander';
import type { CommandClient } from '../../client.js';
import { NotFoundError } from '../../http/errors.js';
import type {
  RejectedRow,
  RejectedRowsOptions,
  UploadedSource,
} from '../../ingest/rejected-rows.js';
import { countRecords } from '../../resources/outcome.js';
import { ENDS } from '../../resources/statuses.js';
import type { Batch } from '../../resources/types.js';
import { formatBatch } from '../batch-text.js';
import { UsageError } from '../exit-codes.js';
import { addCommand, type CommonFlags } from '../flags.js';
import { formatQuantity } from '../format.js';
import type { Output, Result } from '../output.js';
import { findJournalSources, readSources } from '../rejections/find-sources.js';
import { OutputFile } from '../rejections/output-file.js';
import { type Rejection, RejectionSummary, toRejections } from '../rejections/rejection.js';
import { RowsOut } from '../rejections/rows-out.js';
import { addBatchErrors, summarizeSince } from '../rejections/since.js';
import { UnreadableLines } from '../rejections/unreadable-lines.js';
import { action, type Session, type Subcommand } from '../session.js';
import { findStateFolder } from '../state-dir.js';
import { timeArg } from '../time-arg.js';

/** More than a person reads; a file takes all. */
const MAX_SHOWN = 1000;
const REPLACE_WARNING =
  'Ingest the corrected rows in a new batch, without --replace: that would delete this batch with its good rows.';

interface ErrorsFlags extends CommonFlags {
  out?: string;
  rowsOut?: string;
  source?: string[];
  since?: number;
  dataset?: string;
}

export function errors(program: Command): Subcommand {
  const description =
    'Show the rejected rows of a batch and why they were rejected, or sum up those of all batches since a time.';
  const command = addCommand(program, 'errors [batchId]', description, [
    'errors 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B --out rejected.jsonl',
    'errors 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B --source rows.jsonl --rows-out to-correct.jsonl',
    'errors --since 24h',
  ])
    .option('--out <file>', 'write all reasons to a file, as JSON Lines')
    .option(
      '--rows-out <file>',
      'write the rejected rows to a file, ready to be corrected and loaded again; the reasons go to <file>.reasons.jsonl',
    )
    .option('--source <path...>', 'files that were loaded, to find the lines of the rows in')
    .option(
      '--since <time>',
      'sum up all failed and partly loaded batches created after this time, or this age: 24h',
      (text: string) => timeArg(text),
    )
    .option('--dataset <id>', 'with --since: only batches of this dataset');
  return action<ErrorsFlags>(command, async (session, flags, [batchId]) => {
    checkFlags(flags, batchId);
    if (batchId === undefined) return summarizeSince(session, flags.since ?? 0, flags.dataset);
    return showBatch(session, flags, batchId);
  });
}

/** @throws {UsageError} for a batch and a time together, or neither. */
function checkFlags({ since, dataset, out, rowsOut, source }: ErrorsFlags, batchId?: string): void {
  if (batchId === undefined && since === undefined) {
    throw new UsageError('Pass a batch id, or --since <time> for all batches since then.');
  }
  if (batchId !== undefined && since !== undefined) {
    throw new UsageError('Pass either a batch id or --since, not both.');
  }
  if (batchId !== undefined && dataset !== undefined) {
    throw new UsageError('--dataset goes with --since: a batch id needs none.');
  }
  const ofOne = { '--out': out, '--rows-out': rowsOut, '--source': source };
  for (const [name, value] of Object.entries(ofOne)) {
    if (batchId === undefined && value !== undefined) {
      throw new UsageError(`${name} goes with a batch id, not with --since.`);
    }
  }
}

async function showBatch(session: Session, flags: ErrorsFlags, batchId: string): Promise<Result> {
  const { out, signal } = session;
  const given = flags.source === undefined ? undefined : await readSources(flags.source);
  const client = await session.connect();
  const sources = given ?? (await findJournalSources(findStateFolder(), batchId));
  const unreadable = new UnreadableLines(out);
  const needsFormat = sources.length > 0 || flags.rowsOut !== undefined;
  const batch = needsFormat ? await client.batches.get(batchId, { signal }) : undefined;
  const inputFormat = batch?.inputFormat ?? {};
  const options: RejectedRowsOptions = {
    signal,
    onUnproven: (file) =>
      out.say(
        `warning: ${file}: the response had neither a Content-Length nor chunks, so rows may be missing at its end. Run the command again to compare.`,
      ),
    onUnreadable: (error) => unreadable.add(error),
    inputFormat,
  };
  const report = new Report(out, flags, inputFormat.format);
  if (flags.rowsOut !== undefined) {
    report.rowsOut = await RowsOut.create(out, flags.rowsOut, inputFormat, sources);
  }
  try {
    await report.addAll(client.rejectedRows(batchId, sources, options));
  } finally {
    await report.discard();
  }
  unreadable.report();
  const extra = unreadable.toJSON();
  if (report.rows === 0) return explainNone(client, session, flags, batchId, batch, extra);
  return report.finish(session, batchId, extra, sources);
}

/** Everything that is done with the rows, as they arrive. */
class Report {
  rows = 0;
  rowsOut: RowsOut | undefined;
  readonly #out: Output;
  readonly #file: OutputFile | undefined;
  readonly #isFlat: boolean;
  readonly #shown: Rejection[] = [];
  readonly #summary = new RejectionSummary();
  #count = 0;
  #located = 0;

  constructor(out: Output, flags: ErrorsFlags, format: string | undefined) {
    this.#out = out;
    this.#file = flags.out === undefined ? undefined : new OutputFile(flags.out);
    this.#isFlat = format === 'csv' || format === 'parquet';
  }

  /** A batch without a report has no rows; where there is no batch, looking for it says so. */
  async addAll(rows: AsyncIterable<RejectedRow>): Promise<void> {
    try {
      for await (const row of rows) await this.#add(row);
    } catch (error) {
      if (!(error instanceof NotFoundError) || this.rows > 0) throw error;
    }
    await this.#file?.commit();
    await this.rowsOut?.commit();
  }

  async discard(): Promise<void> {
    await this.#file?.discard();
    await this.rowsOut?.discard();
  }

  async #add(row: RejectedRow): Promise<void> {
    this.rows++;
    if (row.line !== undefined) this.#located++;
    await this.rowsOut?.add(row);
    for (const rejection of toRejections(row, this.#isFlat)) {
      this.#count++;
      this.#summary.add(rejection);
      await this.#file?.addLine(this.#out.toJson(rejection));
      if (this.#shown.length < MAX_SHOWN) this.#shown.push(rejection);
    }
  }

  /** The result, and on stderr what to do next. */
  finish(
    session: Session,
    batchId: string,
    extra: object,
    sources: readonly UploadedSource[],
  ): Result {
    const { out } = session;
    const hasFile = this.#file !== undefined || this.rowsOut !== undefined;
    if (hasFile) out.say(REPLACE_WARNING);
    const more = this.#count > this.#shown.length;
    if (more && this.#file === undefined) {
      out.say(`Only the first ${MAX_SHOWN} are shown. Pass --out <file> to write all to a file.`);
    }
    const unlocated = this.rows - this.#located;
    if (sources.length > 0 && unlocated > 0) {
      out.note(`The line of ${formatQuantity(unlocated, 'row')} is not certain, and not stated.`);
    }
    if ((this.rowsOut?.missing ?? 0) > 0) {
      const missing = formatQuantity(this.rowsOut?.missing ?? 0, 'row');
      out.say(
        `warning: the platform did not return the contents of ${missing}; they are not in the file.`,
      );
    }
    const common = {
      rows: this.rows,
      summary: this.#summary.toJSON(),
      ...this.#toRowsJson(),
      ...extra,
    };
    const json =
      this.#file === undefined
        ? { batchId, errors: this.#shown, more, ...common }
        : { batchId, out: this.#file.path, count: this.#count, ...common };
    return { json, text: this.#format(session, batchId) };
  }

  #toRowsJson(): object {
    if (this.rowsOut === undefined) return {};
    const { rows, reasons, count } = this.rowsOut;
    return { rowsOut: { path: rows.path, count, reasons: reasons.path } };
  }

  #format(session: Session, batchId: string): string {
    const lines = [
      `Batch ${batchId}: ${formatQuantity(this.rows, 'rejected row')}`,
      ...this.#summary.format(true),
    ];
    if (this.#file !== undefined) {
      const count = formatQuantity(this.#count, 'rejected row');
      lines.push(`${count} of batch ${batchId} written to ${this.#file.path}.`);
    }
    if (this.rowsOut !== undefined) {
      const { rows, reasons, count } = this.rowsOut;
      lines.push(
        `${formatQuantity(count, 'row')} written to ${rows.path}, the reasons to ${reasons.path}.`,
      );
      lines.push(
        `After correcting them: ${session.suggest('ingest', rows.path, '--dataset', '<id>')}`,
      );
    }
    return lines.join('\n');
  }
}

/** What is known of a batch without rejected rows: an error if there is no such batch. */
async function explainNone(
  client: CommandClient,
  session: Session,
  { out, rowsOut }: ErrorsFlags,
  batchId: string,
  known: Batch | undefined,
  extra: object,
): Promise<Result> {
  const batch = known ?? (await client.batches.get(batchId, { signal: session.signal }));
  const summary = new RejectionSummary();
  addBatchErrors(summary, batch);
  const failed = countRecords(batch)?.failed ?? 0;
  const isClean = failed === 0 && summary.isEmpty;
  const loaded = ENDS.get(batch.status) === 'loaded';
  const next =
    ENDS.get(batch.status) === undefined
      ? `It has not ended. To wait for it: ${session.suggest('wait', batchId)}`
      : isClean && loaded
        ? 'No row was rejected.'
        : 'The platform has no report of single rows for this batch: ingest with --error-diagnostics to have one. `aep-batch check --deep` finds many such rows beforehand.';
  for (const file of [out, rowsOut]) {
    if (file !== undefined) session.out.say(`There are no rows to write: ${file} was not written.`);
  }
  // Its next step may be this very command.
  const isOther = (line: string) => !line.endsWith(session.suggest('errors', batchId));
  const text = formatBatch(batch, (...args) => session.suggest(...args))
    .split('\n')
    .filter(isOther)
    .join('\n');
  const entries = out === undefined ? { errors: [], more: false } : { out, count: 0 };
  const json = { batchId, ...entries, rows: failed, status: batch.status };
  return {
    json: { ...json, summary: summary.toJSON(), ...extra },
    text: `${text}\n${next}`,
  };
}
