/** `convert`: CSV or JSON as rows of a dataset's schema. */
import { stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { formatFinding } from '../../preflight/format-finding.js';
import type { ConvertResult, RowSchema } from '../../schema/index.js';
import { omitUndefined } from '../../shared/options.js';
import type { SourceFile } from '../../upload/source.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { addCommand, addFormatFlags, csvOptions, type FormatFlags } from '../flags.js';
import { formatQuantity } from '../format.js';
import type { Result } from '../output.js';
import {
  addSchemaFlags,
  formatSchemaName,
  type RowSchemaFlags,
  requireRowSchema,
  toSchemaJson,
} from '../row-schema.js';
import { action, type Subcommand } from '../session.js';

interface ConvertFlags extends RowSchemaFlags, FormatFlags {
  to?: 'json' | 'parquet';
  out?: string;
}

export function convert(program: Command): Subcommand {
  const description = 'Convert CSV or JSON to rows of a schema, as JSON Lines or Parquet.';
  const command = addCommand(program, 'convert <path>', description, [
    'convert members.csv --dataset 5c8c3c555033b814b69f947f --to parquet --out members.parquet',
    'convert members.csv --schema loyalty.schema.json --to json --out members.jsonl',
  ]);
  addFormatFlags(addSchemaFlags(command, 'convert by'), 'detected')
    .addOption(
      new Option('--to <format>', 'what is written (required)').choices(['json', 'parquet']),
    )
    .option('--out <file>', 'the file that is written (required)');
  return action<ConvertFlags>(command, async (session, flags, [path = '']) => {
    const { to, out, format, multiline } = flags;
    if (to === undefined) throw new UsageError('Pass --to json or --to parquet.');
    if (out === undefined) throw new UsageError('Pass --out <file>: the rows are written there.');
    await assertOtherFile(path, out);
    const file = await openSource(path);
    const { rows: schema } = await requireRowSchema(session, flags);
    const { convertFile } = await import('../../schema/index.js');
    const options = omitUndefined({ format, isMultiLineJson: multiline, csv: csvOptions(flags) });
    const { signal } = session;
    const result = await convertFile(file, schema, { ...options, to, out, signal });
    return describe(result, schema, to, out);
  });
}

/** @throws {UsageError} for anything but one file. */
async function openSource(path: string): Promise<SourceFile> {
  const { walk } = await import('../../ingest/walk.js');
  const { files } = await walk([path]);
  const found: SourceFile[] = [];
  for await (const file of files) found.push(file);
  const [file, ...others] = found;
  if (file?.coding !== undefined) {
    throw new UsageError(`${path} is compressed with ${file.coding}. Decompress it first.`);
  }
  if (file !== undefined && others.length === 0) return file;
  const received = formatQuantity(found.length, 'file');
  throw new UsageError(`Invalid ${path}: expected one file, received a folder with ${received}.`);
}

/** @throws {UsageError} where the file to write is the one to read, under whatever path. */
async function assertOtherFile(path: string, out: string): Promise<void> {
  const [source, target] = await Promise.all(
    [path, out].map((one) => stat(one, { bigint: true }).catch(() => undefined)),
  );
  if (source === undefined || target === undefined) return;
  if (source.dev !== target.dev || source.ino !== target.ino) return;
  throw new UsageError(`Cannot write ${out}: it is the file to convert. Choose another file.`);
}

function describe(
  result: ConvertResult,
  schema: RowSchema,
  to: 'json' | 'parquet',
  out: string,
): Result {
  const { findings, errors, rows = 0 } = result;
  const isWritten = errors === 0;
  const lines = findings.map((finding) => `${finding.level}: ${formatFinding(finding)}`);
  const name = formatSchemaName(schema);
  const verdict = isWritten
    ? `${formatQuantity(rows, 'row')} of ${name} written to ${out}.`
    : `${formatQuantity(errors, 'error')}: nothing is written to ${out}.`;
  return {
    json: { out: isWritten ? out : null, to, ...result, schema: toSchemaJson(schema) },
    text: [...lines, verdict].join('\n'),
    exitCode: isWritten ? EXIT.done : EXIT.usage,
    isConfirmation: lines.length === 0,
    ...(isWritten ? { effect: `the rows are written to ${out}` } : {}),
  };
}
