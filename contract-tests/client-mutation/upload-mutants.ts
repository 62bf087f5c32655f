/** Faults of uploads in parts: ranges, hashes, what is sent again. */
import { inFile, type Mutant } from './mutant.js';

const PARTS = ['upload-parts', 'sent-parts', 'upload-files', 'part-ranges', 'ingest/started-again'];

export const uploadMutants: readonly Mutant[] = [
  ...inFile(
    'src/upload/parts.ts',
    PARTS,
    [
      'INITIALIZED_BEFORE = new Set([400, 409])',
      'INITIALIZED_BEFORE = new Set([400])',
      'a file that is open already fails with 409',
    ],
    [
      'UNJOINED = new Set([400])',
      'UNJOINED = new Set<number>([])',
      'a file with missing bytes is not started again',
    ],
    [
      'MAYBE_COMPLETED = new Set([400, 404, 409])',
      'MAYBE_COMPLETED = new Set([400, 409])',
      'a resumed file that is gone fails',
    ],
    [
      'NOT_RESTARTABLE = new Set([400, 404, 409, 412, 422])',
      'NOT_RESTARTABLE = new Set([400, 404, 409, 412])',
      'a 422 of a restarted file starts no new batch',
    ],
    [
      'return this.#restart({ cause: undefined, isGone: true });',
      'return this.#send([]);',
      'a file that HEAD does not know is sent without being initialized',
    ],
    [
      'const isGone = hasCause(error, isNotOpen);',
      'const isGone = false;',
      'a file that is gone while its parts are sent is not started again',
    ],
    [
      'ranges === undefined || ranges.length === 0',
      'true',
      'a rejected INITIALIZE is ignored although bytes have arrived',
    ],
    [
      'return false; // the rejection says more',
      'return true;',
      'a rejected INITIALIZE is ignored although HEAD fails',
    ],
    [
      'await this.#context.listeners.initialized(this.#file);\n    return [];',
      'return [];',
      'the journal does not know that a file was initialized',
    ],
    ['evidence.shown ? [] : known', 'known', 'parts count as arrived although HEAD shows none'],
    ['evidence.shown ? [] : known', '[]', 'all is sent again where HEAD shows no ranges'],
    [
      'if (error instanceof NotFoundError) return undefined; // complete',
      'if (false) return undefined; // complete',
      'a resume of a file that is gone fails',
    ],
    [
      'if (usable === undefined) return undefined;',
      'if (usable === undefined) return this.#resume(known);',
      'ranges that cannot be of the file are ignored',
    ],
    [
      'return this.#resume([...inside, ...rest]);',
      'return this.#resume([...known, ...rest]);',
      'parts that HEAD does not show count as arrived',
    ],
    ['sum + end - start, 0)', 'sum + end, 0)', 'a resume counts bytes that it did not find'],
    [
      'if (ranges !== undefined) await this.#rangesShown();',
      '',
      'the journal does not know that HEAD has shown ranges',
    ],
    [
      'parts.sort((a, b) => a.start - b.start);',
      'parts.sort((a, b) => b.start - a.start);',
      'a receipt lists the parts backwards',
    ],
    [
      '{ start, totalBytes: sizeBytes };',
      '{ start: 0, totalBytes: sizeBytes };',
      'every part is sent as the first',
    ],
    ['this.#count.sent(size - sent);', '', 'bytes that were sent in pieces are not counted'],
    [
      'await this.#context.listeners.part(this.#file, range);',
      '',
      'the journal does not know which parts were accepted',
    ],
    ['this.#count.accepted(size);', '', 'parts that were accepted are not counted'],
    [
      'sizeBytes === expected && isSameFile(name, path)',
      'isSameFile(name, path)',
      'a file that was completed with another size is complete',
    ],
    [
      'sizeBytes === expected && isSameFile(name, path)',
      'sizeBytes === expected',
      'a file that was completed under another name is complete',
    ],
    [
      'path: string): boolean =>',
      'path: string): boolean => false &&',
      'a name with folders before it is another file',
    ],
    ['path}`) || ', 'path}`) || false && ', 'a name without its folders is another file'],
    ['{name}`.endsWith(`/', '{name}`.endsWith(`', 'a name that ends alike is the same file'],
    [
      'isRepeated || (error instanceof CallError && error.attempts > 1)',
      'isRepeated',
      'a COMPLETE that was tried twice counts as the first',
    ],
    [
      'isRepeated || (error instanceof CallError && error.attempts > 1)',
      'true',
      'a first COMPLETE that is rejected with 404 may have taken effect',
    ],
    [
      'if (hasCause(error, isUndecided)) return { cause: error, isGone: true };',
      '',
      'a COMPLETE whose outcome is unknown ends the upload',
    ],
    ['this.#count.restart();', '', 'a restarted file counts its bytes twice'],
    [
      'this.#context.callOptions, !isGone);',
      'this.#context.callOptions, isGone);',
      'a lost INITIALIZE of a restart is resolved the wrong way round',
    ],
    [
      'const wasOpen = await this.#isOpen();',
      'const wasOpen = true;',
      'a HEAD that knows no file proves that a file was completed',
    ],
    [
      'if (!incomplete.isGone || !wasOpen) throw',
      'if (true) throw',
      'a file that was completed twice over is rejected',
    ],
    [
      'throw isApiError(error, NOT_RESTARTABLE) ? new FileRejectedError(path, error) : error;',
      'throw error;',
      'a file that cannot be restarted is not called that',
    ],
    [
      "error.operation === 'getReceivedRanges'",
      'true',
      'a missing batch counts as a file that is not open',
    ],
    ['MAX_CAUSES = 8', 'MAX_CAUSES = 1', 'only the outermost error is looked at'],
  ),
  ...inFile(
    'src/upload/part-reader.ts',
    PARTS,
    ['await checked.promise; //', '//', 'parts are read before the file was checked'],
    [
      'this.#source.slice(start, end)',
      'this.#source.slice(0, end - start)',
      'every part has the first bytes of the file',
    ],
    [
      'planParts(this.sizeBytes, this.#partSizeBytes, have)',
      'planParts(this.sizeBytes, this.#partSizeBytes, [])',
      'what has arrived is sent again',
    ],
    ['group.abortOthers(error)', 'undefined', 'a file that cannot be hashed is uploaded'],
  ),
  ...inFile(
    'src/upload/part-ranges.ts',
    PARTS,
    [
      'Math.min(at + partSizeBytes, end)',
      'at + partSizeBytes',
      'the last part goes beyond the end of the file',
    ],
    [
      'missingRanges({ start: 0, end: sizeBytes }, have)',
      'missingRanges({ start: 0, end: sizeBytes }, [])',
      'parts that have arrived are sent again',
    ],
    ['if (start < at ||', 'if (false ||', 'ranges that overlap are accepted'],
    ['if (start < at ||', 'if (start <= at ||', 'ranges that touch are rejected'],
    ['end > sizeBytes', 'end >= sizeBytes', 'a range up to the end of the file is rejected'],
    ['|| end > sizeBytes', '', 'a range beyond the end of the file is accepted'],
    ['end <= start', 'end < start', 'an empty range is accepted'],
    [
      'if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) return undefined;',
      '',
      'a range of a journal whose ends are not numbers is accepted',
    ],
    [
      'if (start !== at) {',
      'if (start > at) {',
      'a file is completed although bytes were accepted twice',
    ],
    ['if (at !== sizeBytes) {', 'if (false) {', 'a file is completed without its end'],
    [
      'for (const { start, end } of [...parts].sort((a, b) => a.start - b.start))',
      'for (const { start, end } of parts)',
      'parts that are accepted out of order are a gap',
    ],
  ),
  ...inFile(
    'src/upload/upload-file.ts',
    PARTS.concat('ingest/changed-parts'),
    [
      'sizeBytes <= context.plan',
      'sizeBytes < context.plan',
      'a file of the size of the threshold goes in parts',
    ],
    [
      'await checkUnchanged(file, known === undefined ? undefined : hasSameBytes);',
      '',
      'a file that changed while it was sent is not noticed',
    ],
    [
      'known === undefined ? undefined : hasSameBytes',
      'undefined',
      'a file that was only touched has changed',
    ],
    [' && (await hasSentBytes(file, sent))', '', 'parts are not compared with the file'],
    ['(await hashFile(file, signal)) === known && ', '', 'the hash is not compared with the file'],
    ['if (sha256 !== undefined) result.sha256 = sha256;', '', 'the result lacks the hash'],
    ['if (parts !== undefined) result.parts = parts;', '', 'the result lacks the parts'],
    ['await opened.close();', '', 'each upload leaves a file open'],
    ['count.accepted(source.size);', '', 'bytes that were put are not counted as accepted'],
    ['(sent) => count.sent(sent)', '() => undefined', 'bytes that are put are not counted as sent'],
    [
      'const checked = checkedAtFirstRead(file, source);',
      'const checked = source;',
      'a file that changes before it is put is not noticed',
    ],
    [
      'await checkUnchanged(file);\n  const reader = new RangeReader',
      'const reader = new RangeReader',
      'a file that changed before its parts are sent is not noticed',
    ],
    [
      'new PartsUpload(file, reader, address, context).run(earlier);\n}',
      'new PartsUpload(file, reader, address, context).run(undefined);\n}',
      'a resume sends all parts again',
    ],
  ),
  ...inFile(
    'src/upload/hashing.ts',
    PARTS.concat('ingest/changed-parts', 'bytes'),
    ['this.#hash = hash;', '', 'the hash is that of no bytes'],
    ['if (counted > 0) count(-counted);', '', 'bytes that are sent again are counted twice'],
    ['      counted = 0;\n', '', 'bytes that are sent three times are taken back twice'],
    ['if (now !== checksum) return false;', '', 'parts that changed are the same'],
    [
      'this.#isInPieces ? undefined : this.#checksum',
      'this.#checksum',
      'a part that was sent in pieces has a checksum',
    ],
    [
      'source.slice(start, end).pump(async (chunk) => {\n        now',
      'source.pump(async (chunk) => {\n        now',
      'a part is compared with the whole file',
    ],
    ['await source.close();\n  }\n}', '}\n}', 'each comparison leaves a file open'],
  ),
];
