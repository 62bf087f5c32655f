/** The rules of a JSON file that is one array of objects. */
import type { ByteSource } from '../http/body.js';
import { formatCount, formatSize } from '../shared/format.js';
import { describeUnexpected } from '../shared/json-error.js';
import { countNewlines } from '../shared/lines.js';
import { type FileFindings, RowSizes } from './findings.js';
import { findRowProblem } from './json-lines.js';
import { checkWindowUtf8, createUtf8Check } from './text.js';
import { MAX_ROW_BYTES, readAll, type Window } from './window.js';

const NEWLINE = 0x0a;
const CUT_OFF = 'Was the file cut off?';

/** Checks how the array begins and ends. @returns the number of rows, if all were read. */
export async function sampleJsonArray(
  findings: FileFindings,
  window: Window,
): Promise<number | undefined> {
  checkWindowUtf8(findings, window);
  if (window.isWhole) {
    const rules = await ArrayRules.create(findings);
    rules.push(window.head);
    return rules.end();
  }
  const first = /^\s*\[\s*([^\s])/.exec(window.head.toString('latin1'))?.[1];
  if (first !== undefined && first !== '{') {
    findings.addRejectedRow('the first element of the array is not an object.');
  }
  const end = window.tail.toString('latin1').trimEnd();
  if (!end.endsWith(']')) {
    findings.addError(`the array is not closed: expected ] at the end. ${CUT_OFF}`);
  } else if (!end.slice(0, -1).trimEnd().endsWith('}')) {
    findings.addRejectedRow('the last element of the array is not an object.');
  }
  return undefined;
}

/** Checks every element. @returns the number of rows. */
export async function readJsonArrayFile(
  findings: FileFindings,
  source: ByteSource,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const utf8 = createUtf8Check(findings);
  const rules = await ArrayRules.create(findings);
  await readAll(
    source,
    (chunk) => {
      utf8.push(chunk);
      rules.push(chunk);
      return !rules.hasFailed;
    },
    signal,
  );
  utf8.end();
  return rules.end();
}

/** Imported when it is first needed, so that the library starts without it; the types follow. */
const load = () => import('@streamparser/json');
type JsonParser = InstanceType<Awaited<ReturnType<typeof load>>['JSONParser']>;

/** Applies the rules chunk by chunk, and holds no more than an element. */
class ArrayRules {
  hasFailed = false;
  #rows = 0;
  #chunk: Buffer = Buffer.alloc(0);
  /** The position of the chunk in the file. */
  #chunkByte = 0;
  /** The position up to which lines are counted, and the line there. */
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
    parser.onValue = ({ value }) => this.#checkElement(value);
  }

  static async create(findings: FileFindings): Promise<ArrayRules> {
    const { JSONParser } = await load();
    // Without `keepStack: false` all elements would stay in memory.
    return new ArrayRules(new JSONParser({ paths: ['$.*'], keepStack: false }), findings);
  }

  push(chunk: Buffer): void {
    if (this.hasFailed) return;
    this.#chunk = chunk;
    try {
      this.#parser.write(chunk);
    } catch (error) {
      this.#addSyntaxError(error);
      return;
    }
    this.#lineAt(this.#chunkByte + chunk.length);
    this.#chunkByte += chunk.length;
    this.#chunk = Buffer.alloc(0); // the reader uses its buffers again
    if (this.#parser.isEnded || this.#chunkByte - this.#elementEnd <= MAX_ROW_BYTES) return;
    this.hasFailed = true;
    const problem = `the element is longer than ${formatSize(MAX_ROW_BYTES)}`;
    const location = { line: this.#lineAt(this.#elementEnd) };
    this.#findings.addWarning(`${problem}; nothing from here on was checked.`, location);
  }

  end(): number | undefined {
    this.#sizes.report(this.#findings);
    if (this.hasFailed) return undefined;
    if (!this.#parser.isEnded) {
      this.hasFailed = true;
      const problem = `the array is not closed after ${this.#countElements()}: expected ] at the end`;
      this.#findings.addError(`${problem}. ${CUT_OFF}`, { line: this.#lineAt(this.#tokenByte) });
      return undefined;
    }
    if (this.#rows === 0) {
      this.#findings.addError('the array has no elements. Leave the file out.');
    }
    return this.#rows;
  }

  #checkElement(value: unknown): void {
    this.#rows++;
    const bytes = this.#tokenByte + 1 - this.#elementEnd;
    this.#elementEnd = this.#tokenByte + 1;
    const location = { line: this.#lineAt(this.#tokenByte) };
    this.#sizes.observe(bytes, location);
    const problem = findRowProblem(value, bytes, 'a JSON object');
    if (problem === undefined) return;
    const element = `element ${formatCount(this.#rows)} of the array`;
    this.#findings.addRejectedRow(`${element}: ${problem}.`, location);
  }

  #addSyntaxError(error: unknown): void {
    this.hasFailed = true;
    // The tokenizer names the position of an invalid character; an unexpected token is the last one.
    const position = /absolute position "(\d+)"/.exec(String(error))?.[1];
    const byte = position === undefined ? this.#tokenByte : Number(position);
    const line = this.#lineAt(byte);
    const problem = this.#describeError(byte);
    const rest = `after ${this.#countElements()}. Nothing after this was checked.`;
    this.#findings.addError(`not valid JSON: ${problem}, ${rest}`, { line });
  }

  /** The column is known only if the line begins in this chunk. */
  #describeError(byte: number): string {
    const at = byte - this.#chunkByte;
    if (at < 0) return 'unexpected token';
    const lineStart = at === 0 ? 0 : this.#chunk.lastIndexOf(NEWLINE, at - 1) + 1;
    const before = this.#chunk.toString('utf8', lineStart, at);
    const problem = describeUnexpected(this.#chunk.toString('utf8', at, at + 100), 0);
    const hasColumn = lineStart > 0 || this.#chunkByte === 0;
    return hasColumn ? `${problem} at column ${before.length + 1}` : problem;
  }

  #countElements(): string {
    return `${formatCount(this.#rows)} ${this.#rows === 1 ? 'element' : 'elements'}`;
  }

  /** Returns the line of a byte that is not before the last one that was asked for. */
  #lineAt(byte: number): number {
    const [from, to] = [this.#countedTo - this.#chunkByte, byte - this.#chunkByte];
    if (to <= from) return this.#line;
    this.#line += countNewlines(this.#chunk.subarray(from, to));
    this.#countedTo = byte;
    return this.#line;
  }
}
