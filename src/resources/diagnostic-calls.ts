/** The calls of `client.diagnostics`, imported with the first of them. */
import { CALL_OPTIONS, type CallOptions, validateCallOptions } from '../http/options.js';
import { checkFilledText, listenerOption } from '../shared/checks.js';
import type { ParseError } from '../shared/errors.js';
import { type OptionTable, optional, validateOptions } from '../shared/options.js';
import type { TypedClient } from '../typed-client/client.js';
import type { ReportOptions } from './diagnostics.js';
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

const REPORT_OPTIONS: OptionTable<ReportOptions> = {
  ...CALL_OPTIONS,
  onUnproven: optional(listenerOption()),
  onUnreadable: optional(listenerOption()),
};

/** `Diagnostics` documents them. */
export class DiagnosticCalls {
  readonly #client: TypedClient;

  constructor(client: TypedClient) {
    this.#client = client;
  }

  async *rowErrors(batchId: string, reportOptions?: ReportOptions): AsyncGenerator<RowError, void> {
    const { onUnproven, onUnreadable, ...options } = validateOptions(REPORT_OPTIONS, reportOptions);
    const unreadable = new UnreadableLines(onUnreadable);
    for await (const file of this.#listMeta(batchId, 'row_errors', options)) {
      const download = await this.#downloadMeta(batchId, file, options);
      if (!download.isProven) onUnproven?.(file.name);
      for await (const rows of readJsonLines(download, file.name, unreadable.add)) {
        for (const row of rows) yield toRowError(row, file.name);
      }
    }
    unreadable.throwFirst();
  }

  async *inputFiles(batchId: string, callOptions?: CallOptions): AsyncGenerator<string, void> {
    const options = validateCallOptions(callOptions);
    const unreadable = new UnreadableLines();
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

  async *failedFiles(batchId: string, callOptions?: CallOptions): AsyncGenerator<RemoteFile, void> {
    const options = validateCallOptions(callOptions);
    const files = this.#list((query) =>
      this.#client.validated.GET(FAILED, { ...options, params: { path: { batchId }, query } }),
    );
    for await (const { path, sizeBytes } of files) yield { name: path, sizeBytes };
  }

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

  async *failedRows(
    batchId: string,
    name: string,
    reportOptions?: ReportOptions,
  ): AsyncGenerator<FailedRow, void> {
    const { onUnproven, onUnreadable, ...options } = validateOptions(REPORT_OPTIONS, reportOptions);
    const unreadable = new UnreadableLines(onUnreadable);
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
