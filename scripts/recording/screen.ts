/** The screen of a terminal, as far as the command uses one: text, colors, moves and erasures; it never scrolls. */

export interface Cell {
  text: string;
  /** The numbers of its color and weight, as in `\x1b[31;1m`. */
  style: string;
}

const ESCAPE = String.fromCharCode(27);
const SEQUENCE = new RegExp(`${ESCAPE}\\[([\\d;?]*)([A-Za-z])`, 'y');
/** A sequence that the output cuts. */
const UNFINISHED = new RegExp(`${ESCAPE}(?:\\[[\\d;?]*)?$`);

export class Screen {
  readonly rows: Cell[][] = [[]];
  #row = 0;
  #column = 0;
  #style = '';
  /** The start of a sequence that the next piece of output ends. */
  #rest = '';
  readonly #columns: number;

  constructor(columns: number) {
    this.#columns = columns;
  }

  write(output: string): void {
    const text = this.#rest + output;
    const cut = UNFINISHED.exec(text)?.index ?? text.length;
    this.#rest = text.slice(cut);
    for (let at = 0; at < cut; ) {
      SEQUENCE.lastIndex = at;
      const [sequence, parameters = '', command = ''] = SEQUENCE.exec(text) ?? [];
      if (sequence === undefined) {
        const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
        this.#put(character);
        at += character.length;
      } else {
        this.#execute(command, parameters);
        at += sequence.length;
      }
    }
  }

  #put(character: string): void {
    if (character === '\n') this.#move(this.#row + 1);
    else if (character === '\r') this.#column = 0;
    else if (character >= ' ') {
      // A full row wraps only when more follows.
      if (this.#column === this.#columns) {
        this.#move(this.#row + 1);
        this.#column = 0;
      }
      const row = this.#line();
      while (row.length < this.#column) row.push({ text: ' ', style: '' });
      row[this.#column] = { text: character, style: this.#style };
      this.#column++;
    }
  }

  #execute(command: string, parameters: string): void {
    const count = Number.parseInt(parameters, 10) || 1;
    if (command === 'A') this.#move(Math.max(0, this.#row - count));
    else if (command === 'B') this.#move(this.#row + count);
    else if (command === 'G') this.#column = count - 1;
    else if (command === 'K') this.#eraseLine(parameters);
    else if (command === 'J') {
      this.#eraseLine('');
      this.rows.length = this.#row + 1;
    } else if (command === 'm')
      this.#style =
        /^[01]?$/.test(parameters) && parameters !== '1' ? '' : mergeStyle(this.#style, parameters);
  }

  #eraseLine(parameters: string): void {
    this.#line().length = parameters === '2' ? 0 : Math.min(this.#column, this.#line().length);
  }

  #move(row: number): void {
    this.#row = row;
    while (this.rows.length <= row) this.rows.push([]);
  }

  #line(): Cell[] {
    return this.rows[this.#row] ?? [];
  }
}

/** Codes that end a color or a weight, and those that they end. */
const ENDS: Readonly<Record<string, RegExp>> = { '39': /^(?:3|9)\d$/, '22': /^[12]$/, '24': /^4$/ };

function mergeStyle(style: string, parameters: string): string {
  let codes = style === '' ? [] : style.split(';');
  for (const code of parameters.split(';')) {
    const ended = ENDS[code];
    codes = ended === undefined ? [...codes, code] : codes.filter((one) => !ended.test(one));
  }
  return codes.join(';');
}
