/**
 * What a terminal or a log does not show as it is: control characters, format characters (such as
 * the bidirectional overrides, which make a name read backwards), characters without width, line
 * and paragraph separators, and lone surrogates.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * The text with everything invisible written as an escape (`\u202e`). The escape of a character
 * outside the basic plane is a surrogate pair, so that JSON stays JSON with the same meaning.
 * @param keep characters that stay as they are, such as the line breaks of our own text.
 */
export function printable(text: string, keep = ''): string {
  return text.replace(INVISIBLE, (found) => (keep.includes(found) ? found : escapeUnits(found)));
}

/** Each UTF-16 unit as an escape. */
export function escapeUnits(character: string): string {
  let escaped = '';
  for (let at = 0; at < character.length; at++) {
    escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}

/** One printable line: line breaks and tabs become spaces. */
export const printableLine = (text: string): string =>
  printable(text.replace(/[\t-\r\u0085\u2028\u2029]+/g, ' ')).trim();
