/** The folders that a worker may read: whoever can write to Redis could otherwise have any file sent. */
import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import type { FileEntry, MemberEntry } from '../../ingest/journal-entries.js';
import { type GivenFiles, openPlanned } from '../../ingest/sources.js';
import type { IngestState } from '../../ingest/state.js';
import { toPackedFile } from '../../packing/packed-file.js';
import { SourceError } from '../../shared/errors.js';
import type { PackedMember, SourceFile } from '../../upload/source.js';

/** A worker has no sources that only a program has. */
const NOT_GIVEN: GivenFiles = new Map();

/** Opens a file, or all that a packed one is put together from. @throws {SourceError} for one outside the folders. */
export async function openInRoots(
  state: IngestState,
  file: FileEntry,
  roots: readonly string[],
): Promise<SourceFile> {
  if (file.members === undefined) return openOne(file, roots);
  const members: PackedMember[] = [];
  for (const member of state.listMembers(file.path))
    members.push({ ...member, file: await openOne(member, roots) });
  return toPackedFile(file.path, members);
}

/** Under the path that it has without links, so that a link which is changed later leads nowhere else. */
async function openOne(
  file: FileEntry | MemberEntry,
  roots: readonly string[],
): Promise<SourceFile> {
  const { localPath, path } = file;
  if (localPath === undefined) return openPlanned(file, NOT_GIVEN);
  if (roots.length === 0) {
    const message = `${localPath} is a file, and this worker reads none. Name the folders that it may read: \`worker --root <folder>\` (in code, roots).`;
    throw new SourceError(localPath, message);
  }
  const real = await resolveLinks(localPath, path);
  for (const root of roots) {
    const realRoot = await realpath(root).catch(() => undefined);
    if (realRoot !== undefined && isInside(realRoot, real))
      return openPlanned({ ...file, localPath: real }, NOT_GIVEN);
  }
  const message = `${localPath} is outside the folders that this worker may read: ${roots.join(', ')}. Start a worker with \`--root\` (in code, roots) for it.`;
  throw new SourceError(localPath, message);
}

async function resolveLinks(localPath: string, path: string): Promise<string> {
  try {
    return await realpath(localPath);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `${localPath} (${path} in the batch) cannot be read by this worker: ${why}. Make it readable there, and retry the load.`;
    throw new SourceError(localPath, message, cause);
  }
}

function isInside(root: string, path: string): boolean {
  const between = relative(root, path);
  return (
    between !== '' && between !== '..' && !between.startsWith(`..${sep}`) && !isAbsolute(between)
  );
}
