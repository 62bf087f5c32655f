/** Text that is safe to paste into a POSIX shell. */

/** In single quotes, where no character has a special meaning. */
export const quoteForShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The command line that runs `aep-batch` with these arguments; quoted only where necessary. */
export const formatCommand = (args: readonly string[]): string =>
  ['aep-batch', ...args.map((arg) => (isPlainWord(arg) ? arg : quoteForShell(arg)))].join(' ');

const isPlainWord = (text: string): boolean => /^[\w@%+=:,./-]+$/.test(text);
