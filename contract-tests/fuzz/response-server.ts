/** A platform on loopback that gives one response to the requests of one operation. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { operations } from '../../generated/openapi.js';
import { document } from '../../spec-tools/bundled-document.js';
import { listOperations } from '../../spec-tools/operations.js';
import { BATCH_ID } from '../support/ids.js';
import { LoopbackServer } from './loopback-server.js';
import type { ResponseCase } from './responses.js';

const patterns = listOperations(document).map(({ id, method, path }) => ({
  id,
  method: method.toUpperCase(),
  pattern: new RegExp(
    `^${path
      .replaceAll('.', '\\.')
      .replace('{filePath}', '.+')
      .replace(/\{\w+\}/g, '[^/]+')}$`,
  ),
}));

/** The operation of a request. */
export const findOperation = (method: string, target: string): string | undefined =>
  patterns.find((one) => one.method === method && one.pattern.test(target.split('?')[0] ?? ''))?.id;

/** More than any method sends: one that asks for pages without end is a fault. */
const MAX_REQUESTS = 200;

export class ResponseServer extends LoopbackServer {
  #operation: keyof operations = 'getBatch';
  #response: Omit<ResponseCase, 'title'> | undefined;
  #received = 0;

  /** The response to every request of an operation from now on. */
  respondWith(operation: keyof operations, response: Omit<ResponseCase, 'title'>): void {
    this.#operation = operation;
    this.#response = response;
    this.#received = 0;
  }

  protected serve(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    request.resume();
    this.#received += 1;
    const given = this.#response;
    if (given === undefined || this.#received > MAX_REQUESTS) return void response.destroy();
    if (findOperation(method, url) !== this.#operation) {
      const batch = { status: 'loading', createdClient: headers.authorization };
      response.end(JSON.stringify({ [BATCH_ID]: batch }));
      return;
    }
    const { status, contentType } = given;
    const isBytes = status < 300 && headers.accept?.startsWith('application/octet-stream') === true;
    const type = isBytes ? 'application/octet-stream' : contentType;
    const body = isBytes
      ? given.lines.map((line) => `${JSON.stringify(line)}\n`).join('')
      : given.body;
    const described = { ...given.headers, ...(type === undefined ? {} : { 'content-type': type }) };
    const length = method === 'HEAD' ? {} : { 'content-length': Buffer.byteLength(body) };
    response
      .writeHead(status, { ...described, ...length })
      .end(method === 'HEAD' ? undefined : body);
  }
}
