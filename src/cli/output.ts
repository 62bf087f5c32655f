/** Where the command writes: one result on stdout, all else on stderr. */

import type { Secrets } from '../http/redact.js';
import type { PlainLimits } from '../shared/plain.js';
import { printable } from '../shared/printable.js';
import { EXIT } from './exit-codes.js';
import { StandardStream } from './standard-stream.js';

/** `JSON.stringify` recurses, and a row of a report may be nested to any depth. */
const JSON_LIMITS: PlainLimits = { maxDepth: 500, maxCharacters: Number.POSITIVE_INFINITY };

/** What a subcommand gives: the object for `--json`, the text for people, and how it ended. */
export interface Result {
  json: object;
  text: string;
  exitCode?: number;
  /** What the command did beside printing, in a few words; for when the result cannot be printed. */
  done?: string;
}

/** How a subcommand ended that has printed its result itself. */
export type Ended = { exitCode: number };

/** A live display on the terminal that lines have to be written above of. */
export interface Live {
  above(text: string): void;
}

/** Errors are listened for from the start: the first write may be the one that fails. */
export const stdout = new StandardStream(process.stdout);
export const stderr = new StandardStream(process.stderr);

let isFailureReported = false;

/**
 * Waits until all output has left the process, and says once if any of it was lost.
 * @param done what the command did, where it did more than to print.
 * @returns the exit code: a success whose output was lost is an error, any other stays what it is.
 */
export async function finishOutput(exitCode: number, done?: string): Promise<number> {
  await Promise.all([stdout.flushed(), stderr.flushed()]);
  const { failure } = stdout;
  if (failure === undefined) return exitCode;
  if (!isFailureReported) {
    isFailureReported = true;
    const result = done === undefined ? '' : ` Only the output failed. What was done: ${done}.`;
    const message = `Cannot write to standard output: ${failure.message}.${result}`;
    stderr.write(`${red('error:')} ${printable(message, '\n')}\n`);
    await stderr.flushed();
  }
  return exitCode === EXIT.done || exitCode === EXIT.rejects ? EXIT.error : exitCode;
}

export class Output {
  readonly json: boolean;
  readonly quiet: boolean;
  #live: Live | undefined;
  /** Taken out of all that is written, wherever they came from. */
  secrets: Secrets | undefined;

  constructor({ json = false, quiet = false }: { json?: boolean; quiet?: boolean }) {
    this.json = json;
    this.quiet = quiet;
  }

  /** Whether nobody reads stdout any more, or it cannot be written. */
  get closed(): boolean {
    return stdout.hasEnded;
  }

  /** Lines are written above the display as long as there is one. */
  set live(live: Live | undefined) {
    this.#live = live;
  }

  /** For people, on stderr, whatever was asked for. */
  say(text: string): void {
    const clean = this.clean(text);
    if (this.#live === undefined) stderr.write(`${clean}\n`);
    else this.#live.above(clean);
  }

  /** For people, unless they asked for quiet. */
  note(text: string): void {
    if (!this.quiet) this.say(text);
  }

  /** A line on stdout, where the result is not JSON. */
  async print(text: string): Promise<void> {
    if (this.closed) return;
    stdout.write(`${this.clean(text)}\n`);
    await stdout.drained();
  }

  /** The result, once. */
  async result({ json, text }: Pick<Result, 'json' | 'text'>): Promise<void> {
    // Redacted before it is JSON, so that no secret can hide behind an escape or break the JSON.
    const clean = this.secrets?.redactValue(json, JSON_LIMITS) ?? json;
    if (this.json) await this.print(JSON.stringify(clean));
    else if (text !== '') await this.print(text);
  }

  /** The text as it may be shown: without secrets, and with everything invisible escaped. */
  clean(text: string): string {
    const clean = this.secrets?.redact(text) ?? text;
    // Our own colours stay; a file's name may hold anything.
    const plain = (part: string) => printable(part, '\n\t');
    const rest = (part: string) => part.split(PLAIN).map(plain).join(PLAIN);
    return clean.split(RED).map(rest).join(RED);
  }
}

/** Whether colours are wanted there: https://no-color.org. */
export const hasColor = ({ isTTY }: { isTTY?: boolean }): boolean =>
  isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';

const RED = '\u001b[31m';
const PLAIN = '\u001b[39m';
export const red = (text: string): string =>
  hasColor(process.stderr) ? `${RED}${text}${PLAIN}` : text;
