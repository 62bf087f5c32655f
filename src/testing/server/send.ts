/** Puts an answer on the wire, whole or broken off. */
import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './handler.js';

const BYTES = 'application/octet-stream';

/** Sends all of it. */
export async function send(response: ServerResponse, answer: Answer): Promise<void> {
  const body = bodyOf(answer);
  response.writeHead(answer.status, headersOf(answer, body));
  if (answer.slice === undefined || answer.slice.end === answer.slice.start) {
    response.end(body);
  } else if (response.req.method === 'HEAD') {
    response.end();
  } else {
    await pipeline(fileOf(answer.slice), response);
  }
}

/** Sends the head and so many bytes of the body, then breaks the connection. */
export async function sendSome(
  response: ServerResponse,
  answer: Answer,
  bytes: number,
): Promise<void> {
  const body = bodyOf(answer);
  response.writeHead(answer.status, headersOf(answer, body));
  const { slice } = answer;
  if (slice === undefined) {
    await written(response, Buffer.from(body ?? '').subarray(0, bytes));
  } else if (bytes > 0) {
    const end = Math.min(slice.end, slice.start + bytes);
    for await (const chunk of fileOf({ ...slice, end })) await written(response, chunk);
  }
  response.flushHeaders();
  // What was written is to arrive: a reset could overtake it.
  response.socket?.destroySoon();
}

const written = (response: ServerResponse, chunk: Uint8Array) =>
  new Promise<void>((resolve, reject) => {
    response.write(chunk, (error) => (error ? reject(error) : resolve()));
  });

function bodyOf({ json, text }: Answer): string | undefined {
  return json === undefined ? text : JSON.stringify(json);
}

function headersOf({ json, slice, headers }: Answer, body: string | undefined) {
  const length = slice === undefined ? Buffer.byteLength(body ?? '') : slice.end - slice.start;
  const type = json !== undefined ? 'application/json' : BYTES;
  const hasBody = body !== undefined || slice !== undefined;
  return { ...(hasBody ? { 'content-type': type } : {}), 'content-length': length, ...headers };
}

const fileOf = ({ file, start, end }: { file: string; start: number; end: number }) =>
  createReadStream(file, { start, end: end - 1 });
