/**
 * What went over the wire while the tests ran: one file of JSON lines per test process, in the form that
 * `redocly drift` reads, with what the guard decided about each exchange.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface RecordedExchange {
  request: { method: string; url: string; headers: Record<string, string>; body?: string };
  response: { status: number; headers: Record<string, string>; body?: string };
  /** The test that sent the request. */
  test: string;
  /** Whether the message conforms to the document, by Prism and the guard. */
  verdict: 'accepted' | 'request rejected' | 'response rejected';
  /** Who sent the response. */
  by: 'Prism' | 'proxy';
  /** What the guard reported, if it rejected the exchange. */
  problem?: string;
  /** Whether a body was longer than the limit and is cut. */
  isTruncated?: boolean;
}

/** Where a run of the contract tests is recorded. */
export const TRAFFIC = fileURLToPath(new URL('../../.cache/contract-traffic/', import.meta.url));

/** Longer bodies are cut; no example of the document is near it. */
const MAX_BODY_CHARACTERS = 64 * 1024;
/** More than a run records by far; a loop that never ends must not fill the disk. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/**
 * Keeps the exchanges of a test file in memory and writes them when it ends, so that recording does not
 * change the timing of a test.
 */
export class TrafficRecorder {
  readonly #folder: string;
  readonly #lines: string[] = [];
  #characters = 0;

  constructor(folder: string = TRAFFIC) {
    this.#folder = folder;
  }

  add(exchange: RecordedExchange): void {
    const { request, response } = exchange;
    const isTruncated = [request.body, response.body].some(
      (body = '') => body.length > MAX_BODY_CHARACTERS,
    );
    const line = JSON.stringify({
      ...exchange,
      request: cutBody(request),
      response: cutBody(response),
      ...(isTruncated ? { isTruncated } : {}),
    });
    if (this.#characters + line.length > MAX_CHARACTERS) return;
    this.#characters += line.length;
    this.#lines.push(line);
  }

  /** Writes a file with a name of its own: several files of tests run in one process, one after another. */
  write(): void {
    if (this.#lines.length === 0) return;
    mkdirSync(this.#folder, { recursive: true });
    const name = `${process.pid}-${process.hrtime.bigint()}.ndjson`;
    writeFileSync(join(this.#folder, name), `${this.#lines.join('\n')}\n`);
    this.#lines.length = 0;
  }
}

function cutBody<T extends { body?: string }>(message: T): T {
  const { body } = message;
  return body === undefined || body.length <= MAX_BODY_CHARACTERS
    ? message
    : { ...message, body: body.slice(0, MAX_BODY_CHARACTERS) };
}

/** Every recorded exchange, in the order of the tests' names; empty if nothing was recorded. */
export function readTraffic(folder: string = TRAFFIC): RecordedExchange[] {
  let files: string[];
  try {
    files = readdirSync(folder).filter((name) => name.endsWith('.ndjson'));
  } catch {
    return [];
  }
  const lines = files.flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'),
  );
  return lines
    .map((line): RecordedExchange => JSON.parse(line))
    .sort((a, b) => (a.test < b.test ? -1 : a.test > b.test ? 1 : 0));
}
