/** Lines of reports that cannot be read: counted, and the first ones named. */
import type { ParseError } from '../../shared/errors.js';
import { formatQuantity } from '../format.js';
import type { Output } from '../output.js';

const MAX_NAMED = 5;
const MAX_PLACES = 20;

export class UnreadableLines {
  count = 0;
  readonly #out: Output;
  readonly #places: { file: string; line: number }[] = [];

  constructor(out: Output) {
    this.#out = out;
  }

  add({ file, line, message }: ParseError): void {
    this.count++;
    if (this.#places.length < MAX_PLACES) this.#places.push({ file, line });
    if (this.count <= MAX_NAMED) this.#out.say(`warning: ${message}`);
  }

  /** Says how many there were, if not all were named. */
  report(): void {
    if (this.count === 0) return;
    const lines = formatQuantity(this.count, 'line');
    this.#out.say(`warning: ${lines} of the report cannot be read; the rows in them are missing.`);
  }

  /** Nothing if there were none. */
  toJSON(): { unreadable?: { count: number; places: readonly { file: string; line: number }[] } } {
    return this.count === 0 ? {} : { unreadable: { count: this.count, places: this.#places } };
  }
}
