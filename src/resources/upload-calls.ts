import type { operations } from '../../generated/openapi.js';
import type { ByteSource } from '../http/body.js';
import type { CallOptions } from '../http/options.js';
import type { Recovery } from '../http/retry.js';
import type { TypedClient } from '../typed-client/client.js';
import type { PartPlace } from './options.js';
import { parseInteger } from './pages.js';
import { contentRange, parseRanges } from './ranges.js';
import { recoverCompleteFile, recoverInitialize, recoverPart } from './recovery.js';
import type { ByteRange, FileAddress } from './types.js';

const UPLOAD = '/data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath}';

type Action = operations['fileAction']['parameters']['query']['action'];

/** What the response to the COMPLETE of a file says about the file; it may say nothing. */
export interface ReportedFile {
  name: string | undefined;
  sizeBytes: number | undefined;
}

/** The calls that bring a file into a batch. Their arguments are checked already, and options are valid. */
export class UploadCalls {
  readonly #client: TypedClient;

  constructor(client: TypedClient) {
    this.#client = client;
  }

  async put(address: FileAddress, body: ByteSource, options: CallOptions): Promise<void> {
    const result = await this.#client.validated.PUT(UPLOAD, {
      ...options,
      params: { path: toPathParams(address) },
      body,
      parseAs: 'text',
    });
    this.#client.expectOk(result);
  }

  /**
   * @param isOpen whether the file is open already: HEAD then does not show whether a call took effect
   * whose response was lost, and it is made once more. COMPLETE finds what remains of before.
   */
  async initialize(address: FileAddress, options: CallOptions, isOpen = false): Promise<void> {
    let isRepeated = !isOpen;
    const recover = async (): Promise<Recovery> => {
      if (isRepeated) return recoverInitialize(() => this.receivedRanges(address, options));
      isRepeated = true;
      return 'send again';
    };
    await this.#performAction(address, 'INITIALIZE', recover, options);
  }

  /** @param onRangesShown called when HEAD, sent after a lost response, shows ranges of the file. */
  async uploadPart(
    address: FileAddress,
    { start, totalBytes }: PartPlace,
    body: ByteSource,
    options: CallOptions,
    onRangesShown?: () => Promise<void>,
  ): Promise<void> {
    const range = { start, end: start + body.size };
    const recover = () =>
      recoverPart(
        range,
        async () => {
          const ranges = await this.receivedRanges(address, options);
          if (ranges !== undefined) await onRangesShown?.();
          return ranges;
        },
        // What is missing goes as a part of its own.
        (missing) => {
          const piece = body.slice(missing.start - start, missing.end - start);
          const place = totalBytes === undefined ? {} : { totalBytes };
          return this.uploadPart(address, { start: missing.start, ...place }, piece, options);
        },
      );
    const header = { 'Content-Range': contentRange(range, totalBytes) };
    const params = { path: toPathParams(address), header };
    const init = { ...options, params, body, parseAs: 'text' } as const;
    const result = await this.#client.validated.PATCH(UPLOAD, init, { recover });
    this.#client.expectOk(result);
  }

  async receivedRanges(
    address: FileAddress,
    options: CallOptions,
  ): Promise<ByteRange[] | undefined> {
    const init = { ...options, params: { path: toPathParams(address) } };
    const result = await this.#client.validated.HEAD(UPLOAD, init);
    this.#client.expectOk(result);
    return parseRanges(result.response.headers.get('range'));
  }

  async complete(address: FileAddress, options: CallOptions): Promise<ReportedFile> {
    const recover = () => recoverCompleteFile(() => this.receivedRanges(address, options));
    const text = await this.#performAction(address, 'COMPLETE', recover, options);
    const { name, sizeInBytes } = parseObject(text) ?? {};
    return {
      name: typeof name === 'string' && name !== '' ? name : undefined,
      sizeBytes: parseInteger(sizeInBytes),
    };
  }

  async #performAction(
    address: FileAddress,
    action: Action,
    recover: () => Promise<Recovery>,
    options: CallOptions,
  ): Promise<string> {
    const params = { path: toPathParams(address), query: { action } };
    const init = { ...options, params, parseAs: 'text' } as const;
    const result = await this.#client.validated.POST(UPLOAD, init, { recover });
    this.#client.expectOk(result);
    return result.data ?? '';
  }
}

/** The same calls of any object, such as one that makes them only while it may. */
export type UploadOperations = Pick<UploadCalls, keyof UploadCalls>;

const toPathParams = ({ batchId, datasetId, path }: FileAddress) => ({
  batchId,
  datasetId,
  filePath: path,
});

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined; // no body, or one that says nothing to a program
  }
}
