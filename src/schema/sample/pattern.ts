/** Texts that match a pattern, for the patterns that schemas have. */
import { type Draw, drawInteger } from './random.js';

/** Draws a text that matches. */
type Draws = (draw: Draw) => string;

const MAX_REPEATS = 1000;
/** How many times something is repeated beyond what `*` and `+` need. */
const MORE = 3;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const WORD = `${LETTERS}${LETTERS.toUpperCase()}${DIGITS}_`;
const PRINTABLE = `${WORD} !"#$%&'()*+,-./:;<=>?@[\\]^\`{|}~`;
const CLASSES: Readonly<Record<string, string>> = {
  d: DIGITS,
  w: WORD,
  s: ' ',
  D: LETTERS,
  W: '-',
  S: WORD,
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' };

/** @returns `undefined` for a pattern with parts that are not known here, such as look-arounds. */
export function createPatternDraw(pattern: string): Draws | undefined {
  const parser = new PatternParser(pattern);
  try {
    return parser.parse();
  } catch (error) {
    if (error instanceof UnknownPart) return undefined;
    throw error;
  }
}

class UnknownPart extends Error {}

class PatternParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Draws {
    const draws = this.#parseChoice();
    if (this.#at < this.#text.length) throw new UnknownPart();
    return draws;
  }

  #parseChoice(): Draws {
    const choices = [this.#parseSequence()];
    while (this.#take('|')) choices.push(this.#parseSequence());
    return (draw) => choices[drawInteger(draw, 0, choices.length - 1)]?.(draw) ?? '';
  }

  #parseSequence(): Draws {
    const parts: Draws[] = [];
    while (this.#at < this.#text.length && !'|)'.includes(this.#peek())) {
      const part = this.#parsePart();
      const [least, most] = this.#parseRepeats();
      parts.push((draw) => {
        const count = drawInteger(draw, least, most);
        return Array.from({ length: count }, () => part(draw)).join('');
      });
    }
    return (draw) => parts.map((part) => part(draw)).join('');
  }

  #parsePart(): Draws {
    const next = this.#peek();
    this.#at++;
    if (next === '^' || next === '$') return () => '';
    if (next === '.') return drawFrom(WORD);
    if (next === '(') return this.#parseGroup();
    if (next === '[') return drawFrom(this.#parseClass());
    if (next === '\\') return drawFrom(this.#parseEscape());
    if ('*+?{}'.includes(next)) throw new UnknownPart();
    return () => next;
  }

  #parseGroup(): Draws {
    if (this.#take('?')) {
      const name = /^<[^=!>]+>/.exec(this.#text.slice(this.#at));
      if (name !== null) this.#at += name[0].length;
      else if (!this.#take(':')) throw new UnknownPart();
    }
    const inner = this.#parseChoice();
    if (!this.#take(')')) throw new UnknownPart();
    return inner;
  }

  /** The characters that an escape stands for. */
  #parseEscape(): string {
    const next = this.#peek();
    this.#at++;
    if (next === 'b') return '';
    if (next === 'u' || next === 'x') {
      const digits = /^[\da-f]+/i.exec(
        this.#text.slice(this.#at, this.#at + (next === 'u' ? 4 : 2)),
      );
      if (digits === null) throw new UnknownPart();
      this.#at += digits[0].length;
      return String.fromCharCode(Number.parseInt(digits[0], 16));
    }
    if (/[\dBkpP]/.test(next) || next === '') throw new UnknownPart();
    return CLASSES[next] ?? CONTROLS[next] ?? next;
  }

  #parseClass(): string {
    const isNegated = this.#take('^');
    let characters = '';
    while (!this.#take(']')) {
      if (this.#at >= this.#text.length) throw new UnknownPart();
      const first = this.#parseClassCharacter();
      const isRange = this.#peek() === '-' && this.#text[this.#at + 1] !== ']';
      if (isRange && first.length === 1) {
        this.#at++;
        characters += listRange(first, this.#parseClassCharacter());
      } else characters += first;
    }
    if (!isNegated) return characters;
    return [...PRINTABLE].filter((one) => !characters.includes(one)).join('');
  }

  #parseClassCharacter(): string {
    if (this.#take('\\')) return this.#parseEscape();
    return this.#text[this.#at++] ?? '';
  }

  #parseRepeats(): [least: number, most: number] {
    const counts = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.#text.slice(this.#at));
    if (counts === null) return [1, 1];
    const [all, from = '', comma, to = ''] = counts;
    this.#at += all.length;
    if (all.startsWith('*')) return [0, MORE];
    if (all.startsWith('+')) return [1, 1 + MORE];
    if (all.startsWith('?')) return [0, 1];
    const least = Number(from);
    const most = comma === '' ? least : to === '' ? least + MORE : Number(to);
    if (most > MAX_REPEATS || most < least) throw new UnknownPart();
    return [least, most];
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  #take(expected: string): boolean {
    if (this.#peek() !== expected) return false;
    this.#at++;
    return true;
  }
}

function drawFrom(characters: string): Draws {
  if (characters === '') return () => '';
  return (draw) => characters.charAt(drawInteger(draw, 0, characters.length - 1));
}

function listRange(first: string, last: string): string {
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)];
  const length = Math.min(to - from + 1, PRINTABLE.length);
  return Array.from({ length: Math.max(0, length) }, (_, at) =>
    String.fromCharCode(from + at),
  ).join('');
}
