import type { operations } from '../../generated/openapi.js';
import type { ByteSource, BytesInput } from '../http/body.js';
import { CALL_OPTIONS, type CallOptions, validateCallOptions } from '../http/options.js';
import type { Recovery } from '../http/retry.js';
import { checkFilledText, checkId, checkNumber } from '../shared/checks.js';
import { MAX_PART_BYTES } from '../shared/limits.js';
import { type OptionTable, optional, validateOptions } from '../shared/options.js';
import type { TypedClient } from '../typed-client/client.js';
import { BYTES_PREFERRED, downloadOf } from './downloads.js';
import {
  checkAddress,
  checkBytes,
  checkPart,
  checkRange,
  type OpenRange,
  type PartPlace,
} from './options.js';
import { allPages, digits, isDataSetFile, isPart, listedFile, type PageQuery } from './pages.js';
import { contentRange, parseRanges, rangeHeader } from './ranges.js';
import { recoverCompleteFile, recoverInitialize, recoverPart } from './recovery.js';
import type { ByteRange, CompletedFile, Download, FileAddress, RemoteFile } from './types.js';

const UPLOAD = '/data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath}';
const DOWNLOAD = '/data/foundation/export/files/{dataSetFileId}';

/** What a download takes: `range` is counted from 0, and its `end` is not included. */
export interface DownloadOptions extends CallOptions {
  range?: OpenRange;
}
const DOWNLOAD_OPTIONS: OptionTable<DownloadOptions> = {
  ...CALL_OPTIONS,
  range: optional((_, value) => checkRange(value)),
};

type Action = operations['fileAction']['parameters']['query']['action'];

/**
 * Files: the single steps of an upload, and downloads.
 *
 * Every method throws an `InvalidInputError` for what cannot be sent, an `ApiError` of the status'
 * class when the platform refuses, a `ConnectionError`, `TimeoutError` or `InvalidResponseError` when no
 * answer came that can be used, and a `SourceError` when the bytes cannot be read.
 */
export class Files {
  readonly #client: TypedClient;

  constructor(client: TypedClient) {
    this.#client = client;
  }

  /**
   * Uploads a whole file of up to 256 MB. One that is there already under this path is replaced, so
   * the call may be repeated, and is.
   * @param bytes what to send: bytes in memory, a `Blob`, or an `OpenFile` or a slice of one.
   * @throws {ContentTooLargeError} above the limit; send the file in parts then.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  async put(address: FileAddress, bytes: BytesInput, callOptions?: CallOptions): Promise<void> {
    const options = validateCallOptions(callOptions);
    const result = await this.#client.validated.PUT(UPLOAD, {
      ...options,
      params: { path: pathOf(address) },
      body: checkBytes('bytes', bytes),
      parseAs: 'text',
    });
    this.#client.expectOk(result);
  }

  /**
   * Announces a file that is too large for `put()`; its parts come after that. A file that is open
   * already may begin anew by it.
   * @param before `isOpen` where the file is open already: HEAD then cannot tell whether a call took
   * effect whose response was lost, and it is made once more. COMPLETE finds what remains of before.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  async initialize(
    address: FileAddress,
    callOptions?: CallOptions,
    before?: { isOpen: boolean },
  ): Promise<void> {
    const options = validateCallOptions(callOptions);
    let isRepeated = before?.isOpen !== true;
    const recover = async (): Promise<Recovery> => {
      if (isRepeated) return recoverInitialize(() => this.receivedRanges(address, options));
      isRepeated = true;
      return 'send again';
    };
    await this.#act(address, 'INITIALIZE', recover, options);
  }

  /**
   * Uploads one part of a file that was announced, of 1 to 512,000,000 bytes. Parts may come in any
   * order and at the same time. Where a response is lost and HEAD does not show what has arrived, the
   * same bytes are sent again.
   * @param part where it begins in the file, in bytes from 0, and how long the whole file is.
   * @param onRangesShown called when HEAD, asked after a lost response, shows ranges of the file.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  async uploadPart(
    address: FileAddress,
    part: PartPlace,
    bytes: BytesInput,
    callOptions?: CallOptions,
    onRangesShown?: () => Promise<void>,
  ): Promise<void> {
    const options = validateCallOptions(callOptions);
    const { start, totalBytes } = checkPart(part);
    const body = checkBytes('bytes', bytes);
    checkNumber('bytes', body.size, { min: 1, max: MAX_PART_BYTES, unit: 'bytes', whole: true });
    const range = { start, end: start + body.size };
    const header = { 'Content-Range': contentRange(range, totalBytes) };
    const params = { path: pathOf(address), header };
    const recover = () =>
      this.#recoverPart(address, range, body, totalBytes, options, onRangesShown);
    const init = { ...options, params, body, parseAs: 'text' } as const;
    const result = await this.#client.validated.PATCH(UPLOAD, init, { recover });
    this.#client.expectOk(result);
  }

  /** Sends what is missing of a part, each piece as a part of its own. */
  #recoverPart(
    address: FileAddress,
    range: ByteRange,
    body: ByteSource,
    totalBytes: number | undefined,
    options: CallOptions,
    onRangesShown: (() => Promise<void>) | undefined,
  ): Promise<Recovery> {
    const total = totalBytes === undefined ? {} : { totalBytes };
    return recoverPart(
      range,
      async () => {
        const ranges = await this.receivedRanges(address, options);
        if (ranges !== undefined) await onRangesShown?.();
        return ranges;
      },
      ({ start, end }) => {
        const missing = body.slice(start - range.start, end - range.start);
        return this.uploadPart(address, { start, ...total }, missing, options);
      },
    );
  }

  /**
   * Which bytes of a file that was announced have arrived. `undefined` where the platform does not
   * say, which is not the same as none: how it says it was never published.
   * @see https://developer.adobe.com/experience-platform-apis/references/batch-ingestion/
   */
  async receivedRanges(
    address: FileAddress,
    callOptions?: CallOptions,
  ): Promise<ByteRange[] | undefined> {
    const options = validateCallOptions(callOptions);
    const init = { ...options, params: { path: pathOf(address) } };
    const result = await this.#client.validated.HEAD(UPLOAD, init);
    this.#client.expectOk(result);
    return parseRanges(result.response.headers.get('range'));
  }

  /**
   * Joins the parts of a file after the last of them.
   * @returns what the platform tells about the file, if anything.
   * @throws {BadRequestError} when bytes are missing or came twice: only now this is found.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/troubleshooting.html
   */
  async complete(
    address: FileAddress,
    callOptions?: CallOptions,
  ): Promise<CompletedFile | undefined> {
    const options = validateCallOptions(callOptions);
    const recover = () => recoverCompleteFile(() => this.receivedRanges(address, options));
    const text = await this.#act(address, 'COMPLETE', recover, options);
    const told = parseObject(text);
    const { name, sizeInBytes } = told ?? {};
    if (typeof name !== 'string' || typeof sizeInBytes !== 'number') return undefined;
    return { name, sizeBytes: sizeInBytes };
  }

  async #act(
    address: FileAddress,
    action: Action,
    recover: () => Promise<Recovery>,
    options: CallOptions,
  ): Promise<string> {
    const params = { path: pathOf(address), query: { action } };
    const init = { ...options, params, parseAs: 'text' } as const;
    const result = await this.#client.validated.POST(UPLOAD, init, { recover });
    this.#client.expectOk(result);
    return result.data ?? '';
  }

  /**
   * The parts of a file that a batch left in its dataset (`batches.files()` gives its id). Where the
   * id stands for a folder, the parts of the files in it.
   * @see https://experienceleague.adobe.com/docs/experience-platform/data-access/tutorials/dataset-data.html
   */
  async *parts(
    dataSetFileId: string,
    callOptions?: CallOptions,
  ): AsyncGenerator<RemoteFile & { dataSetFileId: string }, void> {
    const options = validateCallOptions(callOptions);
    checkId('dataSetFileId', dataSetFileId);
    const open = [dataSetFileId];
    const seen = new Set(open);
    for (let id = open.shift(); id !== undefined; id = open.shift()) {
      for await (const entry of this.#entries(id, options)) {
        if (isDataSetFile(entry)) {
          if (!seen.has(entry.dataSetFileId)) open.push(entry.dataSetFileId);
          seen.add(entry.dataSetFileId);
        } else {
          const { name, sizeBytes } = listedFile(entry);
          yield { name, sizeBytes, dataSetFileId: id };
        }
      }
    }
  }

  /** The entries of one file, which come in a page, in several, or as the bare list of older days. */
  #entries(dataSetFileId: string, options: CallOptions) {
    const ask = (query: PageQuery) => {
      const init = { ...options, params: { path: { dataSetFileId }, query } };
      return this.#client.validated.GET(DOWNLOAD, init);
    };
    return allPages(this.#client, ask, isPart);
  }

  /**
   * The size and type of a part, without its bytes.
   * @see https://experienceleague.adobe.com/docs/experience-platform/data-access/tutorials/dataset-data.html
   */
  async head(
    dataSetFileId: string,
    name: string,
    callOptions?: CallOptions,
  ): Promise<{
    sizeBytes: number | undefined;
    contentType: string | undefined;
    acceptsRanges: boolean;
  }> {
    const options = validateCallOptions(callOptions);
    const params = { path: { dataSetFileId }, query: { path: checkFilledText('path', name) } };
    const result = await this.#client.validated.HEAD(DOWNLOAD, { ...options, params });
    this.#client.expectOk(result);
    const { headers } = result.response;
    return {
      sizeBytes: digits(headers.get('content-length') ?? undefined),
      contentType: headers.get('content-type') ?? undefined,
      acceptsRanges: headers.get('accept-ranges')?.toLowerCase() === 'bytes',
    };
  }

  /**
   * The bytes of a part, or some of them.
   * @param options `range` is counted from 0, its `end` is not included; without `end` to the last.
   * @throws {RangeNotSatisfiableError} when the part does not have the range.
   * @see https://experienceleague.adobe.com/docs/experience-platform/data-access/tutorials/dataset-data.html
   */
  async download(
    dataSetFileId: string,
    name: string,
    options?: DownloadOptions,
  ): Promise<Download> {
    const { range, ...call } = validateOptions(DOWNLOAD_OPTIONS, options);
    checkFilledText('path', name);
    const header = range === undefined ? {} : { Range: rangeHeader(range) };
    const result = await this.#client.validated.GET(DOWNLOAD, {
      ...call,
      params: { path: { dataSetFileId }, query: { path: name }, header },
      headers: { accept: BYTES_PREFERRED },
      parseAs: 'stream',
    });
    return downloadOf(this.#client, result);
  }
}

function pathOf(address: FileAddress) {
  const { batchId, datasetId, path } = checkAddress(address);
  return { batchId, datasetId, filePath: path };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined; // no body, or one that says nothing to a program
  }
}
