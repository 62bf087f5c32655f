import type { BytesInput } from '../http/body.js';
import { type CallOptions, validateCallOptions } from '../http/options.js';
import type { DownloadOptions, Downloads, PartInfo } from '../resources/downloads.js';
import { checkAddress, checkBytes, checkPart, type PartPlace } from '../resources/options.js';
import type {
  ByteRange,
  CompletedFile,
  Download,
  FileAddress,
  FilePart,
} from '../resources/types.js';
import { checkNumber } from '../shared/checks.js';
import { copyOptions } from '../shared/copy-arguments.js';
import { importLate } from '../shared/import-late.js';
import { MAX_PART_BYTES } from '../shared/limits.js';
import type { UploadResult } from './context.js';
import type { UploadOptions } from './options.js';
import type { UploadClient } from './upload-source.js';

/**
 * `client.files`: uploads, their single steps, and downloads.
 *
 * Every method throws an `InvalidInputError` for arguments that cannot be sent, an `ApiError` of the
 * status' class for an error response, a `ConnectionError`, `TimeoutError` or `InvalidResponseError`
 * when there is no usable response, and a `SourceError` when the bytes cannot be read.
 */
export class Files {
  readonly #client: UploadClient;
  readonly #downloads: Downloads;

  constructor(client: UploadClient, downloads: Downloads) {
    this.#client = client;
    this.#downloads = downloads;
  }

  /**
   * Uploads a file of this machine, or bytes: by one PUT up to `largeFileThresholdBytes`, else in parts,
   * several at a time. The file may not change meanwhile. If the platform cannot complete it, it is
   * restarted, once.
   * @throws {SourceError} when it cannot be read, or changed.
   * @throws {FileRejectedError} when the file was restarted and could still not be completed.
   */
  async upload(
    fileAddress: FileAddress,
    source: string | BytesInput,
    uploadOptions?: UploadOptions,
  ): Promise<UploadResult> {
    const [address, options] = [copyOptions(fileAddress), copyOptions(uploadOptions)];
    const { uploadSource } = await importLate(() => import('./upload-source.js'));
    return uploadSource(this.#client, address, source, options);
  }

  /**
   * Uploads a whole file of up to 256 MB. A file that is already there under this path is replaced, so
   * the call is idempotent and is retried.
   * @param bytes bytes in memory, a `Blob`, or an `OpenFile` or a slice of one.
   * @throws {ContentTooLargeError} above the limit; send the file in parts then.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  async put(address: FileAddress, bytes: BytesInput, callOptions?: CallOptions): Promise<void> {
    const options = validateCallOptions(callOptions);
    await this.#client.calls.put(checkAddress(address), checkBytes('bytes', bytes), options);
  }

  /**
   * Announces a file that is too large for `put()`; its parts come after that. A file that is open
   * already may be restarted by it.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  async initialize(address: FileAddress, callOptions?: CallOptions): Promise<void> {
    const options = validateCallOptions(callOptions);
    await this.#client.calls.initialize(checkAddress(address), options);
  }

  /**
   * Uploads one part of a file that was initialized, of 1 to 512,000,000 bytes. Parts may come in any
   * order and at the same time. If a response is lost and HEAD does not show what has arrived, the
   * same bytes are sent again.
   * @param part where it begins in the file, in bytes from 0, and how long the whole file is.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  async uploadPart(
    address: FileAddress,
    part: PartPlace,
    bytes: BytesInput,
    callOptions?: CallOptions,
  ): Promise<void> {
    const options = validateCallOptions(callOptions);
    const place = checkPart(part);
    const body = checkBytes('bytes', bytes);
    checkNumber('bytes', body.size, { min: 1, max: MAX_PART_BYTES, unit: 'bytes', whole: true });
    await this.#client.calls.uploadPart(checkAddress(address), place, body, options);
  }

  /**
   * Which bytes of a file that was initialized have arrived. `undefined` where the platform does not
   * say, which is not the same as none: how it says it was never published.
   * @see https://developer.adobe.com/experience-platform-apis/references/batch-ingestion/
   */
  async receivedRanges(
    address: FileAddress,
    callOptions?: CallOptions,
  ): Promise<ByteRange[] | undefined> {
    const options = validateCallOptions(callOptions);
    return this.#client.calls.receivedRanges(checkAddress(address), options);
  }

  /**
   * Joins the parts of a file after the last of them.
   * @returns what the platform says about the file, if anything.
   * @throws {BadRequestError} when bytes are missing or came twice: only now this is found.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/troubleshooting.html
   */
  async complete(
    address: FileAddress,
    callOptions?: CallOptions,
  ): Promise<CompletedFile | undefined> {
    const options = validateCallOptions(callOptions);
    const checked = checkAddress(address);
    const { name = checked.path, sizeBytes } = await this.#client.calls.complete(checked, options);
    return sizeBytes === undefined ? undefined : { name, sizeBytes };
  }

  /**
   * The parts of a file that a batch left in its dataset (`batches.files()` gives its id). If the
   * id stands for a folder, the parts of the files in it.
   * @see https://experienceleague.adobe.com/docs/experience-platform/data-access/tutorials/dataset-data.html
   */
  parts(dataSetFileId: string, callOptions?: CallOptions): AsyncGenerator<FilePart, void> {
    return this.#downloads.parts(dataSetFileId, callOptions);
  }

  /**
   * The size and type of a part, without its bytes.
   * @see https://experienceleague.adobe.com/docs/experience-platform/data-access/tutorials/dataset-data.html
   */
  head(dataSetFileId: string, name: string, callOptions?: CallOptions): Promise<PartInfo> {
    return this.#downloads.head(dataSetFileId, name, callOptions);
  }

  /**
   * The bytes of a part, or some of them.
   * @param options `range` is counted from 0, its `end` is not included; without `end` to the last.
   * @throws {RangeNotSatisfiableError} when the part does not have the range.
   * @see https://experienceleague.adobe.com/docs/experience-platform/data-access/tutorials/dataset-data.html
   */
  download(dataSetFileId: string, name: string, options?: DownloadOptions): Promise<Download> {
    return this.#downloads.download(dataSetFileId, name, options);
  }
}
