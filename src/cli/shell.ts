/** Text that is safe to paste into a POSIX shell. */

/** In single quotes, where no character has a meaning of its own. */
export const singleQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Quoted only where it has to be. */
export const shellArgument = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : singleQuoted(text);
