/** Faults of lists at their edges: pages, links, entries. */
import { inFile, type Mutant } from './mutant.js';

const LISTS = ['resources', 'ends', 'hostile-catalog'];

export const listMutants: readonly Mutant[] = [
  ...inFile(
    'src/resources/catalog.ts',
    [...LISTS, 'catalog-values'],
    [
      '/^\\d{1,20}$/.test(value) ? Number(value) : value',
      'true ? value : value',
      'counts in digits are dropped',
    ],
    ["value === 'true' ? true", "value === 'true' ? undefined", 'a word for true is dropped'],
    ["value === 'false' ? false", "value === 'false' ? true", 'the word for false is true'],
    ["typeof value === 'string' ? [value] : undefined", 'undefined', 'a single text is dropped'],
    ['&& value !== -1', '', 'an unknown count of -1 is dropped'],
    [
      'Object.hasOwn(map, id) ? map[id] : undefined',
      'map[id]',
      'an id such as __proto__ finds what no response has',
    ],
    [
      'isPlaceholder = more.length === 0 && PLACEHOLDER.test(key)',
      'isPlaceholder = more.length === 0',
      'another batch is taken for the one that was asked for',
    ],
    ['if (!Array.isArray(map)) return map;', 'return map;', 'a list counts as a map of batches'],
    [
      'isFields(entry) ? [toBatch(id, entry)] : []',
      '[toBatch(id, entry as Fields)]',
      'an entry that is null is a batch',
    ],
    [
      'Object.assign(entry, { id, status })',
      'Object.assign(entry, { status })',
      'a batch has not the id of its key',
    ],
    [': UNKNOWN_STATUS;', ": 'success';", 'a batch without a status was loaded'],
    ['value >= 0 && value <= MAX_DATE_MS', 'value <= MAX_DATE_MS', 'a time before 1970 is one'],
    ['isFields(value) ? [value] : undefined', 'undefined', 'a single error of a batch is dropped'],
    ["toText(error['code']) ?? ''", "''", 'the code of an error in digits is dropped'],
    ['normalizeErrors(related);\n', '\n', 'errors of a related object are as they came'],
    ['value.filter(isRelated);\n  for', 'value;\n  for', 'a related object without an id is kept'],
    ['<= MAX_DATE_MS / 1000', '<= MAX_DATE_MS', 'a date that no Date can hold is one'],
  ),
  ...inFile(
    'src/resources/pages.ts',
    ['file-pages', ...LISTS, 'datasets'],
    [
      '[400, 404, 416].includes(status)',
      '[404, 416].includes(status)',
      'the 400 after a short last page is an error',
    ],
    [
      '[400, 404, 416].includes(status)',
      '[400, 404].includes(status)',
      'the 416 after a short last page is an error',
    ],
    [
      'if (isShort && isPastEnd(result.response)) return;',
      'if (isPastEnd(result.response)) return;',
      'a 404 for the first page is an empty list',
    ],
    [
      "decode(value.join('='))",
      "decode(value[0] ?? '')",
      'a link loses what follows a second equals sign',
    ],
    [
      'if (start === undefined || requested.has(String(start))) return;',
      'if (start === undefined) return;',
      'links in a circle are followed for ever',
    ],
    ['    if (fresh.length === 0) return;\n', '', 'a list whose last page is full never ends'],
    [
      'page.data.length < fullLength(page)',
      'page.data.length <= fullLength(page)',
      'a full page is a short one',
    ],
    [
      '_page?.limit || PAGE_LIMIT',
      'PAGE_LIMIT',
      'a platform that gives less at a time ends its list early',
    ],
    [
      'hasLinks ||= page._links?.next !== undefined;',
      '',
      'a list that has links is asked for once more',
    ],
    ['PAGE_LIMIT = 100', 'PAGE_LIMIT = 101', 'more is asked for than Data Access gives'],
    [', whole: true }', ' }', 'the list of older days is asked for once more'],
    ['return decodeURIComponent(text);', 'return text;', 'a link is taken as it is written'],
    [
      'return text; // a lone',
      'throw new Error(text); // a lone',
      'a link with a lone percent sign fails',
    ],
    [
      "href.split('#')[0]?.split('?')[1]",
      "href.split('?')[1]",
      'a link includes what follows its hash',
    ],
    ['[dataSetFileId, name, path].map', '[name, path].map', 'files of a dataset are the same'],
    [
      '[dataSetFileId, name, path].map',
      '[dataSetFileId, name].map',
      'files of one name in two folders are the same',
    ],
    ['parseInteger(linked) ?? linked', 'linked', 'the next page is asked for by a text'],
    [
      "|| isLast || typeof start === 'string'",
      '|| isLast',
      'a page after a name is asked for by a count',
    ],
    [
      "if (!Array.isArray(data)) throw invalidResponse(result, 'the response is not a list of files');",
      '',
      'what is not a list fails with an error of the language',
    ],
    ['if (!all) throw', 'if (false) throw', 'a file without a name is listed'],
    ['&& number >= 0 && number < Infinity', '', 'a negative count is one'],
    ['MAX_SEEN = 100_000', 'MAX_SEEN = 10', 'a long list forgets what it has listed'],
  ),
  ...inFile(
    'src/resources/catalog-pages.ts',
    [...LISTS, 'datasets'],
    ['isShort = page.length < limit;', 'isShort = true;', 'an error after a full page ends a list'],
    ['isShort = page.length < limit;', '', 'the error after a short last page is thrown'],
    ['!seen.has(id)', 'true', 'entries of the Catalog come twice'],
    [
      '    if (fresh.length === 0) return;\n',
      '    if (fresh.length < limit) return;\n',
      'a short page of the Catalog ends its list',
    ],
  ),
];
