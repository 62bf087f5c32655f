/** Options that several subcommands have, and how their values are read. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { FileFormat } from '../resources/types.js';
import { MAX_PART_BYTES, MAX_PUT_BYTES } from '../shared/limits.js';
import { omitUndefined } from '../shared/options.js';

export interface CommonFlags {
  json?: boolean;
  sandbox?: string;
  quiet?: boolean;
  verbose?: boolean;
}

/** A new subcommand with the options that all of them have. */
export function subcommand(program: Command, usage: string, description: string): Command {
  return program
    .command(usage)
    .description(description)
    .option('--sandbox <name>', 'the sandbox, in place of AEP_SANDBOX')
    .option('--json', 'print one JSON object on stdout')
    .option('--quiet', 'show no progress')
    .option('--verbose', 'show each request, with secrets masked');
}

export function examples(command: Command, ...lines: string[]): Command {
  const told = lines.map((line) => `  $ aep-batch ${line}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${told}`);
}

/** A whole number within bounds. */
export function whole(min: number, max: number, unit: string): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      `Pass a whole number${unit === '' ? '' : ` of ${unit}`} from ${min} to ${max}.`,
    );
  };
}

/** The longest time that a timer of Node can wait. */
const MAX_TIMER_MS = 2_147_483_647;

export const milliseconds = (min: number) => whole(min, MAX_TIMER_MS, 'milliseconds');

function percent(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 100) return value;
  throw new InvalidArgumentError('Pass a percentage from 0 to 100.');
}

/** A tab cannot be typed in most shells. */
const character = (text: string): string => (text === '\\t' || text === 'tab' ? '\t' : text);

export interface FormatFlags {
  format?: FileFormat;
  multiline?: boolean;
  delimiter?: string;
  quote?: string;
  escape?: string;
  charset?: string;
}

/** How CSV is to be read, as far as it was said. */
export const csvOptions = (flags: FormatFlags) =>
  omitUndefined({
    delimiter: flags.delimiter,
    quote: flags.quote,
    escape: flags.escape,
    charset: flags.charset,
  });

/** How the files are to be read. */
export function formatOptions(command: Command, fallback: string): Command {
  const format = new Option('--format <format>', `of the files (default: ${fallback})`);
  return command
    .addOption(format.choices(['json', 'parquet', 'csv']))
    .option('--multiline', 'each JSON file is one array')
    .option('--delimiter <char>', 'between the columns of CSV; "\\t" is a tab', character)
    .option('--quote <char>', 'around values of CSV', character)
    .option('--escape <char>', 'before a quote in a value of CSV', character)
    .option('--charset <name>', 'of CSV');
}

export interface BatchFlags {
  dataset: string;
  externalId?: string;
  replace?: string[];
  errorDiagnostics?: boolean;
  partialIngestionPercent?: number;
}

/** Looked at here, since commander would look before it says which option was mistyped. */
export function needDataset(command: Command): void {
  if (command.opts<Partial<BatchFlags>>().dataset !== undefined) return;
  command.error("error: required option '--dataset <id>' not specified", {
    code: 'commander.missingMandatoryOptionValue',
  });
}

/** What a batch is created with. */
export function batchOptions(command: Command): Command {
  return command
    .option('--dataset <id>', 'the dataset to load into (required)')
    .hook('preAction', needDataset)
    .option('--external-id <id>', 'your own id for the batch')
    .option('--replace <batchId...>', 'batches that this one replaces; all their rows are deleted')
    .option('--error-diagnostics', 'have the platform keep a report of every rejected row')
    .option('--partial-ingestion-percent <n>', 'the share of rows that may be rejected', percent);
}

export interface UploadFlags {
  largeFileThresholdBytes?: number;
  partSizeBytes?: number;
  concurrency?: number;
  timeoutMs?: number;
}

export function uploadOptions(command: Command): Command {
  const threshold = whole(0, MAX_PUT_BYTES, 'bytes');
  return timeoutOption(
    command
      .option('--large-file-threshold-bytes <n>', 'files above this go in parts', threshold)
      .option('--part-size-bytes <n>', 'the size of a part', whole(1, MAX_PART_BYTES, 'bytes'))
      .option('--concurrency <n>', 'requests with bytes at a time', whole(1, 64, 'requests')),
  );
}

export const timeoutOption = (command: Command): Command =>
  command.option('--timeout-ms <n>', 'how long an attempt of a call may take', milliseconds(1));

export interface WaitFlags {
  pollIntervalMs?: number;
  waitTimeoutMs?: number;
  timeoutMs?: number;
}

export function waitOptions(command: Command): Command {
  return command
    .option('--poll-interval-ms <n>', 'the shortest time between two looks', milliseconds(1))
    .option('--wait-timeout-ms <n>', 'how long to wait in all (default: 24 h)', milliseconds(0));
}
