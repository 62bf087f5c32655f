/** How bodies and paths are written. */
import { type ByteSource, byteSource } from '../http/body.js';
import { checkId, checkUri, encodeFilePath } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import { describeThrown } from '../shared/thrown.js';

/** A body as it is sent: JSON, or bytes. */
export type SentBody = string | ByteSource | undefined;

/**
 * @param field what the body is called in errors.
 * @throws {InvalidInputError} for what can be neither.
 */
export function serializeBody(body: unknown, field = 'body'): SentBody {
  if (body === undefined) return undefined;
  const bytes = byteSource(body);
  if (bytes !== undefined) return bytes;
  if (
    body instanceof FormData ||
    body instanceof ReadableStream ||
    body instanceof URLSearchParams
  ) {
    const message = `Invalid ${field}: expected a value that JSON can hold, or bytes as a Uint8Array or Blob, received a ${body.constructor.name}.`;
    throw new InvalidInputError(field, message);
  }
  return writeJson(field, body);
}

/**
 * @returns `undefined` for what JSON leaves out, such as a function.
 * @throws {InvalidInputError} for what JSON cannot hold.
 */
export function writeJson(field: string, value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    const message = `Invalid ${field}: it cannot be written as JSON: ${describeThrown(cause)}.`;
    throw new InvalidInputError(field, message, { cause });
  }
}

/** Paths with parameters, split: literal text and, in between, the names of the parameters. */
const pathParts = new Map<string, readonly string[]>();

function serializeParameter(name: string, value: unknown): string {
  if (name === 'filePath') return encodeFilePath(value);
  // A schema's id is a URI; checkId() rejects slashes.
  return encodeURIComponent(name === 'schemaId' ? checkUri(name, value) : checkId(name, value));
}

/** Fills in a path: ids as one segment, a file's path with its slashes as they are. */
export function serializePath(path: string, params: Record<string, unknown>): string {
  if (!path.includes('{')) return path;
  let parts = pathParts.get(path);
  if (parts === undefined) {
    parts = path.split(/\{(\w+)\}/);
    pathParts.set(path, parts);
  }
  return parts.reduce((filled, part, at) => {
    if (at % 2 === 0) return filled + part;
    const value = params[part];
    return filled + serializeParameter(part, value);
  });
}
