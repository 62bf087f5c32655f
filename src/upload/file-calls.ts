/** The calls of `client.files`, imported with the first of them. */
import type { BytesInput } from '../http/body.js';
import { type CallOptions, validateCallOptions } from '../http/options.js';
import { Downloads } from '../resources/downloads.js';
import { checkAddress, checkBytes, checkPart, type PartPlace } from '../resources/options.js';
import type { ByteRange, CompletedFile, FileAddress } from '../resources/types.js';
import { UploadCalls } from '../resources/upload-calls.js';
import { checkNumber } from '../shared/checks.js';
import { MAX_PART_BYTES } from '../shared/limits.js';
import type { TypedClient } from '../typed-client/client.js';

/** `Files` documents them. */
export class FileCalls {
  readonly downloads: Downloads;
  readonly #calls: UploadCalls;

  constructor(client: TypedClient) {
    this.downloads = new Downloads(client);
    this.#calls = new UploadCalls(client);
  }

  async put(address: FileAddress, bytes: BytesInput, callOptions?: CallOptions): Promise<void> {
    const options = validateCallOptions(callOptions);
    await this.#calls.put(checkAddress(address), checkBytes('bytes', bytes), options);
  }

  async initialize(address: FileAddress, callOptions?: CallOptions): Promise<void> {
    const options = validateCallOptions(callOptions);
    await this.#calls.initialize(checkAddress(address), options);
  }

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
    await this.#calls.uploadPart(checkAddress(address), place, body, options);
  }

  async receivedRanges(
    address: FileAddress,
    callOptions?: CallOptions,
  ): Promise<ByteRange[] | undefined> {
    const options = validateCallOptions(callOptions);
    return this.#calls.receivedRanges(checkAddress(address), options);
  }

  async complete(
    address: FileAddress,
    callOptions?: CallOptions,
  ): Promise<CompletedFile | undefined> {
    const options = validateCallOptions(callOptions);
    const checked = checkAddress(address);
    const { name = checked.path, sizeBytes } = await this.#calls.complete(checked, options);
    return sizeBytes === undefined ? undefined : { name, sizeBytes };
  }
}
