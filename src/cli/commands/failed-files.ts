/** `failed-files`: downloads the files of a failed batch. */
import { basename } from 'node:path/posix';
import type { Command } from 'commander';
import type { PackedInto } from '../../ingest/types.js';
import { formatSize } from '../../shared/format.js';
import { omitUndefined } from '../../shared/options.js';
import { UsageError } from '../exit-codes.js';
import { addCommand, type CommonFlags } from '../flags.js';
import { formatQuantity } from '../format.js';
import { action, type Session, type Subcommand } from '../session.js';

/** An empty file that says that the others are complete. */
const MARKER = '_SUCCESS';

/** As many of the files in a packed one as a person reads. */
const MAX_SHOWN = 20;

interface FailedFilesFlags extends CommonFlags {
  out?: string;
}

/** A file of the batch, and where it is now. */
interface SavedFile {
  name: string;
  file: string;
  sizeBytes: number;
  /** Whether a file of this size was there before, so that it was not downloaded. */
  kept: boolean;
  /** Of a packed file, where this machine knows it: the files in it, and where each begins. */
  originals?: readonly PackedOriginal[];
}

type PackedOriginal = { path: string } & Omit<PackedInto, 'into'>;

export function failedFiles(program: Command): Subcommand {
  const description = 'Download the files of a failed batch.';
  const command = addCommand(program, 'failed-files <batchId>', description, [
    'failed-files 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B --out failed/',
  ]).option('--out <folder>', 'folder to write them to (required); existing files are kept');
  return action<FailedFilesFlags>(command, async (session, { out }, [batchId = '']) => {
    if (out === undefined) throw new UsageError('Missing --out <folder>.');
    const files = await download(session, batchId, out);
    const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const what = `${formatQuantity(files.length, 'file')} (${formatSize(total)})`;
    return {
      json: { batchId, out, files },
      text:
        files.length === 0
          ? `Batch ${batchId} has no failed files.`
          : [`${what} of batch ${batchId} in ${out}.`, ...formatOriginals(files)].join('\n'),
    };
  });
}

/** What is in the packed files of a batch, by their names. */
async function findPacked(batchId: string): Promise<Map<string, PackedOriginal[]>> {
  const { findRecordedFiles } = await import('../rejections/find-sources.js');
  const found = new Map<string, PackedOriginal[]>();
  for (const { path, packed } of await findRecordedFiles(batchId)) {
    if (packed === undefined) continue;
    const { into, ...place } = packed;
    const originals = found.get(into) ?? [];
    originals.push({ path, ...place });
    found.set(into, originals);
  }
  return found;
}

/** The files that were packed into those that failed, with the line that each begins in. */
function formatOriginals(files: readonly SavedFile[]): string[] {
  return files.flatMap(({ file, originals = [] }) => {
    if (originals.length === 0) return [];
    const shown = originals
      .slice(0, MAX_SHOWN)
      .map(({ path, firstLine }) => `  line ${firstLine}: ${path}`);
    const more = originals.length - shown.length;
    return [`${file} was packed from:`, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
  });
}

async function download(session: Session, batchId: string, out: string): Promise<SavedFile[]> {
  const { DownloadFolder } = await import('../download-folder.js');
  const { signal } = session;
  const client = await session.connect();
  const again = session.suggest('failed-files', batchId, '--out', out);
  session.afterSignal = {
    text: 'Files that are complete are kept. To download the others',
    command: again,
  };
  const folder = new DownloadFolder(out);
  const packed = await findPacked(batchId);
  const saved: SavedFile[] = [];
  for await (const { name, sizeBytes } of client.diagnostics.failedFiles(batchId, { signal })) {
    if (basename(name) === MARKER) continue;
    const place = await folder.reserve(name, sizeBytes);
    if (place.isPresent) {
      session.out.note(`${place.path}: already there`);
    } else {
      const { body, isProven } = await client.diagnostics.downloadFailed(batchId, name, { signal });
      await folder.write(place, body);
      if (!isProven && sizeBytes === undefined) {
        session.out.say(
          `warning: ${place.path}: the response had neither a Content-Length nor chunks, so its end may be missing.`,
        );
      }
      session.out.note(`${place.path}: ${formatSize(place.sizeBytes)}`);
    }
    const { path: file, sizeBytes: size, isPresent: kept } = place;
    const originals = packed.get(name) ?? packed.get(basename(name));
    saved.push({ name, file, sizeBytes: size, kept, ...omitUndefined({ originals }) });
  }
  return saved;
}
