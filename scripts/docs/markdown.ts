/** Pieces of Markdown that the written pages share. */

/** Text for a paragraph: what Markdown or Vue would take for markup stays as it is written. */
export const escapeText = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((piece, at) => (at % 2 === 1 ? piece : piece.replace(/[<>]|\{\{/g, toEntity)))
    .join('');

const toEntity = (text: string): string =>
  [...text].map((character) => `&#${character.codePointAt(0)};`).join('');

/** Text for one cell of a table. */
export const toCell = (text: string): string =>
  escapeText(
    text
      .trim()
      .replaceAll('|', '\\|')
      .replace(/\s*\n\s*/g, ' '),
  );

export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const lines = [head, head.map(() => '---'), ...rows];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

/** A block of code; its fence is longer than any in the code. */
export function formatCode(code: string, language: string): string {
  const longest = Math.max(2, ...(code.match(/`{3,}/g) ?? []).map((fence) => fence.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${code.replace(/\n+$/, '')}\n${fence}\n`;
}

/** Joins blocks with an empty line between them, and leaves out those that are empty. */
export const joinBlocks = (...blocks: readonly string[]): string =>
  `${blocks
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .join('\n\n')}\n`;
