/** `sample`: made-up rows that the schema of a dataset takes. */
import type { Command } from 'commander';
import { UsageError } from '../exit-codes.js';
import { addCommand, integerArg } from '../flags.js';
import { formatQuantity } from '../format.js';
import { OutputFile } from '../output-file.js';
import {
  addSchemaFlags,
  formatSchemaName,
  type RowSchemaFlags,
  requireRowSchema,
  toSchemaJson,
} from '../row-schema.js';
import { action, type Subcommand } from '../session.js';

interface SampleFlags extends RowSchemaFlags {
  rows?: number;
  seed?: number;
  out?: string;
}

const DEFAULT_ROWS = 10;
const DEFAULT_SEED = 1;
const MAX_SEED = 2 ** 32 - 1;
/** How many rows are made before a signal is looked for. */
const ROWS_AT_ONCE = 100;

export function sample(program: Command): Subcommand {
  const description = 'Make up rows that the schema of a dataset takes, as JSON Lines.';
  const command = addCommand(program, 'sample', description, [
    'sample --dataset 5c8c3c555033b814b69f947f --rows 100 --out rows.jsonl',
    'sample --schema loyalty.schema.json',
  ]);
  addSchemaFlags(command, 'make up rows of')
    .option('--identities', 'give rows the identities that the descriptors of the schema name')
    .option(
      '--rows <n>',
      `how many rows (default: ${DEFAULT_ROWS})`,
      integerArg(0, Number.MAX_SAFE_INTEGER, 'rows'),
    )
    .option(
      '--seed <n>',
      `the same number gives the same rows (default: ${DEFAULT_SEED})`,
      integerArg(0, MAX_SEED),
    )
    .option('--out <file>', 'write them to this file');
  return action<SampleFlags>(command, async (session, flags) => {
    const { out, json, rows: count = DEFAULT_ROWS, seed = DEFAULT_SEED } = flags;
    if (json === true && out === undefined) {
      throw new UsageError('--json needs --out <file>: the rows are written there.');
    }
    const { rows: schema } = await requireRowSchema(session, flags);
    const { sampleRows } = await import('../../schema/index.js');
    const rows = sampleRows(schema, { count, seed });
    if (out === undefined) {
      await writeRows(
        takeUntil(rows, () => session.out.isClosed),
        session.signal,
        (line) => session.out.print(line),
      );
      return {};
    }
    await saveRows(rows, session.signal, out);
    const what = formatQuantity(count, 'row');
    return {
      json: { out, rows: count, seed, ...toSchemaJson(schema) },
      text: `${what} of ${formatSchemaName(schema)} written to ${out}.`,
      effect: `the rows are written to ${out}`,
      isConfirmation: true,
    };
  });
}

/** Nobody reads what is written to a standard output that was closed; a file is written to its end. */
function* takeUntil<T>(rows: Iterable<T>, isOver: () => boolean): Generator<T> {
  for (const row of rows) {
    if (isOver()) return;
    yield row;
  }
}

async function saveRows(rows: Iterable<object>, signal: AbortSignal, path: string): Promise<void> {
  const file = new OutputFile(path);
  try {
    await writeRows(rows, signal, (line) => file.addLine(line));
    await file.commit();
  } finally {
    await file.discard();
  }
}

async function writeRows(
  rows: Iterable<object>,
  signal: AbortSignal,
  write: (line: string) => Promise<void>,
): Promise<void> {
  let count = 0;
  for (const row of rows) {
    if (++count % ROWS_AT_ONCE === 0) {
      await new Promise(setImmediate);
      signal.throwIfAborted();
    }
    await write(JSON.stringify(row));
  }
}
