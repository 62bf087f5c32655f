/** Keeps rows in their order until all are known: a few in memory, more in a private temporary file. */
import { type FileHandle, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineSplitter } from '../../shared/lines.js';
import { createPrivateFile } from '../../shared/open-file.js';

/** Up to so many characters stay in memory. */
const MAX_HELD_CHARACTERS = 1_000_000;
const FLUSH_CHARACTERS = 64_000;
const CHUNK_BYTES = 64 * 1024;

export class RowSpool<Row extends object> {
  #lines: string[] = [];
  #characters = 0;
  #limit = MAX_HELD_CHARACTERS;
  #folder: string | undefined;
  #file: FileHandle | undefined;

  async add(row: Row): Promise<void> {
    const line = JSON.stringify(row);
    this.#lines.push(line);
    this.#characters += line.length + 1;
    if (this.#characters > this.#limit) await this.#flush();
  }

  /** All rows, once. */
  async *read(): AsyncGenerator<Row, void> {
    if (this.#file === undefined) {
      for (const line of this.#lines) yield JSON.parse(line) as Row;
      return;
    }
    await this.#flush();
    const splitter = new LineSplitter(Number.POSITIVE_INFINITY);
    // One buffer for all chunks: new ones would pile up until the garbage collector runs.
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let at = 0; ; ) {
      const { bytesRead } = await this.#file.read(buffer, 0, CHUNK_BYTES, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      for (const { bytes } of splitter.push(buffer.subarray(0, bytesRead))) {
        if (bytes !== undefined) yield JSON.parse(bytes.toString('utf8')) as Row;
      }
    }
  }

  /** Deletes the file. */
  async close(): Promise<void> {
    await this.#file?.close();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  async #flush(): Promise<void> {
    if (this.#file === undefined) {
      this.#folder = await mkdtemp(join(tmpdir(), 'aep-batch-rows-'));
      const path = join(this.#folder, 'rows.jsonl');
      this.#file = await createPrivateFile(path);
      // Rows may be personal data: without a name the file is gone even if this process is killed.
      await rm(path).catch(() => undefined);
      this.#limit = FLUSH_CHARACTERS;
    }
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#characters = 0;
    await this.#file.appendFile(text);
  }
}
