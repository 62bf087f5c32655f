/** What `errors` shows of one batch: its rejected rows, or why there are none. */
import type { CommandClient } from '../../client.js';
import { NotFoundError } from '../../http/errors.js';
import type {
  RejectedRow,
  RejectedRowsOptions,
  UploadedSource,
} from '../../ingest/rejected-rows.js';
import { isPackedName } from '../../packing/names.js';
import { countRecords } from '../../resources/outcome.js';
import { ENDS } from '../../resources/statuses.js';
import type { Batch } from '../../resources/types.js';
import { formatBatch } from '../batch-text.js';
import { formatQuantity } from '../format.js';
import type { Output, Result } from '../output.js';
import { OutputFile } from '../output-file.js';
import type { Session } from '../session.js';
import { findSources, readSources } from './find-sources.js';
import { Targets } from './protect-sources.js';
import { type Rejection, RejectionSummary, toRejections } from './rejection.js';
import { REASONS_SUFFIX, RowsOut } from './rows-out.js';
import { addBatchErrors } from './since.js';
import { UnreadableLines } from './unreadable-lines.js';

/** More than a person reads; a file takes all. */
const MAX_SHOWN = 1000;
const REPLACE_WARNING =
  'Ingest the corrected rows in a new batch, without --replace: that would delete this batch with its good rows.';

/** The flags that go with a batch id. */
export interface BatchErrorsFlags {
  out?: string;
  rowsOut?: string;
  source?: string[];
}

export async function showBatch(
  session: Session,
  flags: BatchErrorsFlags,
  batchId: string,
): Promise<Result> {
  const { out, signal } = session;
  const given = flags.source === undefined ? undefined : await readSources(flags.source);
  const client = await session.connect();
  const sources = given ?? (await findSources(batchId));
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
  const targets = await Targets.create(listTargets(flags), sources);
  const report = new Report(out, flags, inputFormat.format, targets);
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

function listTargets({ out, rowsOut }: BatchErrorsFlags): string[] {
  const targets = rowsOut === undefined ? [] : [rowsOut, `${rowsOut}${REASONS_SUFFIX}`];
  return out === undefined ? targets : [out, ...targets];
}

/** Everything that is done with the rows, as they arrive. */
class Report {
  rows = 0;
  rowsOut: RowsOut | undefined;
  readonly #out: Output;
  readonly #file: OutputFile | undefined;
  readonly #isFlat: boolean;
  readonly #targets: Targets;
  readonly #shown: Rejection[] = [];
  readonly #summary = new RejectionSummary();
  #count = 0;
  #located = 0;
  /** Rows of which only the packed file is known. */
  #packed = 0;

  constructor(out: Output, flags: BatchErrorsFlags, format: string | undefined, targets: Targets) {
    this.#out = out;
    this.#targets = targets;
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
    this.#targets.check(row.file);
    this.rows++;
    if (row.line !== undefined) this.#located++;
    else if (row.file !== undefined && isPackedName(row.file)) this.#packed++;
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
    if (sources.length === 0 && this.#packed > 0) {
      out.say(
        'Files were packed. To see the original files and lines, pass the files that were loaded: --source <path...>.',
      );
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

/** The Catalog has the option as a tag, with one value. */
const hasDiagnostics = ({ tags }: Batch): boolean =>
  [tags?.['acp_enableErrorDiagnostics']].flat().some((value) => String(value) === 'true');

/** What is known of a batch without rejected rows: an error if there is no such batch. */
async function explainNone(
  client: CommandClient,
  session: Session,
  { out, rowsOut }: BatchErrorsFlags,
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
        : `The platform has no report of single rows for this batch${hasDiagnostics(batch) ? ', although it was created with error diagnostics: its files may have failed as a whole' : ': ingest with --error-diagnostics to have one'}. \`aep-batch check --deep\` finds many such rows beforehand.`;
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
