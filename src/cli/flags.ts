/** Flags that several subcommands share, and how their values are parsed. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { FileFormat } from '../resources/types.js';
import { MAX_PART_BYTES, MAX_PUT_BYTES } from '../shared/limits.js';
import { omitUndefined } from '../shared/options.js';
import type { LogFormat } from './log-format.js';

export interface CommonFlags {
  json?: boolean;
  sandbox?: string;
  quiet?: boolean;
  verbose?: boolean;
  logFormat?: LogFormat;
}

/** Adds `--log-format`, for commands that run for long. */
export const addLogFlag = (command: Command): Command =>
  command.addOption(
    new Option('--log-format <format>', 'write stderr as lines with times, or as JSON').choices([
      'text',
      'json',
    ]),
  );

/** Adds a subcommand with the flags and the examples that all of them have. */
export function addCommand(
  program: Command,
  usage: string,
  description: string,
  examples: readonly string[],
): Command {
  const lines = examples.map((line) => `  $ aep-batch ${line}`).join('\n');
  return program
    .command(usage)
    .description(description)
    .option('--sandbox <name>', 'sandbox to use (default: AEP_SANDBOX)')
    .option('--json', 'print the result as one JSON object on stdout')
    .option('--quiet', 'print nothing but results, warnings and errors')
    .option('--verbose', 'show every request, with secrets masked')
    .addHelpText('after', `\nExamples:\n${lines}`);
}

/** Parses a whole number within limits. */
export function integerArg(min: number, max: number, unit = ''): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const what = unit === '' ? 'a whole number' : `a whole number of ${unit}`;
    throw new InvalidArgumentError(`Expected ${what} from ${min} to ${max}.`);
  };
}

/** The longest time that a timer of Node takes. */
const MAX_TIMER_MS = 2_147_483_647;

export const millisecondsArg = (min: number) => integerArg(min, MAX_TIMER_MS, 'milliseconds');

function percentArg(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 100) return value;
  throw new InvalidArgumentError('Expected a percentage from 0 to 100.');
}

/** The values of an option that may be repeated. */
export const collectArg = (text: string, before: string[] = []): string[] => [...before, text];

/** A tab cannot be typed in most shells. */
const characterArg = (text: string): string => (text === '\\t' || text === 'tab' ? '\t' : text);

export interface FormatFlags {
  format?: FileFormat;
  multiline?: boolean;
  delimiter?: string;
  quote?: string;
  escape?: string;
  charset?: string;
  header?: boolean;
  nullMarker?: string;
}

export function addFormatFlags(command: Command, defaultFormat: string): Command {
  const format = new Option('--format <format>', `file format (default: ${defaultFormat})`);
  return command
    .addOption(format.choices(['json', 'parquet', 'csv']))
    .option('--multiline', 'each JSON file is one array of records, not a record per line')
    .option('--delimiter <char>', 'CSV column delimiter; "\\t" is a tab', characterArg)
    .option('--quote <char>', 'CSV quote character', characterArg)
    .option('--escape <char>', 'CSV escape character, before a quote in a value', characterArg)
    .option('--charset <name>', 'CSV character encoding')
    .option('--header', 'the first row of each CSV file names the columns (default)')
    .option('--no-header', 'CSV files have no header')
    .option('--null-marker <text>', 'CSV text that stands for a missing value');
}

/** The CSV options that were passed. */
export const csvOptions = (flags: FormatFlags) =>
  omitUndefined({
    delimiter: flags.delimiter,
    quote: flags.quote,
    escape: flags.escape,
    charset: flags.charset,
    header: flags.header,
    nullMarker: flags.nullMarker,
  });

/** Adds `--dataset`, which is required. */
export const addDatasetFlag = (command: Command, description: string): Command =>
  command
    .option('--dataset <id>', `${description} (required)`)
    // Not a requiredOption(): commander would report it missing before it reports a mistyped name.
    .hook('preAction', requireDataset);

function requireDataset(command: Command): void {
  if (command.opts<{ dataset?: string }>().dataset !== undefined) return;
  command.error("error: required option '--dataset <id>' not specified", {
    code: 'commander.missingMandatoryOptionValue',
  });
}

/** `name=value`; of one name several values are collected. */
function tagArg(text: string, tags: Tags = {}): Tags {
  const at = text.indexOf('=');
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || value === '') throw new InvalidArgumentError('Expected name=value.');
  const values = Object.hasOwn(tags, name) ? (tags[name] ?? []) : [];
  return Object.fromEntries([...Object.entries(tags), [name, [...values, value]]]);
}

type Tags = Record<string, string[]>;

export interface BatchFlags {
  dataset: string;
  externalId?: string;
  tag?: Tags;
  replace?: string[];
  errorDiagnostics?: boolean;
  partialIngestionPercent?: number;
}

export const addBatchFlags = (command: Command): Command =>
  addDatasetFlag(command, 'dataset to load into')
    .option('--external-id <id>', 'your own id for the batch')
    .option('--tag <name=value>', 'label for the batch; may be repeated', tagArg)
    .option(
      '--replace <batchId>',
      'batch to replace: all its rows are deleted (may be repeated)',
      collectArg,
    )
    .option('--error-diagnostics', 'keep a report of every rejected row, for `errors`')
    .option(
      '--partial-ingestion-percent <n>',
      'maximum percentage of rejected rows (default: 0)',
      percentArg,
    );

export interface ByteRateFlags {
  maxBytesPerSecond?: number;
  maxBytesPerHour?: number;
}

const bytesArg = integerArg(1, Number.MAX_SAFE_INTEGER, 'bytes');

export const addByteRateFlags = (command: Command): Command =>
  command
    .option('--max-bytes-per-second <n>', 'most bytes to send a second (default: any)', bytesArg)
    .option(
      '--max-bytes-per-hour <n>',
      'most bytes to send within an hour (default: any)',
      bytesArg,
    );

/** How files are divided into requests. */
export interface UploadPlanFlags {
  largeFileThresholdBytes?: number;
  partSizeBytes?: number;
  concurrency?: number;
}

export const addUploadPlanFlags = (command: Command): Command =>
  command
    .option(
      '--large-file-threshold-bytes <n>',
      'upload larger files in parts (default: 256000000)',
      integerArg(0, MAX_PUT_BYTES, 'bytes'),
    )
    .option(
      '--part-size-bytes <n>',
      'size of a part (default: 67108864)',
      integerArg(1, MAX_PART_BYTES, 'bytes'),
    )
    .option(
      '--concurrency <n>',
      'maximum concurrent uploads (default: 4)',
      integerArg(1, 64, 'uploads'),
    );

export interface UploadFlags extends UploadPlanFlags {
  timeoutMs?: number;
}

export const addUploadFlags = (command: Command): Command =>
  addTimeoutFlag(addUploadPlanFlags(command));

export const addTimeoutFlag = (command: Command): Command =>
  command.option(
    '--timeout-ms <n>',
    'time limit of one request; of an upload, without progress (default: 60000)',
    millisecondsArg(1),
  );

export interface WaitFlags {
  pollIntervalMs?: number;
  waitTimeoutMs?: number;
  timeoutMs?: number;
}

export const addWaitFlags = (command: Command): Command =>
  command
    .option(
      '--poll-interval-ms <n>',
      'shortest polling interval (default: 2000)',
      millisecondsArg(1),
    )
    .option('--wait-timeout-ms <n>', 'maximum time to wait (default: 24 h)', millisecondsArg(0));
