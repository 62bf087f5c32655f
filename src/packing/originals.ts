/** The files behind packed ones. */
import type { ByteSource } from '../http/body.js';
import type { PackedMember, SizedFile, SourceFile, StreamFile } from '../upload/source.js';

/** The files that were packed in place of the packed ones. */
export const listOriginals = (files: readonly SourceFile[]): SourceFile[] =>
  files.flatMap((file) => file.members?.map((member) => member.file) ?? [file]);

/** How many files there were before some of them were packed; nothing where none was. */
export function countOriginals(files: readonly SourceFile[]): { originalCount?: number } {
  if (!files.some(({ members }) => members !== undefined)) return {};
  return { originalCount: files.reduce((sum, { members }) => sum + (members?.length ?? 1), 0) };
}

/** The same, without the byte order marks that packed files do not have: so they are checked. */
export const listContents = (files: readonly SourceFile[]): SourceFile[] =>
  files.flatMap((file) => file.members?.map(toContent) ?? [file]);

function toContent({ file, markBytes = 0 }: PackedMember): SourceFile {
  if (markBytes === 0) return file;
  return file.stream === undefined ? sliceFile(file, markBytes) : sliceStream(file, markBytes);
}

function sliceFile(file: SizedFile, start: number): SizedFile {
  const { path, sizeBytes } = file;
  const open = async () => {
    const source = await file.open();
    const rest: ByteSource = source.slice(start, source.size);
    return { ...rest, close: () => source.close() };
  };
  return { path, sizeBytes: sizeBytes - start, localPath: undefined, fingerprint: undefined, open };
}

function sliceStream(file: StreamFile, start: number): StreamFile {
  return {
    ...file,
    async *stream(signal) {
      let at = 0;
      for await (const chunk of file.stream(signal)) {
        const from = Math.max(0, start - at);
        at += chunk.length;
        if (from < chunk.length) yield chunk.subarray(from);
      }
    },
  };
}
