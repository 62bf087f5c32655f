import type { ByteSource } from '../http/bytes.js';
import { ApiError, NotFoundError } from '../http/errors.js';
import type { CallOptions } from '../http/settings.js';
import type { Files } from '../resources/files.js';
import { UndecidedError } from '../resources/recovery.js';
import type { ByteRange, FileAddress } from '../resources/types.js';
import type { Budget } from './budget.js';
import { countedSource, HashedSource, sha256Of } from './hashing.js';
import { checkLedger, partsOf, type UploadPlan } from './plan.js';
import { checkUnchanged, type OpenSource, type SourceFile } from './source.js';

/** What of `files` an upload needs. */
export type UploadCalls = Pick<
  Files,
  'put' | 'initialize' | 'uploadPart' | 'received' | 'complete'
>;

/** What an upload tells while it goes on. A promise is waited for: only then the step counts. */
export interface UploadEvents {
  /** Bytes went out; fewer than none when some have to be sent again. */
  sent(bytes: number): void;
  /** The platform has accepted bytes. */
  accepted(bytes: number): void;
  initialized(): Promise<void>;
  part(range: ByteRange): Promise<void>;
}

/** All that one upload works with. */
export interface UploadContext {
  calls: UploadCalls;
  budget: Budget;
  plan: UploadPlan;
  /** Whether the sha256 is taken. */
  sha256: boolean;
  /** How often a part or a file is tried again. */
  maxRetries: number;
  timeoutMs: number | undefined;
  signal: AbortSignal;
}

/** A file that is in the batch. */
export interface UploadedFile {
  sha256: string | undefined;
  /** `undefined` where it went whole. */
  parts: ByteRange[] | undefined;
}

/**
 * Uploads one file: by PUT, or in parts where it is larger than the threshold.
 * @param resumed whether it was announced before; then only what the platform lacks is sent.
 * @throws {SourceError} when the file changed, or the parts are not the file.
 */
export async function uploadFile(
  file: SourceFile,
  address: FileAddress,
  context: UploadContext,
  events: UploadEvents,
  resumed: boolean,
): Promise<UploadedFile> {
  const source = await file.open();
  try {
    await checkUnchanged(file, undefined);
    const whole = file.sizeBytes <= context.plan.largeFileThresholdBytes;
    const done = whole
      ? await putWhole(source, address, context, events)
      : await sendParts(source, address, context, events, resumed);
    await checkUnchanged(file, undefined);
    return done;
  } finally {
    await source.close();
  }
}

/** The options of a call with bytes; a request to slow down reaches the budget at once. */
function callOptions({ budget, maxRetries, timeoutMs, signal }: UploadContext): CallOptions {
  return {
    maxRetries,
    signal,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    onRetry: ({ error }) => {
      if (error instanceof ApiError && (error.status === 429 || error.status === 503))
        budget.slowDown();
    },
  };
}

async function putWhole(
  source: OpenSource,
  address: FileAddress,
  context: UploadContext,
  events: UploadEvents,
): Promise<UploadedFile> {
  const hashed = context.sha256 ? new HashedSource(source) : undefined;
  const bytes = countedSource(hashed ?? source, events.sent);
  const put = () => context.calls.put(address, bytes, callOptions(context));
  await context.budget.run(put, context.signal);
  events.accepted(source.size);
  return { sha256: hashed?.digest(), parts: undefined };
}

async function sendParts(
  source: OpenSource,
  address: FileAddress,
  context: UploadContext,
  events: UploadEvents,
  resumed: boolean,
): Promise<UploadedFile> {
  const { calls, budget, plan, signal } = context;
  const options = callOptions(context);
  const have = resumed ? await receivedBefore(address, context) : undefined;
  if (have === undefined) {
    await budget.run(() => calls.initialize(address, options), signal);
    await events.initialized();
  }
  events.accepted((have ?? []).reduce((sum, { start, end }) => sum + end - start, 0));

  const parts: ByteRange[] = [...(have ?? [])];
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  // A failed hash and a failed part alike stop the rest; whoever failed first is told.
  const hash = context.sha256 ? sha256Of(source, both) : Promise.resolve(undefined);
  const work: Promise<unknown>[] = [hash.catch((error: unknown) => failFirst(error, stop))];
  const underWay = { ...context, signal: both };
  for (const range of partsOf(source.size, plan.partSizeBytes, have)) {
    if (both.aborted) break;
    const started = withResolvers();
    const send = async () => {
      started.resolve();
      await sendPart(source, address, range, underWay, events);
      parts.push(range);
    };
    work.push(
      budget.run(send, both).catch((error: unknown) => {
        started.resolve();
        return failFirst(error, stop);
      }),
    );
    await started.promise; // no more parts are planned than are under way
  }
  await Promise.all(work);
  if (stop.signal.aborted) throw stop.signal.reason;
  signal.throwIfAborted();
  checkLedger(address.path, source.size, parts);
  await budget
    .run(() => calls.complete(address, options), signal)
    .catch((error: unknown) => {
      if (!resumed || !(error instanceof ApiError) || error.status >= 500) throw error;
      // Complete already, from before the crash? Or is something wrong with it? Nobody can tell.
      const message = `whether ${address.path} was complete before is not known: ${error.message}`;
      throw new UndecidedError(message, { cause: error });
    });
  return { sha256: await hash, parts: parts.sort((a, b) => a.start - b.start) };
}

async function sendPart(
  source: ByteSource,
  address: FileAddress,
  range: ByteRange,
  context: UploadContext,
  events: UploadEvents,
): Promise<void> {
  const bytes = countedSource(source.slice(range.start, range.end), events.sent);
  const part = { start: range.start, totalBytes: source.size };
  await context.calls.uploadPart(address, part, bytes, callOptions(context));
  await events.part(range);
  events.accepted(range.end - range.start);
}

/** What arrived of a file that was announced, before a crash. */
async function receivedBefore(address: FileAddress, context: UploadContext): Promise<ByteRange[]> {
  const { calls, budget, signal } = context;
  try {
    const ranges = await budget.run(() => calls.received(address, callOptions(context)), signal);
    if (ranges !== undefined) return ranges;
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new UndecidedError(`${address.path} is not open any more: it may be complete, or gone.`);
  }
  const message = `the platform does not say which bytes of ${address.path} it has, so the upload cannot go on where it broke off.`;
  throw new UndecidedError(message);
}

/** Stops the others; the first reason stays. */
function failFirst(error: unknown, stop: AbortController): undefined {
  stop.abort(error);
  return undefined;
}

/** `Promise.withResolvers()`, which Node 20 lacks. */
function withResolvers() {
  let resolve = () => {};
  const promise = new Promise<void>((kept) => {
    resolve = kept;
  });
  return { promise, resolve };
}
