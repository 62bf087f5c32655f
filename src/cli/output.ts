/** Where the command writes: the result on stdout, everything else on stderr. */
import type { Secrets } from '../http/redact.js';
import type { PlainLimits } from '../shared/plain.js';
import { printable } from '../shared/printable.js';
import { EXIT } from './exit-codes.js';
import { formatLog, type LogFields, type LogFormat } from './log-format.js';
import { type OutputStream, StandardStream } from './standard-stream.js';

/** `JSON.stringify` recurses, and a row of a report may be nested to any depth. */
const JSON_LIMITS: PlainLimits = { maxDepth: 500, maxCharacters: Number.POSITIVE_INFINITY };

/** What a subcommand returns. */
export interface Result {
  /** The object for `--json`. Missing if the subcommand has printed its output itself. */
  json?: object;
  /** The output without `--json`. */
  text?: string;
  /** Default: 0. */
  exitCode?: number;
  /** What the subcommand changed, to be reported if its output cannot be written. */
  effect?: string;
  /** Whether the text only confirms a success, so that `--quiet` leaves it out. */
  isConfirmation?: boolean;
}

/** A live display on the terminal; other lines are written above it. */
export interface LiveDisplay {
  writeAbove(text: string): void;
}

/** The streams of one run of the command. */
export interface Streams {
  readonly stdout: StandardStream;
  readonly stderr: StandardStream;
}

/** Called at start, because the first write may be the one that fails. */
export const openStreams = (stdout: OutputStream, stderr: OutputStream): Streams => ({
  stdout: new StandardStream(stdout),
  stderr: new StandardStream(stderr),
});

/**
 * Waits until all output has left the process, and reports output that was lost.
 * @returns the exit code: a success whose output was lost is an error, all others stay.
 */
export async function finishOutput(
  { exitCode, effect }: { exitCode: number; effect?: string },
  { stdout, stderr }: Streams,
): Promise<number> {
  await Promise.all([stdout.flushed(), stderr.flushed()]);
  const { failure } = stdout;
  if (failure === undefined) return exitCode;
  const lost = effect === undefined ? '' : ` Only the output is lost: ${effect}.`;
  const message = `Cannot write to standard output: ${failure.message}.${lost}`;
  stderr.write(`${red('error:', stderr)} ${printable(message, '\n')}\n`);
  await stderr.flushed();
  return exitCode === EXIT.done || exitCode === EXIT.rejects ? EXIT.error : exitCode;
}

interface OutputFlags {
  json?: boolean;
  quiet?: boolean;
  logFormat?: LogFormat;
}

export class Output {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  /** Masked in everything that is written. */
  secrets: Secrets | undefined;
  /** While it is set, lines are written above it. */
  live: LiveDisplay | undefined;
  /** How lines on stderr are written; without it as plain text. */
  readonly logFormat: LogFormat | undefined;
  /** What `--quiet` holds back until there is something else to say. */
  #heldBack: string | undefined;

  readonly streams: Streams;

  constructor({ json = false, quiet = false, logFormat }: OutputFlags, streams: Streams) {
    this.logFormat = logFormat;
    this.streams = streams;
    this.isJson = json;
    this.isQuiet = quiet;
  }

  /** Whether stdout was closed by its reader, or cannot be written. */
  get isClosed(): boolean {
    return this.streams.stdout.hasEnded;
  }

  /** Whether output to stdout was lost, for example on a full disk. */
  get hasFailed(): boolean {
    return this.streams.stdout.failure !== undefined;
  }

  /**
   * Writes a line to stderr, also with `--quiet`.
   * @param fields what a log of JSON has beside the text.
   */
  say(text: string, fields: LogFields = {}): void {
    this.#writeHeldBack();
    const line = this.clean(text);
    const { logFormat } = this;
    if (logFormat === undefined) this.#write(line);
    else this.#write(formatLog(logFormat, line, new Date(), this.#redactFields(fields)));
  }

  #redactFields(fields: LogFields): LogFields {
    const { secrets } = this;
    if (secrets === undefined) return fields;
    const entries = Object.entries(fields);
    return Object.fromEntries(
      entries.map(([name, value]) => [name, secrets.redactValue(value, JSON_LIMITS)]),
    );
  }

  /** Writes an error to stderr. Only what is ours has a colour. */
  sayError(text: string): void {
    if (this.logFormat !== undefined) {
      this.say(`error: ${text}`);
      return;
    }
    this.#writeHeldBack();
    this.#write(`${red('error:', this.streams.stderr)} ${this.clean(text)}`);
  }

  /** Writes a line that explains those that follow: with `--quiet` only if one follows. */
  introduce(text: string): void {
    if (this.isQuiet) this.#heldBack = text;
    else this.say(text);
  }

  #writeHeldBack(): void {
    const text = this.#heldBack;
    this.#heldBack = undefined;
    if (text !== undefined) this.say(text);
  }

  #write(line: string): void {
    if (this.live === undefined) this.streams.stderr.write(`${line}\n`);
    else this.live.writeAbove(line);
  }

  /** Writes a line to stderr, unless `--quiet` was passed. */
  note(text: string): void {
    if (!this.isQuiet) this.say(text);
  }

  /** Writes a line to stdout. */
  async print(text: string): Promise<void> {
    if (this.isClosed) return;
    const { stdout } = this.streams;
    stdout.write(`${this.clean(text)}\n`);
    await stdout.drained();
  }

  /** Writes a part of a result to stdout. What it holds is clean already, as that of `toJson()`. */
  async printPart(text: string): Promise<void> {
    if (this.isClosed) return;
    const { stdout } = this.streams;
    stdout.write(text);
    await stdout.drained();
  }

  /** Prints a result as the flags say: one JSON object, or text. */
  async printResult({ json, text = '' }: Pick<Result, 'json' | 'text'>): Promise<void> {
    if (json === undefined) return;
    if (this.isJson) await this.print(this.toJson(json));
    else if (text !== '') await this.print(text);
  }

  /** The value as one line of JSON, with secrets masked and invisible characters escaped. */
  toJson(value: object): string {
    // Masked before it is JSON, where an escape could hide a secret and a mask could break the syntax.
    const masked = this.secrets?.redactValue(value, JSON_LIMITS) ?? value;
    return printable(JSON.stringify(masked));
  }

  /** The text as it may be shown: secrets masked, invisible characters escaped, those of colours too. */
  clean(text: string): string {
    return printable(this.secrets?.redact(text) ?? text, '\n\t');
  }
}

/** Whether a stream shows colours: https://no-color.org. */
const hasColor = ({ isTTY }: { isTTY?: boolean }): boolean =>
  isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';

const RED = '\u001b[31m';
const RESET = '\u001b[39m';
const red = (text: string, { stream }: StandardStream): string =>
  hasColor(stream) ? `${RED}${text}${RESET}` : text;
