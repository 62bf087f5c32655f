import type { CallOptions } from '../http/options.js';
import type { ParseError } from '../shared/errors.js';
import { importLate } from '../shared/import-late.js';
import { LateObject } from '../shared/late-object.js';
import type { TypedClient } from '../typed-client/client.js';
import type { DiagnosticCalls } from './diagnostic-calls.js';
import type { Download, FailedRow, RemoteFile, RowError } from './types.js';

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

/**
 * What went wrong with the rows of a batch. The platform keeps it for 30 days, the rejected rows
 * only for batches with `enableErrorDiagnostics`.
 *
 * Files are read as they come, never as a whole; a row may be spread over several lines. Every method
 * throws an `ApiError` of the status' class when the platform refuses. A line that cannot be read loses no
 * other row: its `ParseError` is thrown after the last row, or passed to `onUnreadable`.
 */
export class Diagnostics {
  readonly #late: LateObject<DiagnosticCalls>;

  constructor(client: TypedClient) {
    this.#late = new LateObject(async () => {
      const { DiagnosticCalls } = await importLate(() => import('./diagnostic-calls.js'));
      return new DiagnosticCalls(client);
    });
  }

  /**
   * Every rejected row with the reasons, from all files of the report.
   * @throws {NotFoundError} for a batch without a report, too: see `failedFiles()` and
   *   `client.rejectedRows()`, which reads either.
   * @throws {ParseError} after the last row, for the first line that cannot be read, if there is no
   *   `onUnreadable`; in any case where the response may have ended early within a row.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/error-diagnostics.html
   */
  rowErrors(batchId: string, options?: ReportOptions): AsyncGenerator<RowError, void> {
    return this.#late.iterate((calls) => calls.rowErrors(batchId, options));
  }

  /**
   * The paths of the files that were loaded, as the platform knows them.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/error-diagnostics.html
   */
  inputFiles(batchId: string, options?: CallOptions): AsyncGenerator<string, void> {
    return this.#late.iterate((calls) => calls.inputFiles(batchId, options));
  }

  /**
   * The files of a failed batch, each under the name that its link in the list has, where that differs.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/retrieve-failed-batches.html
   */
  failedFiles(batchId: string, options?: CallOptions): AsyncGenerator<RemoteFile, void> {
    return this.#late.iterate((calls) => calls.failedFiles(batchId, options));
  }

  /**
   * One file of a failed batch, as it is.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/retrieve-failed-batches.html
   */
  downloadFailed(batchId: string, name: string, callOptions?: CallOptions): Promise<Download> {
    return this.#late.run(
      (calls, ...args) => calls.downloadFailed(...args),
      batchId,
      name,
      callOptions,
    );
  }

  /**
   * The rows of one file of a failed batch, where that is JSON Lines.
   * @throws {ParseError} as `rowErrors()` does.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/quality/retrieve-failed-batches.html
   */
  failedRows(
    batchId: string,
    name: string,
    options?: ReportOptions,
  ): AsyncGenerator<FailedRow, void> {
    return this.#late.iterate((calls) => calls.failedRows(batchId, name, options));
  }
}
