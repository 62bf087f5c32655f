/** Whether a number keeps its digits when it is read. */

const PARTS = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;

/** The digits of a decimal without zeros at its ends, and the power of ten of the first one. */
function normalize(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] = PARTS.exec(text) ?? [];
  const all = `${whole}${fraction}`;
  const digits = all.replace(/^0+/, '');
  const zeros = all.length - digits.length;
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  return `${sign === '-' ? '-' : ''}${kept}e${whole.length - zeros + Number(exponent)}`;
}

/** Whether a text of a number has the digits of the number that it is read as. */
export function isExact(text: string): boolean {
  const value = Number(text);
  return Number.isFinite(value) && normalize(String(value)) === normalize(text);
}

/** Shorter numbers without an exponent are always exact. */
const MAY_BE_INEXACT = /[\d.]{16}|\d[eE]/;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** The first number in a text of JSON that loses digits. */
export function findInexact(json: string): string | undefined {
  if (!MAY_BE_INEXACT.test(json)) return undefined;
  for (const [token] of json.matchAll(STRING_OR_NUMBER)) {
    if (!token.startsWith('"') && MAY_BE_INEXACT.test(token) && !isExact(token)) return token;
  }
  return undefined;
}
