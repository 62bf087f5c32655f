/** What a conversion writes: JSON Lines or Parquet, beside its target until all of it is there. */
import { writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { SchemaElement } from 'hyparquet';
import { InvalidInputError } from '../../shared/errors.js';
import { fileKind } from '../../shared/open-file.js';
import { ReplacementFile } from '../../shared/replacement-file.js';

const BUFFER_CHARACTERS = 256 * 1024;
/** A row group is held in memory until it is written. */
const MAX_GROUP_ROWS = 20_000;
const MAX_GROUP_BYTES = 8 * 1024 * 1024;

/** The file that a conversion writes: in place with `commit()`, once all rows are converted. */
export class TargetFile {
  readonly #file: ReplacementFile;

  private constructor(file: ReplacementFile) {
    this.#file = file;
  }

  /** @throws {InvalidInputError} where no file can be written. */
  static async create(path: string): Promise<TargetFile> {
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined && !stats.isFile()) {
      const message = `Cannot write ${path}: it is ${fileKind(stats)}. Choose another file.`;
      throw new InvalidInputError('out', message);
    }
    try {
      return new TargetFile(await ReplacementFile.createAt(path));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new InvalidInputError('out', `Cannot write ${path}: ${code}. Choose another file.`);
    }
  }

  /** Written at once, so that no more rows are read than can be written. */
  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file.handle.fd, bytes, at);
  }

  commit(): Promise<void> {
    return this.#file.commit();
  }

  /** Deletes the file unless it is in place. */
  discard(): Promise<void> {
    return this.#file.discard();
  }
}

/** Writes rows. */
export interface RowWriter {
  write(row: Readonly<Record<string, unknown>>, sizeBytes: number): void;
  end(): void;
}

export class JsonLinesWriter implements RowWriter {
  readonly #file: TargetFile;
  #text = '';

  constructor(file: TargetFile) {
    this.#file = file;
  }

  write(row: Readonly<Record<string, unknown>>): void {
    this.#text += `${JSON.stringify(row)}\n`;
    if (this.#text.length > BUFFER_CHARACTERS) this.end();
  }

  end(): void {
    this.#file.write(Buffer.from(this.#text));
    this.#text = '';
  }
}

/** @param schema the columns of the file. */
export async function openParquetWriter(
  file: TargetFile,
  schema: SchemaElement[],
  names: readonly string[],
): Promise<RowWriter> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const writer = Object.assign(bytes, {
    flush: () => {
      file.write(new Uint8Array(bytes.buffer, 0, bytes.index));
      bytes.index = 0;
    },
    finish: () => writer.flush(),
  });
  const parquet = new ParquetWriter({ writer, schema, createdBy: 'aep-batch' });
  let [rows, size]: [Readonly<Record<string, unknown>>[], number] = [[], 0];
  const flush = () => {
    if (rows.length === 0) return;
    const columnData = names.map((name) => ({ name, data: rows.map((row) => row[name]) }));
    parquet.write({ columnData, rowGroupSize: rows.length });
    [rows, size] = [[], 0];
  };
  return {
    write: (row, sizeBytes) => {
      rows.push(row);
      size += sizeBytes;
      if (rows.length >= MAX_GROUP_ROWS || size >= MAX_GROUP_BYTES) flush();
    },
    end: () => {
      flush();
      parquet.finish();
    },
  };
}
