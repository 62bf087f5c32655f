/** Pages from what lies elsewhere in the project: contributing, benchmarks, changes, and the table of codes. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { type LoadAgain, listCodes } from '../../src/resources/codes.js';
import { formatTable, joinBlocks, toCell } from './markdown.js';
import { PROJECT_TEXTS } from './project-texts.js';

export const writeProjectPages = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(PROJECT_TEXTS).map(([name, file]) => [
      name,
      moveLinks(readFileSync(file, 'utf8'), file),
    ]),
  );

/** Links to pages lead to them from the reference; those to other files of the project become their names. */
export const moveLinks = (text: string, file: string): string =>
  text.replace(/\[([^\]]*)\]\((?!\w+:|#)([^)#]*)(#[^)]*)?\)/g, (_, label, path, hash = '') => {
    const target = posix.join(posix.dirname(file), path);
    const page = Object.entries(PROJECT_TEXTS).find(([, source]) => source === target)?.[0];
    if (page !== undefined) return `[${label}](./${page}.md${hash})`;
    if (!/^docs\/[\w./-]+\.md$/.test(target)) return label;
    return `[${label}](../${target.replace('docs/', '')}${hash})`;
  });

const LOAD_AGAIN: Readonly<Record<LoadAgain, string>> = {
  corrected: 'once corrected',
  perhaps: 'perhaps, unchanged',
  no: 'no',
};

/** Every code that `explainCode()` knows. */
export const writeCodePage = (): string =>
  joinBlocks(
    '# Codes of batches and rows',
    'The platform publishes no list of its codes. These are from its pages, its responses and reports of users. A code may ' +
      'have the HTTP status behind it, as in `INGEST-1212-400`. `explainCode(code)` looks one up in a program.',
    formatTable(
      ['code', 'meaning', 'what to do', 'load again?'],
      listCodes().map(([code, { meaning, fix, loadAgain }]) => [
        `\`${code}\``,
        toCell(meaning),
        toCell(fix),
        LOAD_AGAIN[loadAgain],
      ]),
    ),
  );
