import { CALL_OPTIONS, type CallOptions, validateCallOptions } from '../http/options.js';
import { checkFilledText, listenerOption } from '../shared/checks.js';
import type { ParseError } from '../shared/errors.js';
import { importLate } from '../shared/import-late.js';
import { type OptionTable, optional, validateOptions } from '../shared/options.js';
import type { TypedClient } from '../typed-client/client.js';
import { BYTES_PREFERRED, toDownload } from './downloads.js';
import {
  allPages,
  isFile,
  type ListedFile,
  type ListResult,
  listedFile,
  type PageQuery,
} from './pages.js';
import type { Download, FailedRow, RemoteFile, RowError } from './types.js';

const META = '/data/foundation/export/batches/{batchId}/meta';
const FAILED = '/data/foundation/export/batches/{batchId}/failed';

/** Most programs read no reports. */
const importReader = () => importLate(() => import('./json-lines.js'));

/** Options of the methods that read the rows of a report. */
export interface ReportOptions extends CallOptions {
  /**
   * Called with the name of a file whose response had neither `Content-Length` nor chunks, so that
   * rows may be missing at its end. See `Download.isProven`.
   */
  onUnproven?: (file: string) => void;
  /**
   * Called for each line that cannot be read; the lines and files after it are still read. Without it the
   * first such error is thrown once everything else was yielded.
   */
  onUnreadable?: (error: ParseError) => void;
}

const REPORT_OPTIONS: OptionTable<ReportOptions> = {
  ...CALL_OPTIONS,
  onUnproven: optional(listenerOption()),
  onUnreadable: optional(listenerOption()),
};

/**
 * What went wrong with the rows of a batch. The platform keeps it for 30 days, the rejected rows
 * only for batches with `enableErrorDiagnostics`.
 *
 * Files are read as they come, never as a whole; a row may be spread over several lines. Every method
 * throws an `ApiError` of the status' class when the platform refuses. A line that cannot be read loses no
 * other row: its `ParseError` is thrown after the last row, or passed to `onUnreadable`.
 */
export class Diagnostics {
  readonly #client: TypedClient;

  constructor(client: TypedClient) {
    this.#client = client;
  }

  /**
   * Every rejected row with the reasons, from all files of the report.
   * @throws {NotFoundError} for a batch without a report, too: see `failedFiles()` and
   *   `client.rejectedRows()`, which reads either.
   * @throws {ParseError} after the last row, for the first line that cannot be read, if there is no
   *   `onUnreadable`; in any case where the response may have ended early within a row.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/error-diagnostics.html
   */
  async *rowErrors(batchId: string, reportOptions?: ReportOptions): AsyncGenerator<RowError, void> {
    const { onUnproven, onUnreadable, ...options } = validateOptions(REPORT_OPTIONS, reportOptions);
    const unreadable = new UnreadableLines(onUnreadable);
    const { readJsonLines } = await importReader();
    const { toRowError } = await importLate(() => import('./row-error.js'));
    for await (const file of this.#listMeta(batchId, 'row_errors', options)) {
      const download = await this.#downloadMeta(batchId, file, options);
      if (!download.isProven) onUnproven?.(file.name);
      for await (const rows of readJsonLines(download, file.name, unreadable.add)) {
        for (const row of rows) yield toRowError(row, file.name);
      }
    }
    unreadable.throwFirst();
  }

  /**
   * The paths of the files that were loaded, as the platform knows them.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/error-diagnostics.html
   */
  async *inputFiles(batchId: string, callOptions?: CallOptions): AsyncGenerator<string, void> {
    const options = validateCallOptions(callOptions);
    const unreadable = new UnreadableLines();
    const { readJsonLines } = await importReader();
    for await (const file of this.#listMeta(batchId, 'input_files', options)) {
      const download = await this.#downloadMeta(batchId, file, options);
      for await (const rows of readJsonLines(download, file.name, unreadable.add)) {
        for (const row of rows) {
          const path = typeof row === 'object' && row !== null && 'path' in row && row.path;
          if (typeof path === 'string') yield path;
        }
      }
    }
    unreadable.throwFirst();
  }

  /**
   * The files of a failed batch, each under the name that its link in the list has, where that differs.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/retrieve-failed-batches.html
   */
  async *failedFiles(batchId: string, callOptions?: CallOptions): AsyncGenerator<RemoteFile, void> {
    const options = validateCallOptions(callOptions);
    const files = this.#list((query) =>
      this.#client.validated.GET(FAILED, { ...options, params: { path: { batchId }, query } }),
    );
    for await (const { path, sizeBytes } of files) yield { name: path, sizeBytes };
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
   * @throws {ParseError} as `rowErrors()` does.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/retrieve-failed-batches.html
   */
  async *failedRows(
    batchId: string,
    name: string,
    reportOptions?: ReportOptions,
  ): AsyncGenerator<FailedRow, void> {
    const { onUnproven, onUnreadable, ...options } = validateOptions(REPORT_OPTIONS, reportOptions);
    const unreadable = new UnreadableLines(onUnreadable);
    const { readJsonLines } = await importReader();
    const download = await this.downloadFailed(batchId, name, options);
    if (!download.isProven) onUnproven?.(name);
    for await (const rows of readJsonLines(download, name, unreadable.add)) {
      for (const row of rows) yield row as FailedRow;
    }
    unreadable.throwFirst();
  }

  #listMeta(batchId: string, folder: string, options: CallOptions): AsyncGenerator<ListedFile> {
    return this.#list((query) => {
      const params = { path: { batchId }, query: { path: folder, ...query } };
      return this.#client.validated.GET(META, { ...options, params });
    });
  }

  async *#list(
    fetchPage: (query: Required<PageQuery>) => Promise<ListResult>,
  ): AsyncGenerator<ListedFile> {
    const fromStart = (query: PageQuery) => fetchPage({ start: 0, ...query });
    for await (const entry of allPages(this.#client, fromStart, isFile)) yield listedFile(entry);
  }

  /** One file of the report, whatever type it is sent with. */
  async #downloadMeta(
    batchId: string,
    { path }: ListedFile,
    options: CallOptions,
  ): Promise<Download> {
    const result = await this.#client.validated.GET(META, {
      ...options,
      params: { path: { batchId }, query: { path } },
      headers: { accept: BYTES_PREFERRED },
      parseAs: 'stream',
    });
    return toDownload(this.#client, result);
  }
}

/** Lines that cannot be read: reported at once, or kept until everything else was yielded. */
class UnreadableLines {
  readonly #onUnreadable: ((error: ParseError) => void) | undefined;
  #first: ParseError | undefined;

  constructor(onUnreadable?: (error: ParseError) => void) {
    this.#onUnreadable = onUnreadable;
  }

  readonly add = (error: ParseError): void => {
    if (this.#onUnreadable === undefined) this.#first ??= error;
    else this.#onUnreadable(error);
  };

  throwFirst(): void {
    if (this.#first !== undefined) throw this.#first;
  }
}
