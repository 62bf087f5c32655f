/** Where the command writes: one result on stdout, all else on stderr. */
import { once } from 'node:events';

/** What a subcommand gives: the object for `--json`, the text for people, and how it ended. */
export interface Result {
  json: object;
  text: string;
  exitCode?: number;
}

/** How a subcommand ended that has printed its result itself. */
export type Ended = { exitCode: number };

/** A live display on the terminal that lines have to be written above of. */
export interface Live {
  above(text: string): void;
}

let stdoutClosed = false;

/** Whoever read the output may be gone (`| head -1`): that ends the output, never the work. */
export function survivesClosedPipes(): void {
  process.stdout.on('error', () => {
    stdoutClosed = true;
  });
  process.stderr.on('error', () => undefined);
}

/** Until what was written has left the process; it may sit in a buffer where stdout is a pipe. */
export async function flushed(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableLength > 0 && !stream.destroyed) {
      await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => undefined);
    }
  }
}

export class Output {
  readonly json: boolean;
  readonly quiet: boolean;
  #live: Live | undefined;
  /** Takes secrets out of all that is written, wherever they came from. */
  redact: (text: string) => string = (text) => text;

  constructor({ json = false, quiet = false }: { json?: boolean; quiet?: boolean }) {
    this.json = json;
    this.quiet = quiet;
  }

  /** Whether nobody reads stdout any more. */
  get closed(): boolean {
    return stdoutClosed;
  }

  /** Lines are written above the display as long as there is one. */
  set live(live: Live | undefined) {
    this.#live = live;
  }

  /** For people, on stderr, whatever was asked for. */
  say(text: string): void {
    const clean = printable(this.redact(text));
    if (this.#live === undefined) process.stderr.write(`${clean}\n`);
    else this.#live.above(clean);
  }

  /** For people, unless they asked for quiet. */
  note(text: string): void {
    if (!this.quiet) this.say(text);
  }

  /** A line on stdout, where the result is not JSON. */
  async print(text: string): Promise<void> {
    if (this.closed) return;
    if (!process.stdout.write(`${printable(this.redact(text))}\n`)) {
      await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]).catch(
        () => undefined,
      );
    }
  }

  /** The result, once. */
  async result({ json, text }: Pick<Result, 'json' | 'text'>): Promise<void> {
    if (this.json) await this.print(JSON.stringify(json));
    else if (text !== '') await this.print(text);
  }
}

/** Without what would steer a terminal, but for our own colours: a file's name may hold anything. */
const printable = (text: string): string =>
  text.replace(/\p{Cc}/gu, (found, at: number) => {
    const wanted = ['\n', '\t', RED, PLAIN].some((one) => text.startsWith(one, at));
    return wanted ? found : '\ufffd';
  });

/** Whether colours are wanted there: https://no-color.org. */
export const hasColor = ({ isTTY }: { isTTY?: boolean }): boolean =>
  isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';

const RED = '\u001b[31m';
const PLAIN = '\u001b[39m';
export const red = (text: string): string =>
  hasColor(process.stderr) ? `${RED}${text}${PLAIN}` : text;
