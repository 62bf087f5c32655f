/** What is returned to the caller when an ingest has ended. */
import { summarizeBatch } from '../resources/outcome.js';
import type { Batch } from '../resources/types.js';
import { omitUndefined } from '../shared/options.js';
import type { UploadResult } from '../upload/context.js';
import type { IngestContext } from './context.js';
import type { MemberEntry } from './journal-entries.js';
import type { IngestState } from './state.js';
import type { IngestOutcome, PackedInto, Receipt, ReceiptFile } from './types.js';

/** The receipt of an ingest whose files another batch has: its batch, with the files that were looked for. */
export function buildSkippedReceipt(
  { state, progress }: IngestContext,
  batch: Batch,
  outcome: IngestOutcome,
): Receipt {
  const { request, sandbox, skipped, externalId } = state.plan;
  return omitUndefined({
    batchId: batch.id,
    externalId: batch.externalId ?? externalId,
    datasetId: request.datasetId,
    sandbox,
    status: batch.status,
    outcome,
    files: [...state.originals()].map(({ entry: { path, sizeBytes, hashed } }) => ({
      path,
      sizeBytes,
      ...hashed,
    })),
    ...summarizeBatch(batch),
    startedAt: progress.startedAt,
    endedAt: new Date().toISOString(),
    phasesMs: progress.phasesMs,
    skipped,
  });
}

/** Builds the receipt, as plain JSON. */
export function buildReceipt(
  { state, progress, batchId }: IngestContext,
  batch: Batch,
  outcome: IngestOutcome,
): Receipt {
  const { externalId, request, sandbox, skipped } = state.plan;
  return omitUndefined({
    batchId,
    externalId,
    datasetId: request.datasetId,
    sandbox,
    status: batch.status,
    outcome,
    files: [...listLoadedFiles(state)],
    packedFiles: listPackedFiles(state),
    ...summarizeBatch(batch),
    startedAt: progress.startedAt,
    endedAt: new Date().toISOString(),
    phasesMs: progress.phasesMs,
    skipped,
  });
}

/** The files that are in the batch, those of packed files one by one. */
export function* listLoadedFiles(state: IngestState): Generator<ReceiptFile, void> {
  for (const { path, members } of state.files) {
    const uploaded = state.uploaded.get(path);
    if (uploaded === undefined) continue;
    if (members === undefined) yield uploaded;
    else for (const member of state.listMembers(path)) yield toReceiptFile(member, uploaded);
  }
}

export function toPackedInto({ place }: MemberEntry, into: string): PackedInto {
  const { firstLine, lines, skippedLines } = place;
  return { into, firstLine, lines, skippedLines };
}

function toReceiptFile(member: MemberEntry, packed: UploadResult): ReceiptFile {
  const { path, hashed } = member;
  // Where no hashes are wanted, the packed file has none.
  const { sizeBytes, sha256 } = hashed;
  const own = packed.sha256 === undefined ? { path, sizeBytes } : { path, sizeBytes, sha256 };
  return { ...own, packed: toPackedInto(member, packed.path) };
}

function listPackedFiles(state: IngestState): UploadResult[] | undefined {
  const packed = state.files.flatMap(({ path, members }) =>
    members === undefined ? [] : (state.uploaded.get(path) ?? []),
  );
  return packed.length === 0 ? undefined : packed;
}
