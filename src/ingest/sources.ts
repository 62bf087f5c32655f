/** The planned files as they are now: on this machine, or as this call was given them. */

import { toPackedFile } from '../packing/packed-file.js';
import { InvalidInputError, SourceError } from '../shared/errors.js';
import { withCoding } from '../sources/compressed.js';
import { parseAddress } from '../sources/url/address.js';
import { probeUrl } from '../sources/url/url-file.js';
import { plannedUrl } from '../sources/url/url-source.js';
import { hashFile } from '../upload/hashing.js';
import { checkUnchanged, plannedFile, type SourceFile } from '../upload/source.js';
import type { FileEntry, MemberEntry } from './journal-entries.js';
import type { IngestState } from './state.js';

/** Files that are not on this machine, by their paths in the batch. */
export type GivenFiles = ReadonlyMap<string, SourceFile>;

/** Opens a planned file, also a packed one. @throws as `openPlanned()`. */
export function openFile(state: IngestState, entry: FileEntry, given: GivenFiles): SourceFile {
  if (entry.members === undefined) return openPlanned(entry, given);
  const members = state
    .listMembers(entry.path)
    .map((member) => ({ ...member, file: openPlanned(member, given) }));
  return toPackedFile(entry.path, members);
}

/** A file that is sent as it is, or a part of a packed one. */
type PlannedEntry = Omit<FileEntry, 'type' | 'members'>;

/**
 * @throws {InvalidInputError} for bytes in memory, which only the call that was given them can send, and for a source
 * that this call was not given. {SourceError} where a source is of another size than it was.
 */
export function openPlanned(entry: PlannedEntry, given: GivenFiles): SourceFile {
  const { path, localPath, identity, source, coding } = entry;
  if (source?.url !== undefined) return openPlannedUrl(entry, source.url, source.fingerprint);
  if (localPath !== undefined && identity !== undefined) {
    const file = plannedFile(localPath, path, identity);
    return coding === undefined ? file : { ...withCoding(file, coding), path };
  }
  const file = given.get(path);
  if (source === undefined) {
    if (file !== undefined) return file;
    const message = `${path} was given as bytes in memory, which a resume does not have. Run the ingest again.`;
    throw new InvalidInputError('journal', message);
  }
  if (file === undefined) {
    const message = `${path} was given as a Source, which only a program has. Resume the ingest in it, with the option sources.`;
    throw new InvalidInputError('sources', message);
  }
  const isStream = file.stream !== undefined;
  if (isStream !== (entry.isStream === true) || file.sizeBytes !== entry.sizeBytes) {
    const [is, was] = [describeSize(isStream, file), describeSize(entry.isStream === true, entry)];
    throw new SourceError(
      path,
      `${path} changed since it was planned: it has ${is}, and had ${was}.`,
    );
  }
  return { ...file, version: { ...file.version, fingerprint: source.fingerprint } };
}

function openPlannedUrl(
  { path, sizeBytes, coding }: PlannedEntry,
  url: string,
  fingerprint: string,
): SourceFile {
  const file = plannedUrl(parseAddress('journal', url), path, { sizeBytes, fingerprint });
  return coding === undefined ? file : { ...withCoding(file, coding), path };
}

/**
 * Makes sure that what is still to be sent of URLs can be read, and is what was planned.
 * @throws {SourceError} that names the first one that changed; {SourceUnavailableError} for one that has expired.
 */
export async function assertUrlsUnchanged(state: IngestState, signal: AbortSignal): Promise<void> {
  for (const { entry, inFile } of state.originals()) {
    const { path, sizeBytes, source } = entry;
    if (source?.url === undefined || state.uploaded.has(inFile.path)) continue;
    const address = parseAddress('journal', source.url);
    const now = await probeUrl(address, {}, signal);
    if (now.sizeBytes === sizeBytes && now.fingerprint === source.fingerprint) continue;
    const { identity } = address;
    throw new SourceError(
      identity,
      `${identity} changed since it was planned (${path} in the batch).`,
    );
  }
}

const describeSize = (isStream: boolean, { sizeBytes }: { sizeBytes: number }): string =>
  isStream ? 'no known size' : `${sizeBytes} bytes`;

/**
 * Makes sure that no source changed since it was planned. A file that was only touched, or copied
 * over, counts as unchanged if its sha256 is known.
 * @throws {SourceError} that names the first one that did; {InvalidInputError} if one that has still to be sent is missing.
 */
export async function assertSourcesUnchanged(
  state: IngestState,
  given: GivenFiles,
  signal: AbortSignal,
): Promise<void> {
  if (state.isStream) return; // its files are our own, and deleted by now
  for (const { entry, inFile } of state.originals()) {
    if (!isChecked(entry, state.uploaded.has(inFile.path), given)) continue;
    signal.throwIfAborted();
    const file = openPlanned(entry, given);
    const known = entry.hashed?.sha256 ?? state.uploaded.get(entry.path)?.sha256;
    const hasSameBytes = async () => (await hashFile(file, signal)) === known;
    await checkUnchanged(file, known === undefined ? undefined : hasSameBytes);
  }
}

/** Bytes in memory do not change, and a source that was sent need not be there any more. */
function isChecked(
  { path, localPath, source }: FileEntry | MemberEntry,
  isUploaded: boolean,
  given: GivenFiles,
): boolean {
  if (source === undefined) return localPath !== undefined;
  if (source.url !== undefined) return false; // each range of it proves its version
  return given.has(path) || !isUploaded;
}
