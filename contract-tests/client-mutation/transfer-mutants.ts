/** Faults of what moves bytes and of look-ups: parts, ranges, downloads, reports, datasets. */
import { inFile, type Mutant } from './mutant.js';

const PARTS = ['lost-responses', 'resources', 'bytes'];

export const transferMutants: readonly Mutant[] = [
  ...inFile(
    'src/resources/dataset-calls.ts',
    ['datasets'],
    [
      'MAX_ID_CHARACTERS = 1500',
      'MAX_ID_CHARACTERS = 15000',
      'long ids make a URL that is too long',
    ],
    ['if (missing.size === 0) break;', '', 'a page is asked for although all was found'],
    [
      'chunk.length === MAX_IDS ||',
      'chunk.length > MAX_IDS ||',
      'one id too many is asked for at a time',
    ],
    ['missing.delete(id)) found', 'true) found', 'last batches of other datasets are found'],
    ['new Set(ids)', 'ids', 'an id that is named twice is asked for twice'],
    ["ids.join(',')", "ids.join(';')", 'ids are separated by semicolons'],
  ),
  ...inFile(
    'src/resources/schema-address.ts',
    ['schemas'],
    ["['xdm', 'experience']", "['xdm']", 'schemas of experience are looked for in the tenant'],
    [
      '?? 1);\n  return major > 0 ? major : 1;',
      '?? 1);\n  return major;',
      'a version of 0 is asked for',
    ],
    [
      'version ?? parseVersion(contentType)',
      'parseVersion(contentType)',
      'the version that was asked for is ignored',
    ],
    ['\\s*version\\s*=', 'version=', 'a version after a blank is not found'],
  ),
  ...inFile(
    'src/resources/downloads.ts',
    ['downloads', 'bytes', 'resources', 'ends'],
    ['range: status === 206 ? range : undefined', 'range', 'a whole file claims to be a range'],
    ["?.toLowerCase() === 'bytes'", '!== undefined', 'accept-ranges: none counts as accepted'],
    ['if (!seen.has(entry.dataSetFileId)) open', 'open', 'folders in a circle are read for ever'],
    ['status === 200 ? sizeBytes : undefined', 'sizeBytes', 'a range claims to be the whole file'],
    ['parseTotal(contentRangeHeader) ?? ', '', 'the size of the file of a range is not read'],
    [
      '  client.expectOk(result);\n  const { headers, status }',
      '  const { headers, status }',
      'an error page is downloaded',
    ],
    [
      "sizeBytes: parseInteger(headers.get('content-length')),\n      contentType",
      'sizeBytes: undefined,\n      contentType',
      'HEAD has no size',
    ],
    [
      'isProven: isProven(result.response)',
      'isProven: true',
      'a download that may have ended early is complete',
    ],
    [
      'yield { name, sizeBytes, dataSetFileId: id };',
      'yield { name, sizeBytes, dataSetFileId };',
      'a part of a folder has the id of the folder',
    ],
    ['result.data ?? emptyStream()', 'result.data as never', 'an empty file has no body'],
  ),
  ...inFile(
    'src/resources/diagnostic-calls.ts',
    ['downloads', 'resources', 'row-report', 'ends', 'hostile-responses'],
    [
      "this.#listMeta(batchId, 'row_errors', options)",
      "this.#listMeta(batchId, 'input_files', options)",
      'the rejected rows are looked for among the files',
    ],
    [
      "this.#listMeta(batchId, 'input_files', options)",
      "this.#listMeta(batchId, 'row_errors', options)",
      'the files are looked for among the rejected rows',
    ],
    [
      'if (!download.isProven) onUnproven?.(file.name);',
      '',
      'nobody learns that a report may have ended early',
    ],
    [
      'if (!download.isProven) onUnproven?.(name);',
      '',
      'nobody learns that failed rows may be missing',
    ],
    ['this.#first ??= error', 'this.#first = error', 'the last line that cannot be read is thrown'],
    [
      'if (this.#first !== undefined) throw this.#first;',
      '',
      'lines that cannot be read are passed over',
    ],
    [
      'fetchPage({ start: 0, ...query })',
      'fetchPage({ ...query, start: 0 })',
      'every page of a report is the first',
    ],
    [
      'yield { name: path, sizeBytes };',
      'yield { name: "", sizeBytes };',
      'a failed file has no name',
    ],
    [
      "if (typeof path === 'string') yield path;",
      'yield path as string;',
      'a line without a path is a file',
    ],
  ),
  ...inFile(
    'src/resources/upload-calls.ts',
    ['upload-parts', ...PARTS],
    [
      'missing.start - start, missing.end - start',
      'missing.start, missing.end',
      'the missing bytes of a later part are cut at the wrong place',
    ],
    [
      'missing.start - start, missing.end - start',
      'missing.start - start, missing.end - start - 1',
      'a missing piece lacks its last byte',
    ],
    [
      '{ start: missing.start, ...place }',
      '{ start, ...place }',
      'a missing piece is sent as the beginning of its part',
    ],
    [
      "headers.get('range')",
      "headers.get('content-range')",
      'the received ranges are read from another header',
    ],
    [
      'let isRepeated = !isOpen;',
      'let isRepeated = isOpen;',
      'a lost INITIALIZE is resolved the wrong way round',
    ],
    ['      isRepeated = true;\n', '', 'a lost INITIALIZE of an open file is repeated without end'],
    [
      'if (ranges !== undefined) await onRangesShown?.();',
      '',
      'nobody learns that HEAD has shown ranges',
    ],
    [
      "typeof name === 'string' && name !== '' ? name",
      "typeof name === 'string' ? name",
      'an empty name of a completed file is its name',
    ],
    [
      'sizeBytes: parseInteger(sizeInBytes)',
      'sizeBytes: sizeInBytes as number',
      'the size of a completed file is a text',
    ],
    [
      'return undefined; // no body',
      "throw new Error('no body'); // no body",
      'a COMPLETE without a body fails',
    ],
    [
      'const result = await this.#client.validated.HEAD(UPLOAD, init);\n    this.#client.expectOk(result);',
      'const result = await this.#client.validated.HEAD(UPLOAD, init);',
      'a file that is not there has no ranges',
    ],
    [
      'const result = await this.#client.validated.PATCH(UPLOAD, init, { recover });\n    this.#client.expectOk(result);',
      'await this.#client.validated.PATCH(UPLOAD, init, { recover });',
      'a part that was rejected counts as accepted',
    ],
    [
      "this.#performAction(address, 'COMPLETE', recover",
      "this.#performAction(address, 'INITIALIZE', recover",
      'COMPLETE initializes',
    ],
  ),
  ...inFile(
    'src/resources/ranges.ts',
    ['part-ranges', ...PARTS],
    [
      'if (start > at) missing.push',
      'if (start >= at) missing.push',
      'nothing is missing before a range, and is sent',
    ],
    [
      '[...have].sort((a, b) => a.start - b.start)',
      'have',
      'ranges out of order hide what is missing',
    ],
    ['    at = end;\n', '    at = start;\n', 'what has arrived is missing'],
    ['    if (end <= at) continue;\n', '', 'a range within another makes bytes missing'],
    ['    if (start >= wanted.end) break;\n', '', 'a range after the part makes bytes missing'],
    ['/^bytes[=\\s](.*)$/i', '/^bytes=(.*)$/i', 'ranges after a blank cannot be read'],
    ['(.*)$/i.exec', '(.*)$/.exec', 'ranges in capitals cannot be read'],
    [
      'if (ranges.some((match) => match === null)) return undefined;',
      '',
      'a range that cannot be read is one',
    ],
    ['(?: ?\\/ ?(?:\\d+|\\*))?$/', '$/', 'a range with a total cannot be read'],
    ['more.length === 0 ?', 'true ?', 'a header with two totals has one'],
    ['digitsOnly(total.trim())', 'Number(total.trim())', 'a total of * is one'],
  ),
];
