import type { ByteSource } from '../http/body.js';
import type { FileFindings } from './findings.js';
import { rowProblem } from './json-lines.js';
import { MAX_ROW_BYTES, sizeText } from './limits.js';
import { readAll, type Window } from './read.js';
import { RowSizes } from './sizes.js';
import { checkWindowUtf8, newlines, utf8Check } from './text.js';

const NO_ROWS = 'is an array without elements. Leave the file out.';

/** How a file that is one array begins and ends. @returns how many rows, if all were seen. */
export async function sampleJsonArray(
  findings: FileFindings,
  window: Window,
): Promise<number | undefined> {
  checkWindowUtf8(findings, window);
  if (window.whole) {
    const parser = await ArrayRules.create(findings);
    parser.push(window.head);
    return parser.end();
  }
  const first = /^\s*\[\s*([^\s])/.exec(window.head.toString('latin1'))?.[1];
  if (first !== undefined && first !== '{') {
    findings.badRow('has a first element that is no object: each is to be one JSON object.');
  }
  const end = window.tail.toString('latin1').trimEnd();
  if (!end.endsWith(']')) {
    findings.error('begins with [ and does not end with ]. Was the file cut off?');
  } else if (!end.slice(0, -1).trimEnd().endsWith('}')) {
    findings.badRow('has a last element that is no object: each is to be one JSON object.');
  }
  return undefined;
}

/** Every element of a file that is one array. @returns how many there are. */
export async function readJsonArrayFile(
  findings: FileFindings,
  source: ByteSource,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const utf8 = utf8Check(findings);
  const parser = await ArrayRules.create(findings);
  await readAll(
    source,
    (chunk) => {
      utf8.push(chunk);
      parser.push(chunk);
      return !parser.failed;
    },
    signal,
  );
  utf8.end();
  return parser.end();
}

/** The reader is imported when it is first needed; its types come from there, too. */
const load = () => import('@streamparser/json');
type JsonParser = InstanceType<Awaited<ReturnType<typeof load>>['JSONParser']>;

/** The rules of one array, a chunk at a time; no more than an element is held. */
class ArrayRules {
  failed = false;
  #rows = 0;
  #chunk: Buffer = Buffer.alloc(0);
  /** Where in the file the chunk begins. */
  #chunkByte = 0;
  /** How far lines are counted, and in which line that is. */
  #countedTo = 0;
  #line = 1;
  /** Where the last token began, and where the element before this one ended. */
  #tokenByte = 0;
  #elementEnd = 0;
  readonly #parser: JsonParser;
  readonly #findings: FileFindings;
  readonly #sizes = new RowSizes();

  private constructor(parser: JsonParser, findings: FileFindings) {
    this.#parser = parser;
    this.#findings = findings;
    parser.onToken = ({ offset }) => {
      this.#tokenByte = offset;
    };
    parser.onValue = ({ value }) => this.#element(value);
  }

  static async create(findings: FileFindings): Promise<ArrayRules> {
    const { JSONParser } = await load();
    // Without `keepStack: false` all elements would stay in memory.
    return new ArrayRules(new JSONParser({ paths: ['$.*'], keepStack: false }), findings);
  }

  push(chunk: Buffer): void {
    if (this.failed) return;
    this.#chunk = chunk;
    try {
      this.#parser.write(chunk);
    } catch {
      this.#fail('is no JSON from here on', 'Mend it; nothing after it was checked.');
      return;
    }
    this.#lineOf(this.#chunkByte + chunk.length);
    this.#chunkByte += chunk.length;
    this.#chunk = Buffer.alloc(0); // the reader uses its buffers again
    if (this.#parser.isEnded || this.#chunkByte - this.#elementEnd <= MAX_ROW_BYTES) return;
    this.failed = true;
    const what = `has an element of over ${sizeText(MAX_ROW_BYTES)}; nothing from there on was checked.`;
    this.#findings.warn(what, { line: this.#lineOf(this.#elementEnd) });
  }

  end(): number | undefined {
    this.#sizes.report(this.#findings);
    if (this.failed) return undefined;
    if (!this.#parser.isEnded) {
      this.#fail('is where the array ends without ]', 'Was the file cut off?');
      return undefined;
    }
    if (this.#rows === 0) this.#findings.error(NO_ROWS);
    return this.#rows;
  }

  #element(value: unknown): void {
    this.#rows++;
    const bytes = this.#tokenByte + 1 - this.#elementEnd;
    this.#elementEnd = this.#tokenByte + 1;
    const place = { line: this.#lineOf(this.#tokenByte) };
    this.#sizes.see(bytes, place);
    const problem = rowProblem(value, bytes);
    if (problem === undefined) return;
    const what = `has element ${this.#rows} of the array, which ${problem}: each is to be one JSON object.`;
    this.#findings.badRow(what, place);
  }

  #fail(what: string, toDo: string): void {
    this.failed = true;
    const place = { line: this.#lineOf(this.#tokenByte) };
    this.#findings.error(`${what}, after ${this.#rows} elements. ${toDo}`, place);
  }

  /** The line of a byte that is not before the last one that was asked for. */
  #lineOf(byte: number): number {
    const [from, to] = [this.#countedTo - this.#chunkByte, byte - this.#chunkByte];
    if (to <= from) return this.#line;
    this.#line += newlines(this.#chunk.subarray(from, to));
    this.#countedTo = byte;
    return this.#line;
  }
}
