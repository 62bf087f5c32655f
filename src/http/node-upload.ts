/** How the transport on `node:http` sends the bytes of a source. Imported with the first upload. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { EarlyResponseError } from './early-response.js';
import type { AttemptContext } from './transport.js';
import type { Upload } from './upload.js';

/** The body of a request that goes out from a source, and the response that must not overtake it. */
export class NodeUpload {
  readonly #request: ClientRequest;
  readonly #upload: Upload;
  readonly #context: AttemptContext;
  #isRejected = false;
  #finished: Promise<void> | undefined;

  constructor(request: ClientRequest, upload: Upload, context: AttemptContext) {
    this.#request = request;
    this.#upload = upload;
    this.#context = context;
    request.on('close', () => upload.stop(new Error('the connection was closed')));
  }

  start(): void {
    this.#finished = this.#upload.run(this.#deliver).then(
      () => void this.#request.end(),
      (error: Error) => {
        if (!this.#isRejected) this.#request.destroy(error);
        throw error;
      },
    );
    this.#finished.catch(() => undefined); // the request fails with it, too
  }

  readonly #deliver = (slice: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      this.#context.sent = this.#context.isConnected;
      this.#request.write(slice, (error) => (error ? reject(error) : resolve()));
    });

  /**
   * Takes a success for one only where all bytes were handed to the socket before it came, and the
   * system then accepts the last of them. Not by `writableEnded`: a server that has read all bytes may
   * respond before `end()` is called.
   */
  async receive(response: IncomingMessage): Promise<IncomingMessage> {
    const upload = this.#upload;
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) {
      if (!upload.isDone && upload.handed < upload.size) {
        upload.stop(new EarlyResponseError(status, upload));
      }
      await this.#finished;
    } else if (!upload.isDone) {
      // An error response: nobody reads the rest of the body, and without that the connection cannot be used again.
      this.#isRejected = true;
      response.once('close', () => this.#request.destroy());
      upload.stop(new Error('an error response came before the body was sent'));
    }
    return response;
  }
}
