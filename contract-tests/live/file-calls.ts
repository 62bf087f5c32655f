/** The calls to the files of one batch, and what they show of the platform's unpublished rules. */
import type { BatchAddress } from '../../src/index.js';
import { expectOk, type LiveContext } from './context.js';

const UPLOAD = '/data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath}';
/** Twenty bytes: two parts of ten. */
const ROWS = new TextEncoder().encode('{"id":"1"}{"id":"2"}');
const HALF = ROWS.length / 2;

export class FileCalls {
  readonly #context: LiveContext;
  readonly #address: BatchAddress;
  #isTotalRequired = false;

  constructor(context: LiveContext, address: BatchAddress) {
    this.#context = context;
    this.#address = address;
  }

  async run(): Promise<void> {
    await this.#putFile();
    await this.#sendParts();
    await this.#sendTwice();
    await this.#initializeOpen();
  }

  async #putFile(): Promise<void> {
    const { client, signal } = this.#context;
    const init = { ...this.#init('live/whole.json'), body: ROWS, parseAs: 'text', signal } as const;
    expectOk(await client.raw.PUT(UPLOAD, init));
  }

  /** A file in two parts, from INITIALIZE to COMPLETE and beyond. */
  async #sendParts(): Promise<void> {
    const { findings } = this.#context;
    const path = 'live/parts.json';
    await this.#initialize(path);
    await this.#askForTotal(path);
    expectOk(await this.#sendPart(path, HALF));
    const range = await this.#head(path);
    const { text, value } = describeRange(range.headers.get('range'));
    findings.record('rangeHeader', text, value);
    const { response } = await this.#act(path, 'COMPLETE');
    findings.record('completeFile', `status ${response.status}`, response.status);
    if (!response.ok) return;
    const { status, headers } = await this.#head(path);
    const shown = headers.has('range') ? ' with a range' : '';
    findings.record('completedFile', `status ${status}${shown}`, status);
    const again = (await this.#act(path, 'INITIALIZE')).response.status;
    findings.record('reinitializeCompleted', `status ${again}`, toReinitialize(again));
  }

  async #askForTotal(path: string): Promise<void> {
    const { findings } = this.#context;
    const without = await this.#sendPart(path, 0);
    if (without.response.ok) return findings.record('totalOfParts', 'is accepted', false);
    this.#isTotalRequired = true;
    expectOk(await this.#sendPart(path, 0));
    const text = `is rejected with ${without.response.status}, and accepted with a total`;
    findings.record('totalOfParts', text, true);
  }

  /** An overlap may be found when the part is sent, or when the file is completed. */
  async #sendTwice(): Promise<void> {
    const path = 'live/twice.json';
    await this.#initialize(path);
    for (const start of [0, HALF]) expectOk(await this.#sendPart(path, start));
    const second = (await this.#sendPart(path, 0)).response;
    const end = (await this.#act(path, 'COMPLETE')).response;
    const isOverlap = !second.ok || !end.ok;
    const rule = isOverlap ? 'is an overlap' : 'is not an overlap';
    const text = `${rule} (the second PATCH: ${second.status}, COMPLETE: ${end.status})`;
    this.#context.findings.record('sameRange', text, isOverlap);
  }

  async #initializeOpen(): Promise<void> {
    const path = 'live/again.json';
    await this.#initialize(path);
    expectOk(await this.#sendPart(path, 0));
    const { status, ok } = (await this.#act(path, 'INITIALIZE')).response;
    const isKept = (await this.#head(path)).headers.has('range');
    const effect = ok ? `, what had arrived is ${isKept ? 'kept' : 'not shown any more'}` : '';
    const value = ok && isKept ? 'keeps' : toReinitialize(status);
    this.#context.findings.record('reinitializeOpen', `status ${status}${effect}`, value);
  }

  async #initialize(path: string): Promise<void> {
    expectOk(await this.#act(path, 'INITIALIZE'));
  }

  #act(path: string, action: 'INITIALIZE' | 'COMPLETE') {
    const { client, signal } = this.#context;
    const { params } = this.#init(path);
    const init = { params: { ...params, query: { action } }, parseAs: 'text', signal } as const;
    return client.raw.POST(UPLOAD, init);
  }

  #sendPart(path: string, start: number) {
    const { client, signal } = this.#context;
    const { params } = this.#init(path);
    const total = this.#isTotalRequired ? `/${ROWS.length}` : '';
    const header = { 'Content-Range': `bytes ${start}-${start + HALF - 1}${total}` };
    const body = ROWS.subarray(start, start + HALF);
    const init = { params: { ...params, header }, body, parseAs: 'text', signal } as const;
    return client.raw.PATCH(UPLOAD, init);
  }

  async #head(path: string): Promise<Response> {
    const { client, signal } = this.#context;
    return (await client.raw.HEAD(UPLOAD, { ...this.#init(path), signal })).response;
  }

  #init(filePath: string) {
    return { params: { path: { ...this.#address, filePath } } };
  }
}

const toReinitialize = (status: number) => (status < 300 ? 'restarts' : 'refused');

/** Two parts that touch are one range, or are listed. */
function describeRange(header: string | null): { text: string; value: string } {
  if (header === null) return { text: 'none', value: 'none' };
  const text = `\`${header}\``;
  if (header.includes(',')) return { text, value: 'list' };
  return { text, value: header.startsWith('bytes ') ? 'space' : 'equals' };
}
