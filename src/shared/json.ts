/** Parsing of JSON that came from outside. */

/** V8 quotes some ten characters of the text: `Unexpected token 'x', ..."abc xyz d"... is not valid JSON`. */
const QUOTATION = /,? *(?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s;
/** The engine of Bun quotes a whole word: `JSON Parse error: Unexpected identifier "abc"`. */
const QUOTED_WORD = /^(JSON Parse error:.*?) *".*$/s;

/** As `JSON.parse()`. @throws {SyntaxError} that quotes nothing of the text: it may hold a secret. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    const reason = message.replace(QUOTATION, ' is not valid JSON').replace(QUOTED_WORD, '$1');
    throw new SyntaxError(reason.trimStart());
  }
}
