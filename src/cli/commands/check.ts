import type { Command } from 'commander';
import { formatFinding } from '../../preflight/findings.js';
import { omitUndefined } from '../../shared/options.js';
import { EXIT } from '../exit-codes.js';
import {
  type CommonFlags,
  csvOptions,
  examples,
  type FormatFlags,
  formatOptions,
  subcommand,
} from '../flags.js';
import { bytes, files } from '../format.js';
import { runs } from '../session.js';

interface CheckFlags extends CommonFlags, FormatFlags {
  deep?: boolean;
}

/** `aep-batch check`: what the platform would refuse, found without it. */
export function check(program: Command): void {
  const command = subcommand(
    program,
    'check <path...>',
    'Look for what the platform would refuse; nothing is sent, no account is needed.',
  ).option('--deep', 'read everything, and not only the beginnings');
  formatOptions(command, 'what the files look like');
  examples(command, 'check exports/ --deep');
  runs<CheckFlags>(command, async (session, flags, paths) => {
    const { checkFiles } = await import('../../ingest/run-preflight.js');
    const { format, multiline, deep } = flags;
    const csv = csvOptions(flags);
    const options = omitUndefined({ format, isMultiLineJson: multiline, deep, csv });
    const found = await checkFiles(paths, { ...options, signal: session.signal });
    const checked = { ...found, isMultiLineJson: found.isMultiLineJson ?? false };
    const bad = checked.errors;
    const rows = checked.rows === undefined ? '' : `, ${checked.rows} rows`;
    const verdict = bad === 0 ? 'ok' : `${bad} ${bad === 1 ? 'error' : 'errors'}`;
    const total = `${files(checked.files)}, ${bytes(checked.bytes)}${rows}, ${checked.format}`;
    return {
      json: checked,
      text: [
        ...checked.findings.map((each) => `${each.level}: ${formatFinding(each)}`),
        `${verdict}: ${total}`,
      ].join('\n'),
      exitCode: bad === 0 ? EXIT.done : EXIT.usage,
    };
  });
}
