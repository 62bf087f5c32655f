import { isProven } from '../http/lazy-response.js';
import { CALL_OPTIONS, type CallOptions, validateCallOptions } from '../http/options.js';
import { checkFilledText, checkId } from '../shared/checks.js';
import { type OptionTable, optional, validateOptions } from '../shared/options.js';
import type { TypedClient } from '../typed-client/client.js';
import { checkRange, type OpenRange } from './options.js';
import {
  allPages,
  isDataSetFile,
  isPart,
  listedFile,
  type PageQuery,
  parseInteger,
} from './pages.js';
import { parseRanges, parseTotal, rangeHeader } from './ranges.js';
import type { Download, FilePart } from './types.js';

const DOWNLOAD = '/data/foundation/export/files/{dataSetFileId}';
/** Bytes first, whatever type they are given; but any type is better than an error. */
export const BYTES_PREFERRED = 'application/octet-stream, */*;q=0.1';

/** What a download takes. */
export interface DownloadOptions extends CallOptions {
  /** Which bytes, counted from 0; `end` is not included, and defaults to the end of the file. */
  range?: OpenRange;
}
const DOWNLOAD_OPTIONS: OptionTable<DownloadOptions> = {
  ...CALL_OPTIONS,
  range: optional((_, value) => checkRange(value)),
};

/** What `files.head()` finds out about a part. */
export interface PartInfo {
  /** Its size in bytes, where the platform says so. */
  sizeBytes: number | undefined;
  /** The type that the platform gives the file; it need not be right. */
  contentType: string | undefined;
  /** Whether `files.download()` may ask for a range. */
  acceptsRanges: boolean;
}

/** The files that a batch left in its dataset: the download half of `client.files`, which documents it. */
export class Downloads {
  readonly #client: TypedClient;

  constructor(client: TypedClient) {
    this.#client = client;
  }

  async *parts(dataSetFileId: string, callOptions?: CallOptions): AsyncGenerator<FilePart, void> {
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
    const fetchPage = (query: PageQuery) => {
      const init = { ...options, params: { path: { dataSetFileId }, query } };
      return this.#client.validated.GET(DOWNLOAD, init);
    };
    return allPages(this.#client, fetchPage, isPart);
  }

  async head(dataSetFileId: string, name: string, callOptions?: CallOptions): Promise<PartInfo> {
    const options = validateCallOptions(callOptions);
    const params = { path: { dataSetFileId }, query: { path: checkFilledText('path', name) } };
    const result = await this.#client.validated.HEAD(DOWNLOAD, { ...options, params });
    this.#client.expectOk(result);
    const { headers } = result.response;
    return {
      sizeBytes: parseInteger(headers.get('content-length')),
      contentType: headers.get('content-type') ?? undefined,
      acceptsRanges: headers.get('accept-ranges')?.toLowerCase() === 'bytes',
    };
  }

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
    return toDownload(this.#client, result);
  }
}

/** A stream, and what its headers say about it. */
export function toDownload(
  client: TypedClient,
  result: { data?: ReadableStream<Uint8Array> | null; error?: unknown; response: Response },
): Download {
  client.expectOk(result);
  const { headers, status } = result.response;
  const contentRangeHeader = headers.get('content-range');
  const [range] = parseRanges(contentRangeHeader) ?? [];
  const sizeBytes = parseInteger(headers.get('content-length'));
  return {
    body: result.data ?? emptyStream(), // openapi-fetch gives nothing for an empty file
    isProven: isProven(result.response),
    sizeBytes,
    range: status === 206 ? range : undefined,
    totalBytes: parseTotal(contentRangeHeader) ?? (status === 200 ? sizeBytes : undefined),
    contentType: headers.get('content-type') ?? undefined,
  };
}

const emptyStream = () =>
  new ReadableStream<Uint8Array>({
    start: (controller) => controller.close(),
  });
