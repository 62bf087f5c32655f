/** The receipt of a load as one JSON object, whose lists of files are written as they are read from the journals. */
import type { LoadedFile, LoadReceipt } from '../load/types.js';
import { omit } from '../shared/options.js';
import type { Output } from './output.js';

/** How much is collected before it is written. */
const CHUNK_CHARACTERS = 64 * 1024;

/** A receipt with what that of an ingest has besides. */
interface ShownReceipt extends LoadReceipt {
  batchId?: string;
  status?: string;
  next?: string;
}

/**
 * Writes the receipt with its files: those of each batch there, and all of them once more at the top, where the
 * receipt of an ingest has them.
 * @param files all files of the load, in the order of the batches. They are read twice.
 */
export async function printLoad(
  out: Output,
  { batches, ...receipt }: ShownReceipt,
  readFiles: () => AsyncIterable<LoadedFile>,
): Promise<void> {
  const write = new PartWriter(out);
  await write.add(openObject(out, { ...receipt, ...addRecords(batches) }));
  await write.add(',"batches":[');
  const files = readFiles()[Symbol.asyncIterator]();
  let file = await files.next();
  for (const [at, batch] of batches.entries()) {
    await write.add(`${at === 0 ? '' : ','}${openObject(out, batch)},"files":[`);
    // Files of a batch that has not ended come before those of the next one, and are not listed here.
    while (file.done !== true && file.value.batchNumber < batch.number) file = await files.next();
    for (
      let isFirst = true;
      file.done !== true && file.value.batchNumber === batch.number;
      isFirst = false
    ) {
      await write.add(`${isFirst ? '' : ','}${out.toJson(toListed(file.value))}`);
      file = await files.next();
    }
    await write.add(']}');
  }
  await write.add('],"files":[');
  let isFirst = true;
  for await (const one of readFiles()) {
    await write.add(`${isFirst ? '' : ','}${out.toJson(toListed(one))}`);
    isFirst = false;
  }
  await write.add(']}\n');
  await write.end();
}

const toListed = (file: LoadedFile) => omit(file, ['batchNumber', 'batchId']);

/** An object without its closing brace. */
const openObject = (out: Output, value: object): string => out.toJson(value).slice(0, -1);

/** The rows of all batches, where the platform has counted those of each. */
function addRecords(batches: LoadReceipt['batches']) {
  const sums = { input: 0, output: 0, failed: 0 };
  for (const { records } of batches) {
    if (records === undefined) return {};
    for (const name of ['input', 'output', 'failed'] as const) sums[name] += records[name];
  }
  return batches.length === 0 ? {} : { records: sums };
}

class PartWriter {
  readonly #out: Output;
  #text = '';

  constructor(out: Output) {
    this.#out = out;
  }

  async add(text: string): Promise<void> {
    this.#text += text;
    if (this.#text.length >= CHUNK_CHARACTERS) await this.end();
  }

  async end(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    await this.#out.printPart(text);
  }
}
