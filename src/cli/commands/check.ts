/** `check`: finds errors in files without sending anything. */
import type { Command } from 'commander';
import { formatFinding } from '../../preflight/findings.js';
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
import { action, type Subcommand } from '../session.js';

interface CheckFlags extends CommonFlags, FormatFlags {
  deep?: boolean;
}

export function check(program: Command): Subcommand {
  const description = 'Check files for errors without sending anything; no account is needed.';
  const command = addCommand(program, 'check <path...>', description, ['check exports/ --deep']);
  command.option('--deep', 'read whole files, not only their first and last MiB');
  addFormatFlags(command, 'detected');
  return action<CheckFlags>(command, async (session, flags, paths) => {
    const { checkFiles } = await import('../../ingest/check-files.js');
    const { format, multiline, deep } = flags;
    const csv = csvOptions(flags);
    const options = omitUndefined({ format, isMultiLineJson: multiline, deep, csv });
    const result = await checkFiles(paths, { ...options, signal: session.signal });
    return {
      json: { ...result, isMultiLineJson: result.isMultiLineJson ?? false },
      text: formatCheck(result),
      exitCode: result.errors === 0 ? EXIT.done : EXIT.usage,
    };
  });
}

type CheckResult = Awaited<ReturnType<typeof import('../../ingest/check-files.js')['checkFiles']>>;

/** The findings and the totals. */
function formatCheck({ findings, errors, files, bytes, rows, format }: CheckResult): string {
  const lines = findings.map((finding) => `${finding.level}: ${formatFinding(finding)}`);
  const verdict = errors === 0 ? 'ok' : formatQuantity(errors, 'error');
  const counts = rows === undefined ? [] : [formatQuantity(rows, 'row')];
  const known = format === undefined ? [] : [format];
  const totals = [formatQuantity(files, 'file'), formatSize(bytes), ...counts, ...known];
  return [...lines, `${verdict}: ${totals.join(', ')}`].join('\n');
}
