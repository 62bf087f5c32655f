import { type FileHandle, open } from 'node:fs/promises';
import type { Command } from 'commander';
import { isSystemFailure, UsageError } from '../exit-codes.js';
import { type CommonFlags, examples, subcommand } from '../flags.js';
import type { Result } from '../output.js';
import { runs, type Session } from '../session.js';
import { type Rejected, rejectedRows } from './rejected.js';

/** More than anybody reads; a file takes all. */
const MAX_SHOWN = 1000;
/** The longest that a row is quoted in a line for people. */
const MAX_QUOTED_LENGTH = 120;
const REPLACE_WARNING =
  'Ingest the mended rows as a batch of their own, without --replace: that would delete this batch with its good rows.';

interface ErrorsFlags extends CommonFlags {
  out?: string;
}

/** `aep-batch errors`: which rows were rejected, and why. */
export function errors(program: Command): void {
  const command = subcommand(
    program,
    'errors <batchId>',
    'Show the rejected rows of a batch; it has to have been created with --error-diagnostics.',
  ).option('--out <file>', 'write all of them to a file, as JSON Lines');
  examples(command, 'errors 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B --out rejected.jsonl');
  runs<ErrorsFlags>(command, async (session, { out }, [batchId = '']) => {
    const client = await session.connect();
    const rows = rejectedRows(client, batchId, session.signal);
    return out === undefined ? show(session, batchId, rows) : write(session, batchId, rows, out);
  });
}

async function show(
  { out }: Session,
  batchId: string,
  rows: AsyncIterable<Rejected>,
): Promise<Result> {
  const shown: Rejected[] = [];
  let more = false;
  for await (const row of rows) {
    more = shown.length === MAX_SHOWN;
    if (more || out.closed) break;
    shown.push(row);
    if (!out.json) await out.print(textOf(row));
  }
  if (more) {
    out.say(`There are more than these ${MAX_SHOWN}: --out <file> writes all of them to a file.`);
  }
  if (shown.length === 0) {
    out.say(`Batch ${batchId} has no report of rejected rows.`);
  }
  return { json: { batchId, errors: shown, more }, text: '' };
}

async function write(
  { out }: Session,
  batchId: string,
  rows: AsyncIterable<Rejected>,
  path: string,
): Promise<Result> {
  let file: FileHandle | undefined;
  let count = 0;
  const fail = (error: NodeJS.ErrnoException) => {
    // A name that cannot be used is the caller's; a full disk is not.
    if (file === undefined && !isSystemFailure(error)) {
      throw new UsageError(`${path} cannot be written (${error.code}): name another file.`);
    }
    const message = `Cannot write to ${path}: ${error.message}. It holds ${count} of the rows.`;
    throw new Error(message, { cause: error });
  };
  const create = () => open(path, 'w', 0o600).catch(fail);
  try {
    for await (const row of rows) {
      // Only now: what was in the file is not to be lost for a batch that is not there. The rows
      // are data of people, perhaps: for the user's eyes alone.
      file ??= await create();
      await file.appendFile(`${JSON.stringify(row)}\n`).catch(fail);
      count++;
    }
    file ??= await create();
  } catch (error) {
    await file?.close().catch(() => undefined);
    throw error;
  }
  // Some file systems report only now that the disk is full.
  await file.close().catch(fail);
  if (count > 0) out.say(REPLACE_WARNING);
  return {
    json: { batchId, out: path, count },
    text: `${count} rejected rows of batch ${batchId} are in ${path}.`,
  };
}

function textOf({ file, code, message, fix, record }: Rejected): string {
  const text = typeof record === 'string' ? record : JSON.stringify(record);
  const quoted = text === undefined ? '' : `\n    ${oneLine(text)}`;
  const said = [code, message].filter((part) => part !== '').join(' ');
  const toDo = fix === undefined ? '' : `\n    ${fix}`;
  return `${file === undefined ? '' : `${file}: `}${oneLine(said)}${toDo}${quoted}`;
}

/** Rows are whatever somebody sent. */
function oneLine(text: string): string {
  const clean = text.replace(/\p{Cc}+/gu, ' ').trim();
  return clean.length > MAX_QUOTED_LENGTH ? `${clean.slice(0, MAX_QUOTED_LENGTH)}…` : clean;
}
