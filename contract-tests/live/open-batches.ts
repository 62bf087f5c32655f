/** The batches that a run has created: whatever happens, each of them is aborted. */
import { setTimeout as pause } from 'node:timers/promises';
import { AepBatchError, type BatchClient, type CreateBatchRequest } from '../../src/index.js';

const ABORT_ATTEMPTS = 3;
/** The Catalog may lag behind a create whose response was lost. */
const LOOKUP_ATTEMPTS = 5;
/** For each call of the clean-up: nobody may be waiting for its end any more. */
const TIMEOUT_MS = 20_000;

export class OpenBatches {
  readonly #client: BatchClient;
  readonly #externalId: string;
  readonly #pauseMs: number;
  readonly #open = new Set<string>();
  /** The ids of those that are aborted. */
  readonly aborted: string[] = [];
  /** Requests after which there may be a batch whose id is not known. */
  #unknown = 0;

  /** @param pauseMs the time between two attempts, in milliseconds. */
  constructor(client: BatchClient, externalId: string, pauseMs: number) {
    this.#client = client;
    this.#externalId = externalId;
    this.#pauseMs = pauseMs;
  }

  /** Creates a batch with the externalId of this run, once: the status is what is asked for. */
  async create(request: CreateBatchRequest, signal: AbortSignal) {
    this.#unknown++;
    const body = { ...request, externalId: this.#externalId };
    const path = '/data/foundation/import/batches';
    const result = await this.#client.raw.POST(path, { body, signal }).catch((error: unknown) => {
      // Nothing was sent without a token, for instance.
      if (error instanceof AepBatchError && 'stateUnknown' in error && !error.stateUnknown) {
        this.#unknown--;
      }
      throw error;
    });
    const { status } = result.response;
    const id: unknown = result.data?.id;
    const isId = typeof id === 'string' && id !== '';
    if (isId) this.#open.add(id);
    // A gateway may send a 5xx for a request that took effect.
    if (isId || (status >= 400 && status < 500 && status !== 408)) this.#unknown--;
    return { status, id: isId ? id : undefined };
  }

  async abort(id: string, signal?: AbortSignal): Promise<void> {
    await this.#client.batches.abort(id, signal === undefined ? {} : { signal });
    this.#setAborted(id);
  }

  #setAborted(id: string): void {
    this.#open.delete(id);
    this.aborted.push(id);
  }

  /** Aborts what is open. @returns what may be left behind, one description each. */
  async abortAll(): Promise<string[]> {
    const left: string[] = [];
    for (const id of [...this.#open]) {
      if (!(await this.#tryToAbort(id))) left.push(`batch ${id}`);
    }
    if (this.#unknown > 0 && !(await this.#abortUnknown())) {
      left.push(`perhaps a batch with the externalId ${this.#externalId}`);
    }
    return left;
  }

  async #tryToAbort(id: string): Promise<boolean> {
    for (let attempt = 1; attempt <= ABORT_ATTEMPTS; attempt++) {
      try {
        await this.#client.batches.abort(id, { timeoutMs: TIMEOUT_MS });
        this.#setAborted(id);
        return true;
      } catch {
        if (attempt < ABORT_ATTEMPTS) await pause(this.#pauseMs);
      }
    }
    return false;
  }

  /** Looks for batches by the externalId, and aborts those that are loading. */
  async #abortUnknown(): Promise<boolean> {
    let isAborted = true;
    let isFound = false;
    let isRead = false;
    for (let attempt = 1; attempt <= LOOKUP_ATTEMPTS && !isFound; attempt++) {
      if (attempt > 1) await pause(this.#pauseMs);
      try {
        for (const { id, status } of await this.#find()) {
          isFound = true;
          if (status === 'loading') isAborted = (await this.#tryToAbort(id)) && isAborted;
        }
        isRead = true;
      } catch {
        isRead = false;
      }
    }
    return isRead && isAborted;
  }

  async #find() {
    const filter = { externalId: this.#externalId, pageSize: 10 };
    const found = [];
    for await (const batch of this.#client.batches.list(filter, { timeoutMs: TIMEOUT_MS })) {
      if (batch.externalId === this.#externalId) found.push(batch);
      if (found.length >= 10) break;
    }
    return found;
  }
}
