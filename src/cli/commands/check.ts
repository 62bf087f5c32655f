/** `check`: finds errors in files, and in their rows by the schema of a dataset, without sending any of them. */
import type { Command } from 'commander';
import { formatFinding } from '../../preflight/format-finding.js';
import type { CheckResult } from '../../preflight/types.js';
import type { BatchCheck } from '../../schema/index.js';
import { formatSize } from '../../shared/format.js';
import { omitUndefined } from '../../shared/options.js';
import { EXIT } from '../exit-codes.js';
import {
  addCommand,
  addFormatFlags,
  type CommonFlags,
  csvOptions,
  type FormatFlags,
} from '../flags.js';
import { formatQuantity } from '../format.js';
import {
  addRowSchemaFlags,
  type FoundSchema,
  findRowSchema,
  formatSchemaName,
  type RowSchemaFlags,
  toSchemaJson,
} from '../row-schema.js';
import { action, type Subcommand } from '../session.js';
import { addSourceFlags, findPaths, type SourceFlags, toFileChoice } from '../source-flags.js';

/** How many new fields the last line names. */
const MAX_NEW_FIELDS = 10;

interface CheckFlags extends CommonFlags, FormatFlags, SourceFlags, RowSchemaFlags {
  deep?: boolean;
}

export function check(program: Command): Subcommand {
  const description =
    'Check files for errors without sending them; only --dataset needs an account.';
  const command = addCommand(program, 'check [path...]', description, [
    'check exports/ --deep',
    'check rows.jsonl --dataset 5c8c3c555033b814b69f947f',
    'check rows.jsonl --schema loyalty.schema.json',
  ]);
  command.option('--deep', 'read whole files, not only their first and last MiB');
  addRowSchemaFlags(addSourceFlags(addFormatFlags(command, 'detected')));
  return action<CheckFlags>(command, async (session, flags, args) => {
    const paths = await findPaths(args, flags, session.signal);
    const found = await findRowSchema(session, flags);
    const { checkFiles } = await import('../../ingest/check-files.js');
    const rowCheck = found === undefined ? undefined : await openRowCheck(found);
    const { format, multiline, deep } = flags;
    const csv = csvOptions(flags);
    const choice = toFileChoice(flags);
    const options = {
      ...omitUndefined({ format, isMultiLineJson: multiline, deep, csv }),
      ...choice,
    };
    const result = await checkFiles(paths, { ...options, signal: session.signal }, rowCheck);
    const lines = rowCheck === undefined ? [] : [formatRowCheck(rowCheck, found, result)];
    return {
      json: {
        ...result,
        isMultiLineJson: result.isMultiLineJson ?? false,
        ...(rowCheck === undefined ? {} : toRowCheckJson(rowCheck, found)),
      },
      text: [...formatCheck(result), ...lines].join('\n'),
      exitCode: result.errors === 0 ? EXIT.done : EXIT.usage,
    };
  });
}

async function openRowCheck({ rows }: FoundSchema): Promise<BatchCheck> {
  const { BatchCheck } = await import('../../schema/index.js');
  return new BatchCheck(rows);
}

const toRowCheckJson = (
  { schema, counts, newFields }: BatchCheck,
  { readAt }: Partial<FoundSchema> = {},
) => ({
  schema: { ...toSchemaJson(schema), ...omitUndefined({ readAt }) },
  rowCounts: counts,
  ...omitUndefined({ newFields }),
});

/** The findings and the totals. */
export function formatCheck({
  findings,
  errors,
  files,
  bytes,
  isEstimate,
  rows,
  format,
}: CheckResult): string[] {
  const lines = findings.map((finding) => `${finding.level}: ${formatFinding(finding)}`);
  const verdict = errors === 0 ? 'ok' : formatQuantity(errors, 'error');
  const counts = rows === undefined ? [] : [formatQuantity(rows, 'row')];
  const known = format === undefined ? [] : [format];
  const size = isEstimate === true ? `≈ ${formatSize(bytes)} compressed` : formatSize(bytes);
  const totals = [formatQuantity(files, 'file'), size, ...counts, ...known];
  return [...lines, `${verdict}: ${totals.join(', ')}`];
}

/** Which schema was used, how many rows were checked by it, and what happens to them. */
function formatRowCheck(
  { schema, counts, newFields }: BatchCheck,
  found: FoundSchema | undefined,
  { rows }: CheckResult,
): string {
  const { failing, rejected, skipped } = counts;
  const parts = [
    ...(failing > 0 ? [`${failing} would make the batch fail`] : []),
    ...(rejected > 0 ? [`${rejected} would be rejected`] : []),
    ...(skipped > 0 ? [`${skipped} would be skipped by Profile`] : []),
  ];
  const result = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  const more = rows === undefined ? ' To check all rows, pass --deep.' : '';
  const line = `${formatQuantity(counts.rows, 'row')} checked by ${formatSchemaName(schema)}, ${found?.origin ?? ''}${result}.${more}`;
  const [first, ...others] = newFields ?? [];
  if (first === undefined) return line;
  const shown = [first, ...others].slice(0, MAX_NEW_FIELDS);
  const isMore = others.length >= MAX_NEW_FIELDS;
  return `${line}\n${formatQuantity(others.length + 1, 'field')} that the dataset has never had: ${shown.join(', ')}${isMore ? ', …' : ''}`;
}
