/** Finds secrets in a text and masks them, as they are or encoded: as JSON, in a URL or a form, as base64. */
import { decodeForSearch } from './decode-for-search.js';

export const MASK = '[secret]';
/** Shorter values would mask half of every message; no real token or password is this short. */
export const MIN_SECRET_LENGTH = 4;
/**
 * A shorter secret is masked as a word of its own only: a part of another word comes from elsewhere, and a mask in it
 * (`[secret]ing` for `loading`) would show the secret.
 */
const MIN_PART_LENGTH = 8;

/** What to search for: the secrets as they are, and as a decoded text has them. */
export interface SearchForms {
  readonly plain: FormsByStart;
  readonly decoded: FormsByStart;
  /** Those that are masked as words of their own only. */
  readonly words: ReadonlySet<string>;
}

/** By their first characters, which many tokens share: each place of a text is looked at once. */
type FormsByStart = ReadonlyMap<string, readonly string[]>;

export function toSearchForms(secrets: readonly string[]): SearchForms {
  const forms = secrets.map((secret) => ({ secret, readable: toReadableForms(secret) }));
  const decoded = forms
    .flatMap(({ secret, readable }) => [...readable, ...toBase64Forms(secret)])
    .filter((form) => form.length >= MIN_SECRET_LENGTH);
  const words = forms
    .flatMap(({ secret, readable }) => [secret, ...readable])
    .filter((form) => form.length < MIN_PART_LENGTH);
  return {
    plain: groupByStart(secrets),
    decoded: groupByStart([...new Set(decoded)]),
    words: new Set(words),
  };
}

/** So much of a secret is masked also where the rest of it was cut off. */
const MIN_PREFIX_LENGTH = 12;

function groupByStart(forms: readonly string[]): FormsByStart {
  const groups = new Map<string, string[]>();
  for (const form of forms) {
    const start = form.slice(0, MIN_PREFIX_LENGTH);
    const group = groups.get(start);
    if (group === undefined) groups.set(start, [form]);
    else group.push(form);
  }
  return groups;
}

/** How many characters of a form stand at a place of a text. */
function matchLength(text: string, at: number, form: string): number {
  let length = 0;
  while (length < form.length && text[at + length] === form[length]) length++;
  return length;
}

/** Masks all forms in one pass over their places. */
export function maskSecrets(text: string, { plain, decoded, words }: SearchForms): string {
  if (plain.size === 0) return text;
  const found: [start: number, end: number][] = [];
  const find = (within: string, groups: FormsByStart, place: (at: number) => number) => {
    for (const [start, forms] of groups) {
      for (let at = within.indexOf(start); at !== -1; ) {
        const end = at + Math.max(...forms.map((form) => matchLength(within, at, form)));
        const isPart = words.has(start) && isPartOfWord(within, at, end, text, place);
        if (!isPart) found.push([place(at), place(end)]);
        at = within.indexOf(start, end);
      }
    }
  };
  find(text, plain, (at) => at);
  const { text: readable, place } = decodeForSearch(text);
  find(readable, decoded, place);
  if (found.length === 0) return text;
  found.sort(([a], [b]) => a - b);
  let masked = '';
  let at = 0;
  for (const [start, end] of found) {
    if (end <= at) continue;
    if (start >= at) masked += text.slice(at, start) + MASK;
    at = end;
  }
  return masked + text.slice(at);
}

const WORD = /[a-z\d]/i;
const isInWord = (first = '', second = ''): boolean => WORD.test(first) && WORD.test(second);

/**
 * Whether a word goes on before or after a place, in the text as it was given and as it is searched: an escape
 * (`\\n`, `%20`) is no part of a word, though it may end or begin with a letter.
 */
function isPartOfWord(
  within: string,
  at: number,
  end: number,
  text: string,
  place: (at: number) => number,
): boolean {
  const [from, to] = [place(at), place(end)];
  const isEscape = /\\(?:x[\da-f]{2}|[a-z])$/i.test(text.slice(Math.max(0, from - 4), from));
  const goesOnBefore = isInWord(within[at - 1], within[at]) && WORD.test(text[from - 1] ?? '');
  const goesOnAfter = isInWord(within[end - 1], within[end]) && WORD.test(text[to] ?? '');
  return (goesOnBefore && !isEscape) || goesOnAfter;
}

/** Shorter pieces of base64 stand in ordinary text, too. */
const MIN_BASE64_LENGTH = 6;

/** A secret in a decoded text: decoded itself, or taken literally, as it may hold what looks like an escape. */
const toReadableForms = (secret: string): string[] => [
  ...new Set([decodeForSearch(secret).text, literal(secret)]),
];

/** A secret as base64, wherever it begins within what was encoded. */
function toBase64Forms(secret: string): string[] {
  const forms = new Set<string>();
  // Three bytes make four characters, so there are three ways to fall into them. The characters
  // that the neighbours have a share in are left out.
  for (const before of [0, 1, 2]) {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const from = Math.ceil((before * 8) / 6);
    const base64 = bytes.toString('base64').slice(from, Math.floor((bytes.length * 8) / 6));
    if (base64.length < MIN_BASE64_LENGTH) continue;
    forms.add(literal(base64));
    forms.add(base64.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return [...forms];
}

/** As a decoded text has it where every character was escaped. */
const literal = (text: string): string =>
  Buffer.from(text.replaceAll('\\', '').replaceAll('+', ' ')).toString('latin1');
