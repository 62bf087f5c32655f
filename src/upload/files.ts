import type { BytesInput } from '../http/body.js';
import type { CallOptions } from '../http/options.js';
import type { DownloadOptions, PartInfo } from '../resources/downloads.js';
import type { PartPlace } from '../resources/options.js';
import type {
  ByteRange,
  CompletedFile,
  Download,
  FileAddress,
  FilePart,
} from '../resources/types.js';
import { copyOptions } from '../shared/copy-arguments.js';
import { importLate } from '../shared/import-late.js';
import { LateObject } from '../shared/late-object.js';
import type { TypedClient } from '../typed-client/client.js';
import type { UploadResult } from './context.js';
import type { FileCalls } from './file-calls.js';
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
  readonly #uploads: UploadClient;
  readonly #late: LateObject<FileCalls>;

  /** @param uploads what `upload()` works with. */
  constructor(client: TypedClient, uploads: UploadClient) {
    this.#uploads = uploads;
    this.#late = new LateObject(async () => {
      const { FileCalls } = await importLate(() => import('./file-calls.js'));
      return new FileCalls(client);
    });
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
    return uploadSource(this.#uploads, address, source, options);
  }

  /**
   * Uploads a whole file of up to 256 MB. A file that is already there under this path is replaced, so
   * the call is idempotent and is retried.
   * @param bytes bytes in memory, a `Blob`, or an `OpenFile` or a slice of one.
   * @throws {ContentTooLargeError} above the limit; send the file in parts then.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  put(address: FileAddress, bytes: BytesInput, callOptions?: CallOptions): Promise<void> {
    return this.#late.run(
      (calls, place, options) => calls.put(place, bytes, options),
      address,
      callOptions,
    );
  }

  /**
   * Announces a file that is too large for `put()`; its parts come after that. A file that is open
   * already may be restarted by it.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  initialize(address: FileAddress, callOptions?: CallOptions): Promise<void> {
    return this.#late.run((calls, ...args) => calls.initialize(...args), address, callOptions);
  }

  /**
   * Uploads one part of a file that was initialized, of 1 to 512,000,000 bytes. Parts may come in any
   * order and at the same time. If a response is lost and HEAD does not show what has arrived, the
   * same bytes are sent again.
   * @param part where it begins in the file, in bytes from 0, and how long the whole file is.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  uploadPart(
    address: FileAddress,
    part: PartPlace,
    bytes: BytesInput,
    callOptions?: CallOptions,
  ): Promise<void> {
    return this.#late.run(
      (calls, file, place, options) => calls.uploadPart(file, place, bytes, options),
      address,
      part,
      callOptions,
    );
  }

  /**
   * Which bytes of a file that was initialized have arrived. `undefined` where the platform does not
   * say, which is not the same as none: how it says it was never published.
   * @see https://developer.adobe.com/experience-platform-apis/references/batch-ingestion/
   */
  receivedRanges(
    address: FileAddress,
    callOptions?: CallOptions,
  ): Promise<ByteRange[] | undefined> {
    return this.#late.run((calls, ...args) => calls.receivedRanges(...args), address, callOptions);
  }

  /**
   * Joins the parts of a file after the last of them.
   * @returns what the platform says about the file, if anything.
   * @throws {BadRequestError} when bytes are missing or came twice: only now this is found.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/troubleshooting.html
   */
  complete(address: FileAddress, callOptions?: CallOptions): Promise<CompletedFile | undefined> {
    return this.#late.run((calls, ...args) => calls.complete(...args), address, callOptions);
  }

  /**
   * The parts of a file that a batch left in its dataset (`batches.files()` gives its id). If the
   * id stands for a folder, the parts of the files in it.
   * @see https://experienceleague.adobe.com/docs/experience-platform/data-access/tutorials/dataset-data.html
   */
  parts(dataSetFileId: string, callOptions?: CallOptions): AsyncGenerator<FilePart, void> {
    return this.#late.iterate(({ downloads }) => downloads.parts(dataSetFileId, callOptions));
  }

  /**
   * The size and type of a part, without its bytes.
   * @see https://experienceleague.adobe.com/docs/experience-platform/data-access/tutorials/dataset-data.html
   */
  head(dataSetFileId: string, name: string, callOptions?: CallOptions): Promise<PartInfo> {
    const call = ({ downloads }: FileCalls, options?: CallOptions) =>
      downloads.head(dataSetFileId, name, options);
    return this.#late.run(call, callOptions);
  }

  /**
   * The bytes of a part, or some of them.
   * @param options `range` is counted from 0, its `end` is not included; without `end` to the last.
   * @throws {RangeNotSatisfiableError} when the part does not have the range.
   * @see https://experienceleague.adobe.com/docs/experience-platform/data-access/tutorials/dataset-data.html
   */
  download(dataSetFileId: string, name: string, options?: DownloadOptions): Promise<Download> {
    const call = ({ downloads }: FileCalls, own?: DownloadOptions) =>
      downloads.download(dataSetFileId, name, own);
    return this.#late.run(call, options);
  }
}
