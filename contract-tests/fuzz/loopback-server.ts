/** An HTTP server on a free port of 127.0.0.1. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export abstract class LoopbackServer {
  readonly #server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    void this.serve(request, response);
  });

  protected abstract serve(
    request: IncomingMessage,
    response: ServerResponse,
  ): void | Promise<void>;

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
