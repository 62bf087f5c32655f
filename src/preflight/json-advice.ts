/** What to do about text that is not JSON: the usual mistakes, and how each is fixed. */
import { findJsonError, type JsonError } from '../shared/json-error.js';

/** Why a text is not JSON. */
export interface JsonProblem {
  /** What problems of this kind have in common. */
  readonly kind: string;
  /** Without a full stop: `unexpected \`,\``. */
  readonly problem: string;
  /** Where in the text it is. */
  readonly at: number;
  /** How to fix it, if it is a usual mistake. */
  readonly fix?: string;
}

/** Words of other languages that stand where JSON has something else. */
const WORDS: Readonly<Record<string, string>> = {
  NaN: 'Write null in place of NaN.',
  Infinity: 'Write null in place of Infinity.',
  '-Infinity': 'Write null in place of -Infinity.',
  None: 'This is how Python prints it: write the rows with json.dumps().',
  True: 'This is how Python prints it: write the rows with json.dumps().',
  False: 'This is how Python prints it: write the rows with json.dumps().',
  undefined: 'Write null, or leave the field out.',
};
const WORD = /[\w$.+-]+/y;
/** What JavaScript counts as white space and JSON does not. */
const OTHER_SPACE = /[^\S \t\r\n]/;

/** Finds out why a text is not JSON; `undefined` if it is. */
export function findJsonProblem(text: string): JsonProblem | undefined {
  const error = findJsonError(text);
  if (error === undefined) return undefined;
  const { at, problem } = error;
  const kind = problem.replace(/`[\s\S]*`/, '');
  const advice = advise(text, error);
  return advice === undefined
    ? { kind, problem, at }
    : { kind: `${kind}${advice.kind}`, problem, at, fix: advice.fix };
}

function advise(text: string, { at }: JsonError): { kind: string; fix: string } | undefined {
  const character = text[at] ?? '';
  const before = text.slice(0, at).replace(/[ \t\r\n]+$/, '');
  WORD.lastIndex = at;
  const word = WORD.exec(text)?.[0] ?? '';
  const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (known !== undefined) return { kind: word, fix: known };
  if (character === "'") return { kind: 'quotes', fix: 'Use double quotes (").' };
  if (character === '\ufeff') {
    return { kind: 'mark', fix: 'Remove the byte order mark; were files joined here?' };
  }
  if (
    /^[A-Za-z_$]/.test(word) &&
    /[{,]$/.test(before) &&
    /^\s*:/.test(text.slice(at + word.length))
  ) {
    return { kind: 'name', fix: 'Put names in double quotes: {"name": value}.' };
  }
  if (character !== '' && OTHER_SPACE.test(character)) {
    return { kind: 'space', fix: 'Replace this white space by a blank: JSON does not allow it.' };
  }
  if ((character === '}' || character === ']') && before.endsWith(',')) {
    return { kind: 'comma', fix: `Remove the comma before ${character}.` };
  }
  if (text.startsWith('//', at) || text.startsWith('/*', at) || character === '#') {
    return { kind: 'comment', fix: 'Remove the comment: JSON has none.' };
  }
  return undefined;
}
