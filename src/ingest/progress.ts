import type { Batch } from '../resources/types.js';
import { notifyOfCopy } from '../shared/notify.js';
import type { Pause } from '../upload/budget.js';
import type { Entry } from './journal-entries.js';
import type { IngestState } from './state.js';
import type { IngestProgress } from './types.js';

/** Counts bytes and times, which are not in the journal, and reports every change. */
export class Progress {
  readonly #listener: ((progress: IngestProgress) => void) | undefined;
  readonly #current = new Map<string, { path: string; sentBytes: number; sizeBytes: number }>();
  readonly #startedMs: number;
  #state: Omit<IngestProgress, 'current'> = {
    phase: 'preflight',
    transferredBytes: 0,
    sentBytes: 0,
    resumedBytes: 0,
    totalBytes: undefined,
    filesDone: 0,
    filesTotal: undefined,
    partsInFlight: 0,
    pause: undefined,
    batchId: undefined,
    status: undefined,
  };
  #phaseSinceMs: number;
  readonly phasesMs: Record<string, number> = {};

  constructor(
    listener: ((progress: IngestProgress) => void) | undefined,
    startedMs: number = Date.now(),
  ) {
    this.#listener = listener;
    this.#startedMs = startedMs;
    this.#phaseSinceMs = startedMs;
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

  /** A step was recorded. */
  report(entry: Entry, state: IngestState): void {
    if (entry.type === 'plan') this.#reset();
    else if (entry.type === 'planned') this.#set(totals(state));
    else if (entry.type === 'created') this.#set({ batchId: entry.batchId });
    else if (entry.type === 'uploaded') {
      this.#current.delete(entry.path);
      this.#set({ filesDone: this.#state.filesDone + 1 });
    }
  }

  /** What an earlier run has done. */
  resume(state: IngestState): void {
    let bytes = 0;
    for (const { sizeBytes } of state.uploaded.values()) bytes += sizeBytes;
    const counts = { transferredBytes: bytes, resumedBytes: bytes, filesDone: state.uploaded.size };
    this.#set({ ...totals(state), ...counts });
    // Last: bytes never fall while the batch is the same, and this call may count fewer than the one before.
    this.#set({ batchId: state.batchId });
  }

  status({ status }: Batch): void {
    this.#set({ status });
  }

  pause(pause: Pause | undefined): void {
    this.#set({ pause });
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

  /** Nothing is in the batch of a new plan. */
  #reset(): void {
    this.#current.clear();
    const none = { transferredBytes: 0, sentBytes: 0, resumedBytes: 0, filesDone: 0 };
    this.#set({ ...none, partsInFlight: 0, batchId: undefined, status: undefined });
  }

  #set(change: Partial<IngestProgress>): void {
    this.#state = { ...this.#state, ...change };
    if (this.#listener === undefined) return;
    const { pause } = this.#state;
    notifyOfCopy(this.#listener, {
      ...this.#state,
      pause: pause && { ...pause },
      current: Array.from(this.#current.values(), (file) => ({ ...file })),
    });
  }
}

function totals({ files }: IngestState): Pick<IngestProgress, 'filesTotal' | 'totalBytes'> {
  const isKnown = files.every(({ isStream }) => isStream !== true);
  const totalBytes = isKnown ? files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) : undefined;
  return { filesTotal: files.length, totalBytes };
}
