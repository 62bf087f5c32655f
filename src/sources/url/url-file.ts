/** Contents at a URL that serves ranges: as a file of a known size, whose version is proven by each response. */
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { rangeSource } from '../../http/body.js';
import { connectionHint } from '../../http/connection-hint.js';
import { parseRanges, parseTotal } from '../../resources/ranges.js';
import type { ByteRange } from '../../resources/types.js';
import { AepBatchError, SourceError, SourceUnavailableError } from '../../shared/errors.js';
import { streamChunks } from '../../shared/stream-chunks.js';
import { describeThrown } from '../../shared/thrown.js';
import type { OpenSource } from '../../upload/source.js';
import type { UrlAddress } from './address.js';
import { requestRange } from './request.js';

export interface UrlOptions {
  /** How long the server may be silent, in milliseconds. Default 60,000. */
  timeoutMs?: number | undefined;
  /** The first wait before a retry, in milliseconds. Default 500; it doubles up to 8 s. */
  pauseMs?: number;
}

const TIMEOUT_MS = 60_000;
const PAUSE_MS = 500;
const MAX_PAUSE_MS = 8000;
/** In a row, without a byte between them. */
const MAX_RETRIES = 4;
/** How much of an error response is read for its code. */
const MAX_ERROR_BYTES = 16 * 1024;
const ONE_BYTE: ByteRange = { start: 0, end: 1 };

/** What distinguishes a version of the contents: a strong ETag, or the time of the last change. */
type Version = { etag: string } | { lastModified: string };

/** The size of the contents and the fingerprint of their version. */
export interface UrlState {
  readonly sizeBytes: number;
  readonly fingerprint: string;
}

/**
 * Asks for the first byte, because URLs that are signed for GET refuse HEAD.
 * @throws {SourceError} where it cannot be a source; {SourceUnavailableError} where it cannot be read now.
 */
export async function probeUrl(
  address: UrlAddress,
  options: UrlOptions,
  signal: AbortSignal,
): Promise<UrlState> {
  return new Reader(address, options, signal).probe();
}

/** Opens contents of a known version: each range is of that version, or an error. */
export function openUrl(address: UrlAddress, state: UrlState, options: UrlOptions): OpenSource {
  const { sizeBytes } = state;
  const controller = new AbortController();
  const reader = new Reader(address, options, controller.signal);
  const source = rangeSource(0, sizeBytes, (start, end, write) =>
    reader.pump({ start, end }, state, write),
  );
  const close = async () =>
    controller.abort(new SourceError(address.identity, `${address.identity} was closed.`));
  return { ...source, close };
}

class Reader {
  readonly #address: UrlAddress;
  readonly #timeoutMs: number;
  readonly #pauseMs: number;
  readonly #signal: AbortSignal;

  constructor(
    address: UrlAddress,
    { timeoutMs = TIMEOUT_MS, pauseMs = PAUSE_MS }: UrlOptions,
    signal: AbortSignal,
  ) {
    this.#address = address;
    this.#timeoutMs = timeoutMs;
    this.#pauseMs = pauseMs;
    this.#signal = signal;
  }

  probe(): Promise<UrlState> {
    return this.#retry(async () => {
      const response = await this.#request(ONE_BYTE, undefined);
      response.destroy();
      const sizeBytes = parseTotal(response.headers['content-range'] ?? null);
      if (sizeBytes === undefined) throw this.#error('does not say how large it is');
      const version = readVersion(response);
      if (version === undefined) {
        throw this.#error(
          'has neither a strong ETag nor Last-Modified, so a change of it would go unnoticed',
        );
      }
      return { sizeBytes, fingerprint: JSON.stringify(version) };
    });
  }

  /** Reads a range to its end, going on where a connection broke. */
  async pump(
    { start, end }: ByteRange,
    state: UrlState,
    write: (chunk: Uint8Array) => Promise<void>,
  ): Promise<void> {
    let at = start;
    let mark = start;
    const hasProgressed = () => {
      const has = at > mark;
      mark = at;
      return has;
    };
    while (at < end) {
      const before = at;
      at = await this.#retry(async () => {
        const response = await this.#requestVersion({ start: at, end }, state);
        for await (const chunk of streamChunks(response, this.#timeoutMs)) {
          if (at + chunk.length > end) throw this.#error('sends more than it is asked for');
          await write(chunk).catch((cause: unknown) => {
            throw new WriteError(cause);
          });
          at += chunk.length;
        }
        if (at === before) throw new Error('it sent no bytes');
        return at;
      }, hasProgressed);
    }
  }

  async #requestVersion(range: ByteRange, { sizeBytes, fingerprint }: UrlState) {
    const version = JSON.parse(fingerprint) as Version;
    const ifMatch = 'etag' in version ? version.etag : undefined;
    const response = await this.#request(range, ifMatch);
    const isSame =
      JSON.stringify(readVersion(response)) === fingerprint &&
      parseTotal(response.headers['content-range'] ?? null) === sizeBytes;
    if (isSame) return response;
    response.destroy();
    throw this.#changed();
  }

  /** A response with the start of the range. */
  async #request(range: ByteRange, ifMatch: string | undefined): Promise<IncomingMessage> {
    const options = { timeoutMs: this.#timeoutMs, signal: this.#signal, ifMatch };
    const response = await requestRange(this.#address, range, options);
    const { statusCode: status = 0, headers } = response;
    if (status !== 206) throw await this.#reject(response, status);
    const [sent] = parseRanges(headers['content-range'] ?? null) ?? [];
    const coding = headers['content-encoding'] ?? 'identity';
    if (sent?.start === range.start && sent.end <= range.end && coding === 'identity') {
      return response;
    }
    response.destroy();
    throw this.#error(
      coding === 'identity'
        ? `responds with other bytes than ${range.start} to ${range.end}`
        : `is sent compressed with ${coding}, although it was asked for as it is`,
    );
  }

  async #reject(response: IncomingMessage, status: number): Promise<Error> {
    if (status === 200) {
      response.destroy();
      return this.#error('does not serve ranges: it responds with all of it. Download it first');
    }
    const code = await this.#readCode(response);
    const what = code === undefined ? `${status}` : `${status} (${code})`;
    const hasExpired = status === 400 && /expired/i.test(code ?? '');
    if (status === 401 || status === 403 || hasExpired) {
      return this.#unavailable(
        `refuses access: ${what}. The URL may have expired: sign a new one`,
        status,
      );
    }
    if (status === 412) return this.#changed();
    if (status === 416 && response.headers['content-range'] === 'bytes */0') {
      return this.#error('is empty');
    }
    if (status === 416) return this.#error(`has no byte at that place: ${what}`);
    if (status === 408 || status === 429 || status >= 500) return new TemporaryError(what, status);
    return this.#error(`cannot be read: ${what}`);
  }

  /** The code in the XML of a storage service, such as `AccessDenied`; never its text, which may quote the URL. */
  async #readCode(response: IncomingMessage): Promise<string | undefined> {
    let text = '';
    try {
      for await (const chunk of streamChunks(response, this.#timeoutMs)) {
        text += Buffer.from(chunk).toString('latin1');
        if (text.length > MAX_ERROR_BYTES) break;
      }
    } catch {
      // the status says enough
    }
    return /<Code>(\w{1,64})<\/Code>/.exec(text)?.[1];
  }

  #changed(): SourceError {
    return this.#error('changed since it was planned');
  }

  #error(what: string): SourceError {
    const { identity } = this.#address;
    return new SourceError(identity, `${identity} ${what.replace(/\.$/, '')}.`);
  }

  #unavailable(what: string, status: number | undefined, cause?: unknown): AepBatchError {
    const { identity } = this.#address;
    return new SourceUnavailableError(identity, `${identity} ${what}.`, status, cause);
  }

  /** @param hasProgressed whether bytes came since the last failure, so that it counts as the first. */
  async #retry<T>(work: () => Promise<T>, hasProgressed = () => false): Promise<T> {
    for (let failures = 0; ; ) {
      try {
        return await work();
      } catch (error) {
        this.#signal.throwIfAborted();
        if (error instanceof WriteError) throw error.cause;
        if (error instanceof AepBatchError) throw error;
        const hint = connectionHint(error); // no retry changes a certificate
        if (hint !== undefined)
          throw this.#error(`cannot be read: ${describeThrown(error)}. ${hint}`);
        failures = hasProgressed() ? 1 : failures + 1;
        if (failures > MAX_RETRIES) {
          const status = error instanceof TemporaryError ? error.status : undefined;
          throw this.#unavailable(`cannot be read: ${describeThrown(error)}`, status, error);
        }
        const pauseMs = Math.min(MAX_PAUSE_MS, this.#pauseMs * 2 ** (failures - 1));
        await delay(pauseMs * (0.75 + Math.random() / 2), undefined, { signal: this.#signal });
      }
    }
  }
}

/** Whoever reads has failed, and not the server. */
class WriteError extends Error {
  constructor(cause: unknown) {
    super('the bytes could not be handed on', { cause });
  }
}

class TemporaryError extends Error {
  readonly status: number;

  constructor(what: string, status: number) {
    super(`it responds with ${what}`);
    this.status = status;
  }
}

function readVersion({ headers }: IncomingMessage): Version | undefined {
  const { etag, 'last-modified': lastModified } = headers;
  if (etag !== undefined && /^"[^"]*"$/.test(etag)) return { etag };
  return lastModified === undefined ? undefined : { lastModified };
}
