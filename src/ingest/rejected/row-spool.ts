/** Keeps rows in their order until all are known: a few in memory, more in a private temporary file. */
import { type FileHandle, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrivateFile } from '../../shared/open-file.js';

/** What is held, and read at a time. Strings instead would survive collections, and the heap would grow. */
const BUFFER_BYTES = 256 * 1024;
/** The most bytes that a character (a UTF-16 unit) takes in UTF-8. */
const MAX_CHARACTER_BYTES = 3;
const NEWLINE = 0x0a;

export class RowSpool<Row extends object> {
  #buffer: Buffer = Buffer.alloc(0);
  #length = 0;
  #folder: string | undefined;
  #file: FileHandle | undefined;

  /** Adds a row. @returns what has to be awaited before the next, if anything: that costs more than most rows. */
  add(row: Row): Promise<void> | undefined {
    const line = `${JSON.stringify(row)}\n`;
    let bytes = line.length * MAX_CHARACTER_BYTES;
    if (bytes > BUFFER_BYTES) bytes = Buffer.byteLength(line);
    if (this.#length + bytes > this.#buffer.length) return this.#makeRoom(line, bytes);
    this.#length += this.#buffer.write(line, this.#length);
    return undefined;
  }

  async #makeRoom(line: string, bytes: number): Promise<void> {
    if (this.#length > 0) await this.#flush();
    if (bytes > this.#buffer.length) {
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(BUFFER_BYTES, bytes));
    }
    this.#length += this.#buffer.write(line, this.#length);
  }

  /** All rows, once, in groups, each to be read to its end before the next. */
  async *read(): AsyncGenerator<Iterable<Row>, void> {
    if (this.#file !== undefined) await this.#flush();
    for (let at = 0; ; ) {
      yield this.#readHeld();
      if (this.#file === undefined) return;
      const free = this.#buffer.length - this.#length;
      const { bytesRead } = await this.#file.read(this.#buffer, this.#length, free, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      this.#length += bytesRead;
    }
  }

  /** The whole rows of the buffer. What follows them goes to its start; it is never longer than the buffer. */
  *#readHeld(): Generator<Row, void> {
    const bytes = this.#buffer.subarray(0, this.#length);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      yield JSON.parse(bytes.toString('utf8', start, end)) as Row;
      start = end + 1;
    }
    this.#buffer.copyWithin(0, start, this.#length);
    this.#length -= start;
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
    }
    await this.#file.appendFile(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
  }
}
