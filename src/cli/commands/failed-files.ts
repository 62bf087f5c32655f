/** `failed-files`: downloads the files of a failed batch. */
import { basename } from 'node:path/posix';
import type { Command } from 'commander';
import type { PackedInto } from '../../ingest/types.js';
import { formatSize } from '../../shared/format.js';
import { UsageError } from '../exit-codes.js';
import { addCommand, type CommonFlags } from '../flags.js';
import { formatQuantity } from '../format.js';
import { action, type Session, type Subcommand } from '../session.js';

/** An empty file that says that the others are complete. */
const MARKER = '_SUCCESS';

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
}

/** A file that was packed, and where it is in the packed one. */
type PackedOriginal = { path: string } & PackedInto;

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
    const packed = await findPacked(batchId);
    const hint = `The rows name packed files. To see the original files and lines: ${session.suggest('errors', batchId)}`;
    return {
      json: { batchId, out, files, ...(packed.length === 0 ? {} : { packed }) },
      text:
        files.length === 0
          ? `Batch ${batchId} has no failed files.`
          : [`${what} of batch ${batchId} in ${out}.`, ...(packed.length === 0 ? [] : [hint])].join(
              '\n',
            ),
    };
  });
}

/** The files that were packed into those of the batch, where this machine knows them. */
async function findPacked(batchId: string): Promise<PackedOriginal[]> {
  const { findRecordedFiles } = await import('../rejections/find-sources.js');
  const files = await findRecordedFiles(batchId);
  return files.flatMap(({ path, packed }) => (packed === undefined ? [] : [{ path, ...packed }]));
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
    saved.push({ name, file: place.path, sizeBytes: place.sizeBytes, kept: place.isPresent });
  }
  return saved;
}
