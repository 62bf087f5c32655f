/** Runs commands in a terminal one after another, and records what it showed at which time. */
import { spawn } from '@lydell/node-pty';
import { type Cell, Screen } from './screen.js';
import type { RowVersion } from './svg.js';

export interface Scene {
  /** As it is shown behind the prompt. */
  line: string;
  program: string;
  args: readonly string[];
  /** Presses Ctrl+C once this is true of what was shown. */
  interruptAt?: (shown: string) => boolean;
}

export interface Options {
  columns: number;
  folder: string;
  env: Record<string, string | undefined>;
}

/** Waiting is cut, so that a recording stays short. */
const MAX_GAP_MS = 700;
const TYPING_MS = 900;
const AFTER_SCENE_MS = 1200;

/** @throws if a program ends with another code than 0, 2, 3 or 130 */
export async function record(scenes: readonly Scene[], options: Options): Promise<RowVersion[]> {
  const film = new Film(options.columns);
  for (const scene of scenes) {
    film.write('\x1b[32m$\x1b[39m ', AFTER_SCENE_MS);
    film.write(`${scene.line}\r\n`, TYPING_MS);
    await play(scene, options, film);
  }
  return film.versions();
}

function play({ program, args, interruptAt }: Scene, options: Options, film: Film): Promise<void> {
  const terminal = spawn(program, [...args], {
    cols: options.columns,
    rows: 40,
    cwd: options.folder,
    env: options.env,
  });
  let last = performance.now();
  let shown = '';
  let isInterrupted = false;
  terminal.onData((data) => {
    const now = performance.now();
    film.write(data, Math.min(MAX_GAP_MS, now - last));
    last = now;
    shown += data;
    if (isInterrupted || interruptAt?.(shown) !== true) return;
    isInterrupted = true;
    terminal.write('\x03');
  });
  return new Promise((resolve, reject) => {
    terminal.onExit(({ exitCode }) => {
      if ([0, 2, 3, 130].includes(exitCode)) resolve();
      else reject(new Error(`${args.join(' ')} ended with exit code ${exitCode}: ${shown}`));
    });
  });
}

/** The screen over time. */
class Film {
  readonly #screen: Screen;
  readonly #ended: RowVersion[] = [];
  /** What each row shows now, and since when. */
  readonly #current = new Map<number, { text: string; cells: Cell[]; fromMs: number }>();
  #nowMs = 0;

  constructor(columns: number) {
    this.#screen = new Screen(columns);
  }

  write(output: string, afterMs: number): void {
    this.#nowMs += Math.round(afterMs);
    this.#screen.write(output);
    const rows = Math.max(
      this.#screen.rows.length,
      ...[...this.#current.keys()].map((row) => row + 1),
    );
    for (let row = 0; row < rows; row++) this.#compare(row, this.#screen.rows[row] ?? []);
  }

  #compare(row: number, cells: readonly Cell[]): void {
    const text = JSON.stringify(cells);
    const before = this.#current.get(row);
    if (before?.text === text || (before === undefined && cells.length === 0)) return;
    if (before !== undefined) this.#end(row, before.cells, before.fromMs);
    if (cells.length === 0) this.#current.delete(row);
    else this.#current.set(row, { text, cells: [...cells], fromMs: this.#nowMs });
  }

  #end(row: number, cells: readonly Cell[], fromMs: number): void {
    if (fromMs < this.#nowMs) this.#ended.push({ row, cells, fromMs, toMs: this.#nowMs });
  }

  versions(): RowVersion[] {
    const last = [...this.#current].map(([row, { cells, fromMs }]) => ({ row, cells, fromMs }));
    return [...this.#ended, ...last].filter(({ cells }) => cells.some(({ text }) => text !== ' '));
  }
}
