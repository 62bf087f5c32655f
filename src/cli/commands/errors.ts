/** `errors`: the rejected rows of a batch, and why they were rejected. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Command } from 'commander';
import { explainCode } from '../../resources/codes.js';
import type { RowError } from '../../resources/types.js';
import { omitUndefined } from '../../shared/options.js';
import { printableLine } from '../../shared/printable.js';
import { isSystemFailure, UsageError } from '../exit-codes.js';
import { addCommand, type CommonFlags } from '../flags.js';
import { formatQuantity } from '../format.js';
import type { Output, Result } from '../output.js';
import { action, type Subcommand } from '../session.js';

/** More than a person reads; a file takes all. */
const MAX_SHOWN = 1000;
/** How much of a row is quoted in a line for people. */
const MAX_QUOTED_LENGTH = 120;
const REPLACE_WARNING =
  'Ingest the corrected rows in a new batch, without --replace: that would delete this batch with its good rows.';

/** One reason why a row was rejected. */
interface Rejection {
  /** The file of the row, if the platform names it. */
  file?: string;
  code: string;
  message: string;
  /** What to do about it. */
  fix?: string;
  /** The row as it was sent. */
  record?: unknown;
}

interface ErrorsFlags extends CommonFlags {
  out?: string;
}

export function errors(program: Command): Subcommand {
  const description = "Show a batch's rejected rows, if it was created with --error-diagnostics.";
  const command = addCommand(program, 'errors <batchId>', description, [
    'errors 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B --out rejected.jsonl',
  ]).option('--out <file>', 'write all of them to a file, as JSON Lines');
  return action<ErrorsFlags>(command, async (session, flags, [batchId = '']) => {
    const { out, signal } = session;
    const client = await session.connect();
    const onUnproven = (file: string) =>
      out.say(
        `warning: ${file}: the response had neither a Content-Length nor chunks, so rows may be missing at its end. Run the command again to compare.`,
      );
    const rows = client.diagnostics.rowErrors(batchId, { signal, onUnproven });
    const rejections = listRejections(rows);
    return flags.out === undefined
      ? show(out, batchId, rejections)
      : write(out, batchId, rejections, flags.out);
  });
}

/** Every reason of every rejected row, as they arrive. */
async function* listRejections(rows: AsyncIterable<RowError>): AsyncGenerator<Rejection> {
  for await (const row of rows) {
    const { _errors, _filename, _corrupt_record, diagnosticFile: _, ...columns } = row;
    const record = _corrupt_record ?? (Object.keys(columns).length === 0 ? undefined : columns);
    for (const { code = '', message = '' } of _errors ?? [{}]) {
      const optional = omitUndefined({
        fix: explainCode(String(code), String(message))?.fix,
        record,
      });
      const file = omitUndefined({ file: _filename });
      yield { ...file, code: String(code), message: String(message), ...optional };
    }
  }
}

async function show(
  out: Output,
  batchId: string,
  rejections: AsyncIterable<Rejection>,
): Promise<Result> {
  const shown: Rejection[] = [];
  let hasMore = false;
  for await (const rejection of rejections) {
    hasMore = shown.length === MAX_SHOWN;
    if (hasMore || out.isClosed) break;
    shown.push(rejection);
    if (!out.isJson) await out.print(formatRejection(rejection));
  }
  if (hasMore) {
    out.say(`Only the first ${MAX_SHOWN} are shown. Pass --out <file> to write all to a file.`);
  }
  if (shown.length === 0) {
    out.say(
      `Batch ${batchId} has no report of rejected rows. Only batches created with --error-diagnostics have one.`,
    );
  }
  return { json: { batchId, errors: shown, more: hasMore } };
}

async function write(
  out: Output,
  batchId: string,
  rejections: AsyncIterable<Rejection>,
  path: string,
): Promise<Result> {
  const file = new LazyFile(path);
  try {
    for await (const rejection of rejections) await file.appendLine(out.toJson(rejection));
    await file.open();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
  const count = file.lines;
  if (count > 0) out.say(REPLACE_WARNING);
  return {
    json: { batchId, out: path, count },
    text: `${formatQuantity(count, 'rejected row')} of batch ${batchId} written to ${path}.`,
  };
}

/**
 * A file that is opened, and so emptied, only for its first line: a batch that does not exist leaves
 * an earlier file as it is. Rows may be personal data, so only the user can read a new file.
 */
class LazyFile {
  /** Lines written so far. */
  lines = 0;
  readonly #path: string;
  #file: FileHandle | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async open(): Promise<FileHandle> {
    this.#file ??= await open(this.#path, 'w', 0o600).catch((error) => this.#fail(error));
    return this.#file;
  }

  async appendLine(text: string): Promise<void> {
    const file = await this.open();
    await file.appendFile(`${text}\n`).catch((error) => this.#fail(error));
    this.lines++;
  }

  /** Some file systems report a full disk only now. */
  async close(): Promise<void> {
    await this.#file?.close().catch((error) => this.#fail(error));
  }

  #fail(error: NodeJS.ErrnoException): never {
    // A path that cannot be opened is a mistake of the caller; a full disk is not.
    if (this.#file === undefined && !isSystemFailure(error.code)) {
      throw new UsageError(`Cannot write ${this.#path}: ${error.code}. Choose another file.`);
    }
    const rows = formatQuantity(this.lines, 'row');
    const message = `Cannot write to ${this.#path}: ${error.message}. It contains ${rows} so far.`;
    throw new Error(message, { cause: error });
  }
}

function formatRejection({ file, code, message, fix, record }: Rejection): string {
  const row = typeof record === 'string' ? record : JSON.stringify(record);
  const reason = [code, message].filter((part) => part !== '').join(' ');
  const lines = [
    `${file === undefined ? '' : `${file}: `}${quote(reason)}`,
    ...(fix === undefined ? [] : [fix]),
    ...(row === undefined ? [] : [quote(row)]),
  ];
  return lines.join('\n    ');
}

/** The beginning of a text, on one printable line. */
function quote(text: string): string {
  const line = printableLine(text.slice(0, MAX_QUOTED_LENGTH + 1));
  return text.length > MAX_QUOTED_LENGTH ? `${line.slice(0, MAX_QUOTED_LENGTH)}…` : line;
}
