import { CALL_OPTIONS, type CallOptions, validateCallOptions } from '../http/options.js';
import { checkFilledText, listenerOption } from '../shared/checks.js';
import { type OptionTable, optional, validateOptions } from '../shared/options.js';
import type { TypedClient } from '../typed-client/client.js';
import { BYTES_PREFERRED, toDownload } from './downloads.js';
import { readJsonLines } from './json-lines.js';
import {
  allPages,
  isFile,
  type ListedFile,
  type ListResult,
  listedFile,
  type PageQuery,
} from './pages.js';
import { toRowError } from './row-error.js';
import type { Download, FailedRow, RemoteFile, RowError } from './types.js';

const META = '/data/foundation/export/batches/{batchId}/meta';
const FAILED = '/data/foundation/export/batches/{batchId}/failed';

/** Options of the methods that read the rows of a report. */
export interface ReportOptions extends CallOptions {
  /**
   * Called with the name of a file whose response had neither `Content-Length` nor chunks, so that
   * rows may be missing at its end. See `Download.isProven`.
   */
  onUnproven?: (file: string) => void;
}

const REPORT_OPTIONS: OptionTable<ReportOptions> = {
  ...CALL_OPTIONS,
  onUnproven: optional(listenerOption()),
};

/**
 * What went wrong with the rows of a batch. The platform keeps it for 30 days, the rejected rows
 * only for batches with `enableErrorDiagnostics`.
 *
 * Files are read as they come, never as a whole. Every method throws an `ApiError` of the status'
 * class when the platform refuses, and an `InvalidResponseError` for a line that cannot be read.
 */
export class Diagnostics {
  readonly #client: TypedClient;

  constructor(client: TypedClient) {
    this.#client = client;
  }

  /**
   * Every rejected row with the reasons, from all files of the report.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/error-diagnostics.html
   */
  async *rowErrors(batchId: string, reportOptions?: ReportOptions): AsyncGenerator<RowError, void> {
    const { onUnproven, ...options } = validateOptions(REPORT_OPTIONS, reportOptions);
    for await (const file of this.#listMeta(batchId, 'row_errors', options)) {
      for await (const row of this.#metaLines(batchId, file, options, onUnproven)) {
        yield toRowError(row, file.name);
      }
    }
  }

  /**
   * The paths of the files that were loaded, as the platform knows them.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/error-diagnostics.html
   */
  async *inputFiles(batchId: string, callOptions?: CallOptions): AsyncGenerator<string, void> {
    const options = validateCallOptions(callOptions);
    for await (const file of this.#listMeta(batchId, 'input_files', options)) {
      for await (const row of this.#metaLines(batchId, file, options)) {
        const path = typeof row === 'object' && row !== null && 'path' in row && row.path;
        if (typeof path === 'string') yield path;
      }
    }
  }

  /**
   * The files of a failed batch.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/retrieve-failed-batches.html
   */
  async *failedFiles(batchId: string, callOptions?: CallOptions): AsyncGenerator<RemoteFile, void> {
    const options = validateCallOptions(callOptions);
    const files = this.#list((query) =>
      this.#client.validated.GET(FAILED, { ...options, params: { path: { batchId }, query } }),
    );
    for await (const { name, sizeBytes } of files) yield { name, sizeBytes };
  }

  /**
   * One file of a failed batch, as it is.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/retrieve-failed-batches.html
   */
  async downloadFailed(
    batchId: string,
    name: string,
    callOptions?: CallOptions,
  ): Promise<Download> {
    const options = validateCallOptions(callOptions);
    checkFilledText('path', name);
    const result = await this.#client.validated.GET(FAILED, {
      ...options,
      params: { path: { batchId }, query: { path: name } },
      headers: { accept: BYTES_PREFERRED },
      parseAs: 'stream',
    });
    return toDownload(this.#client, result);
  }

  /**
   * The rows of one file of a failed batch, where that is JSON Lines.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/retrieve-failed-batches.html
   */
  async *failedRows(
    batchId: string,
    name: string,
    options?: CallOptions,
  ): AsyncGenerator<FailedRow, void> {
    const download = await this.downloadFailed(batchId, name, options);
    for await (const row of readJsonLines(download, name)) yield row as FailedRow;
  }

  #listMeta(batchId: string, folder: string, options: CallOptions): AsyncGenerator<ListedFile> {
    return this.#list((query) => {
      const params = { path: { batchId }, query: { path: folder, ...query } };
      return this.#client.validated.GET(META, { ...options, params });
    });
  }

  async *#list(
    ask: (query: Required<PageQuery>) => Promise<ListResult>,
  ): AsyncGenerator<ListedFile> {
    const fromStart = (query: PageQuery) => ask({ start: 0, ...query });
    for await (const entry of allPages(this.#client, fromStart, isFile)) yield listedFile(entry);
  }

  /** The lines of one file of the report, whatever type it is sent with. */
  async *#metaLines(
    batchId: string,
    { name, path }: ListedFile,
    options: CallOptions,
    onUnproven?: ReportOptions['onUnproven'],
  ): AsyncGenerator<unknown> {
    const result = await this.#client.validated.GET(META, {
      ...options,
      params: { path: { batchId }, query: { path } },
      headers: { accept: BYTES_PREFERRED },
      parseAs: 'stream',
    });
    const download = toDownload(this.#client, result);
    if (!download.isProven) onUnproven?.(name);
    yield* readJsonLines(download, name);
  }
}
