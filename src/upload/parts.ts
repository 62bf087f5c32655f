/** A file that goes in parts: initialized, sent, completed, and started again once if that is rejected. */
import { ApiError, CallError, NotFoundError } from '../http/errors.js';
import { UnknownOutcomeError } from '../resources/errors.js';
import { missingRanges } from '../resources/ranges.js';
import type { ByteRange, FileAddress } from '../resources/types.js';
import { TaskGroup } from '../shared/task-group.js';
import { withResolvers } from '../shared/with-resolvers.js';
import { ByteCount } from './byte-count.js';
import type { SentBytes, SentPart, UploadContext } from './context.js';
import { FileRejectedError } from './errors.js';
import { ChecksummedSource, countedSource } from './hashing.js';
import { paceSource } from './pace.js';
import { assertPartsCoverFile, toUsableRanges } from './part-ranges.js';
import type { PartReader, ReadyPart } from './part-reader.js';
import type { SourceFile } from './source.js';

/** Error statuses of an INITIALIZE that may have taken effect before. */
const INITIALIZED_BEFORE = new Set([400, 409]);
/** Error statuses of a COMPLETE that finds bytes missing, or twice. */
const UNJOINED = new Set([400]);
/** Error statuses of a COMPLETE that may have taken effect before: 400, no such upload, or a conflict. */
const MAYBE_COMPLETED = new Set([400, 404, 409]);
/** Error statuses that prove that a file cannot be restarted. */
const NOT_RESTARTABLE = new Set([400, 404, 409, 412, 422]);

/** Why a file was not completed; `isGone` where no upload of it is open any more. */
interface Incomplete {
  cause: unknown;
  isGone: boolean;
}

/** The upload of one file in parts. */
export class PartsUpload {
  readonly #file: SourceFile;
  readonly #reader: PartReader;
  readonly #address: FileAddress;
  readonly #context: UploadContext;
  readonly #count: ByteCount;

  constructor(file: SourceFile, reader: PartReader, address: FileAddress, context: UploadContext) {
    this.#file = file;
    this.#reader = reader;
    this.#address = address;
    this.#context = context;
    this.#count = new ByteCount(file, context);
  }

  /**
   * @param earlier the parts that an earlier run knows to have arrived; `undefined` where the file was
   * not initialized before.
   * @throws {FileRejectedError} when the file was started again and rejected again.
   */
  async run(earlier: readonly ByteRange[] | undefined): Promise<SentBytes> {
    const have = earlier === undefined ? await this.#initialize() : await this.#received(earlier);
    if (have === undefined) return this.#restart({ cause: undefined, isGone: true });
    const isResumed = earlier !== undefined;
    let incomplete: Incomplete | undefined;
    try {
      const sent = await this.#send(have);
      incomplete = await this.#complete(isResumed);
      if (incomplete === undefined) return sent;
    } catch (error) {
      const isGone = hasCause(error, isNotOpen);
      // Of a file that an earlier run may have completed, a part is rejected already.
      if (!isGone && !(isResumed && isApiError(error, MAYBE_COMPLETED))) throw error;
      incomplete = { cause: error, isGone };
    }
    return this.#restart(incomplete);
  }

  async #initialize(): Promise<ByteRange[]> {
    const { calls, limiter, signal } = this.#context;
    const initialize = () => calls.initialize(this.#address, this.#context.callOptions);
    await limiter.run(initialize, signal).catch(async (error: unknown) => {
      if (!(await this.#isOpenAndEmpty(error))) throw error;
    });
    await this.#context.listeners.initialized(this.#file);
    return [];
  }

  /** Whether INITIALIZE was rejected because it had taken effect before: no part has been sent yet. */
  async #isOpenAndEmpty(rejection: unknown): Promise<boolean> {
    if (!isApiError(rejection, INITIALIZED_BEFORE)) return false;
    try {
      const ranges = await this.#head();
      return ranges === undefined || ranges.length === 0;
    } catch {
      return false; // the rejection says more
    }
  }

  /** What has arrived of a file that an earlier run initialized; `undefined` where that cannot be used. */
  async #received(earlier: readonly ByteRange[]): Promise<ByteRange[] | undefined> {
    const { ranges: evidence } = this.#context;
    const maxBytes = this.#reader.sizeBytes ?? Number.POSITIVE_INFINITY;
    const known = toUsableRanges(earlier, maxBytes) ?? [];
    let ranges: ByteRange[] | undefined;
    try {
      ranges = await this.#head();
    } catch (error) {
      if (error instanceof NotFoundError) return undefined; // complete already, or gone
      throw error;
    }
    // Without ranges from a platform that shows them, nothing has arrived.
    if (ranges === undefined) return this.#resume(evidence.shown ? [] : known);
    const usable = toUsableRanges(ranges, maxBytes);
    if (usable === undefined) return undefined;
    const inside = known.filter(
      ({ start, end }) => missingRanges({ start, end }, usable).length === 0,
    );
    const rest = usable.flatMap((range) => missingRanges(range, inside));
    return this.#resume([...inside, ...rest]);
  }

  #resume(ranges: ByteRange[]): ByteRange[] {
    this.#count.resumed(ranges.reduce((sum, { start, end }) => sum + end - start, 0));
    return ranges;
  }

  async #head(): Promise<ByteRange[] | undefined> {
    const { calls, limiter, signal } = this.#context;
    const ranges = await limiter.run(
      () => calls.receivedRanges(this.#address, this.#context.callOptions),
      signal,
    );
    if (ranges !== undefined) await this.#rangesShown();
    return ranges;
  }

  readonly #rangesShown = async (): Promise<void> => {
    const { ranges } = this.#context;
    if (ranges.shown) return;
    ranges.shown = true;
    await this.#context.listeners.rangesShown();
  };

  /** Sends what is missing. @throws what failed first, a part or the reading. */
  async #send(have: readonly ByteRange[]): Promise<SentBytes> {
    const { limiter, signal } = this.#context;
    const parts: ByteRange[] = [...have];
    // Which bytes an earlier run sent is not known.
    const sent: SentPart[] = have.map((range) => ({ ...range, checksum: undefined }));
    const group = new TaskGroup(signal);
    const reading = await this.#reader.read(have, group);
    const tasks: Promise<unknown>[] = [reading.sha256.catch(() => undefined)];
    try {
      for await (const part of reading.parts) {
        if (group.signal.aborted) {
          await part.release?.();
          break;
        }
        const started = withResolvers();
        const send = async () => {
          started.resolve();
          sent.push(await this.#sendPart(part, group.signal));
          parts.push({ start: part.start, end: part.end });
        };
        const task = limiter.run(send, group.signal).catch((error: unknown) => {
          started.resolve();
          group.abortOthers(error);
        });
        tasks.push(task.finally(() => part.release?.()));
        await started.promise; // no more parts are planned than are sent at a time
      }
    } catch (error) {
      group.abortOthers(error);
    }
    await group.settle(tasks);
    assertPartsCoverFile(this.#address.path, this.#sizeBytes, parts);
    parts.sort((a, b) => a.start - b.start);
    return { sha256: await reading.sha256, parts, sent };
  }

  /** Known once all of it was read. */
  get #sizeBytes(): number {
    const { sizeBytes } = this.#reader;
    if (sizeBytes === undefined) throw new Error('the file was not read to its end');
    return sizeBytes;
  }

  async #sendPart({ start, end, bytes: part }: ReadyPart, signal: AbortSignal): Promise<SentPart> {
    let sent = 0;
    const range = { start, end };
    const checked = this.#context.sha256 ? new ChecksummedSource(part) : undefined;
    const counted = countedSource(checked ?? part, (count) => {
      sent += count;
      this.#count.sent(count);
    });
    const bytes = paceSource(counted, this.#context.pace);
    const { sizeBytes } = this.#reader;
    const place = sizeBytes === undefined ? { start } : { start, totalBytes: sizeBytes };
    const options = { ...this.#context.callOptions, signal };
    await this.#context.calls.uploadPart(this.#address, place, bytes, options, this.#rangesShown);
    const size = end - start;
    this.#count.sent(size - sent); // pieces that were sent for what was missing of it
    await this.#context.listeners.part(this.#file, range);
    this.#count.accepted(size);
    return { ...range, checksum: checked?.checksum };
  }

  /** @param isRepeated whether it may have been completed before. */
  async #complete(isRepeated: boolean): Promise<Incomplete | undefined> {
    const { calls, limiter, signal } = this.#context;
    const { path } = this.#address;
    try {
      const expected = this.#sizeBytes;
      const { name = path, sizeBytes = expected } = await limiter.run(
        () => calls.complete(this.#address, this.#context.callOptions),
        signal,
      );
      if (sizeBytes === expected && isSameFile(name, path)) return undefined;
      const message = `the platform completed ${name} with ${sizeBytes} bytes, and ${expected} were sent of ${path}.`;
      return { cause: new UnknownOutcomeError(message), isGone: false };
    } catch (error) {
      if (hasCause(error, isUndecided)) return { cause: error, isGone: true };
      const mayBeCompleted = isRepeated || (error instanceof CallError && error.attempts > 1);
      if (!isApiError(error, mayBeCompleted ? MAYBE_COMPLETED : UNJOINED)) throw error;
      return { cause: error, isGone: false };
    }
  }

  /** The whole file once more, in the same batch. */
  async #restart({ isGone }: Incomplete): Promise<SentBytes> {
    const { calls, limiter, signal } = this.#context;
    const { path } = this.#address;
    this.#count.restart();
    try {
      // Noted first: after a crash from here on, no part counts as accepted any more.
      await this.#context.listeners.initialized(this.#file);
      // HEAD does not distinguish a restarted file from one that was open before: then a lost call is repeated.
      const initialize = () => calls.initialize(this.#address, this.#context.callOptions, !isGone);
      await limiter.run(initialize, signal);
      const sent = await this.#send([]);
      const wasOpen = await this.#isOpen();
      const incomplete = await this.#complete(true);
      if (incomplete === undefined) return sent;
      if (!incomplete.isGone || !wasOpen) throw new FileRejectedError(path, incomplete.cause);
      // Open before COMPLETE and not open after it, twice: COMPLETE took effect.
      this.#context.listeners.warned(
        this.#file,
        `${path}: the responses to COMPLETE were lost, twice. All bytes were accepted, and its upload is not open any more: it counts as completed.`,
      );
      return sent;
    } catch (error) {
      throw isApiError(error, NOT_RESTARTABLE) ? new FileRejectedError(path, error) : error;
    }
  }

  async #isOpen(): Promise<boolean> {
    try {
      await this.#head();
      return true;
    } catch (error) {
      if (error instanceof NotFoundError) return false;
      throw error;
    }
  }
}

/** The platform may report a path with folders before it, or without those that it has. */
const isSameFile = (name: string, path: string): boolean =>
  `/${name}`.endsWith(`/${path}`) || `/${path}`.endsWith(`/${name}`);

const isApiError = (error: unknown, statuses: ReadonlySet<number>): error is ApiError =>
  error instanceof ApiError && statuses.has(error.status);

/** A COMPLETE whose response was lost, of a file that HEAD does not know any more. */
const isUndecided = (error: unknown): boolean => error instanceof UnknownOutcomeError;

/** HEAD, asked after a lost part, does not know the file. */
const isNotOpen = (error: unknown): boolean =>
  error instanceof NotFoundError && error.operation === 'getReceivedRanges';

/** An error may be its own cause, by way of others. */
const MAX_CAUSES = 8;

function hasCause(error: unknown, matches: (cause: unknown) => boolean): boolean {
  for (let one = error, left = MAX_CAUSES; one instanceof Error && left > 0; left--) {
    if (matches(one)) return true;
    one = one.cause;
  }
  return false;
}
