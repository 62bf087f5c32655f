import type { Batch } from '../resources/types.js';
import { notify } from '../shared/notify.js';
import type { IngestProgress } from './types.js';

/** Keeps count of an ingest and reports every change. */
export class Progress {
  readonly #listener: ((progress: IngestProgress) => void) | undefined;
  readonly #current = new Map<string, { path: string; sentBytes: number; sizeBytes: number }>();
  readonly #startedMs = Date.now();
  #state: Omit<IngestProgress, 'current'> = {
    phase: 'preflight',
    transferredBytes: 0,
    sentBytes: 0,
    resumedBytes: 0,
    totalBytes: undefined,
    filesDone: 0,
    filesTotal: undefined,
    partsInFlight: 0,
    batchId: undefined,
    status: undefined,
  };
  #phaseSinceMs = this.#startedMs;
  readonly phasesMs: Record<string, number> = {};

  constructor(listener: ((progress: IngestProgress) => void) | undefined) {
    this.#listener = listener;
  }

  get startedAt(): string {
    return new Date(this.#startedMs).toISOString();
  }

  phase(phase: IngestProgress['phase']): void {
    const now = Date.now();
    this.phasesMs[this.#state.phase] =
      (this.phasesMs[this.#state.phase] ?? 0) + now - this.#phaseSinceMs;
    this.#phaseSinceMs = now;
    this.#set({ phase });
  }

  total(filesTotal: number | undefined, totalBytes: number | undefined): void {
    this.#set({ filesTotal, totalBytes });
  }

  batch(batchId: string): void {
    this.#set({ batchId });
  }

  status({ status }: Batch): void {
    this.#set({ status });
  }

  fileStarted(path: string, sizeBytes: number): void {
    this.#current.set(path, { path, sentBytes: 0, sizeBytes });
    this.#set({});
  }

  /** Bytes went out, or (below zero) have to be sent again. */
  sent(path: string, bytes: number, partsInFlight: number): void {
    const file = this.#current.get(path);
    if (file !== undefined) file.sentBytes += bytes;
    this.#set({ sentBytes: this.#state.sentBytes + bytes, partsInFlight });
  }

  accepted(bytes: number, partsInFlight: number): void {
    this.#set({ transferredBytes: this.#state.transferredBytes + bytes, partsInFlight });
  }

  /** Of the accepted bytes an earlier run had sent these, or (below zero) they have to go again. */
  found(path: string, bytes: number): void {
    const file = this.#current.get(path);
    if (file !== undefined) file.sentBytes += bytes;
    this.#set({ resumedBytes: this.#state.resumedBytes + bytes });
  }

  /** A file that an earlier run had uploaded. */
  fileFound(sizeBytes: number): void {
    const { transferredBytes, resumedBytes, filesDone } = this.#state;
    this.#set({
      transferredBytes: transferredBytes + sizeBytes,
      resumedBytes: resumedBytes + sizeBytes,
      filesDone: filesDone + 1,
    });
  }

  /** The batch is begun anew: nothing is in it yet. */
  restart(): void {
    this.#current.clear();
    const none = { transferredBytes: 0, sentBytes: 0, resumedBytes: 0, filesDone: 0 };
    this.#set({ ...none, partsInFlight: 0, batchId: undefined, status: undefined });
  }

  fileDone(path: string): void {
    this.#current.delete(path);
    this.#set({ filesDone: this.#state.filesDone + 1 });
  }

  #set(change: Partial<IngestProgress>): void {
    this.#state = { ...this.#state, ...change };
    notify(this.#listener, { ...this.#state, current: [...this.#current.values()] });
  }
}
