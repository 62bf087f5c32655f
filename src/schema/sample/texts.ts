/** Texts as rows have them, by the names of their fields. */
import { type Draw, drawInteger, pick } from './random.js';

type Texts = readonly [string, ...string[]];

const FIRST_NAMES: Texts = ['Ada', 'Grace', 'Alan', 'Linus', 'Margaret', 'Dennis', 'Radia', 'Ken'];
const LAST_NAMES: Texts = [
  'Moore',
  'Garcia',
  'Tanaka',
  'Okafor',
  'Schmidt',
  'Rossi',
  'Silva',
  'Khan',
];
const CITIES: Texts = ['Paris', 'Lagos', 'Osaka', 'Lima', 'Toronto', 'Zürich', 'Mumbai', 'Perth'];
const COUNTRIES: Texts = ['FR', 'NG', 'JP', 'PE', 'CA', 'CH', 'IN', 'AU'];
const CURRENCIES: Texts = ['EUR', 'USD', 'JPY', 'CHF', 'INR'];
const LANGUAGES: Texts = ['en', 'fr', 'ja', 'de', 'es'];
const WORDS: Texts = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'harbor'];

/** Made from the number of the row, so that no two rows have the same. */
export const drawEmail = (draw: Draw): string =>
  `${pick(draw, FIRST_NAMES).toLowerCase()}.${pick(draw, LAST_NAMES).toLowerCase()}.${draw.row + 1}@example.com`;

const drawPhone = (draw: Draw): string => `+1555${String(draw.row % 1e7).padStart(7, '0')}`;

/** An ECID: exactly 38 digits, which end with the number of the row. */
export const drawEcid = (draw: Draw): string => {
  const random = Array.from({ length: 26 }, () => drawInteger(draw, 0, 9)).join('');
  return `${random}${String(draw.row).padStart(12, '0')}`;
};

/** A UUID that ends with the number of the row. */
export const drawUuid = (draw: Draw): string => {
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => drawInteger(draw, 0, 15).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${draw.row.toString(16).padStart(12, '0')}`;
};

/** How texts of a field are drawn, by how its name ends; the first that fits counts. */
const BY_NAME: readonly [RegExp, (draw: Draw) => string][] = [
  [/e-?mail(?:address)?$/i, drawEmail],
  [/(?:phone|mobile|fax)(?:number)?$|^number$/i, drawPhone],
  [/ecid$/i, drawEcid],
  [/first_?name$|given_?name$/i, (draw) => pick(draw, FIRST_NAMES)],
  [/last_?name$|family_?name$|surname$/i, (draw) => pick(draw, LAST_NAMES)],
  [/(?:full|display|^)_?name$/i, (draw) => `${pick(draw, FIRST_NAMES)} ${pick(draw, LAST_NAMES)}`],
  [/city$/i, (draw) => pick(draw, CITIES)],
  [/country(?:code)?$/i, (draw) => pick(draw, COUNTRIES)],
  [/currency(?:code)?$/i, (draw) => pick(draw, CURRENCIES)],
  [/lang(?:uage)?$/i, (draw) => pick(draw, LANGUAGES)],
  [/(?:postal|zip)_?(?:code)?$/i, (draw) => String(drawInteger(draw, 10_000, 99_999))],
  [/street\d?$/i, (draw) => `${drawInteger(draw, 1, 99)} ${pick(draw, LAST_NAMES)} Street`],
  [/ur[il]$/i, (draw) => `https://www.example.com/${pick(draw, WORDS)}`],
  [/ip_?(?:address|v4)?$/i, (draw) => `192.0.2.${drawInteger(draw, 1, 254)}`],
  [/(?:^_?id|[a-z]Id|ID|_id|Key|sku)$/, drawUuid],
];

export function drawByName(name: string, draw: Draw): string {
  const found = BY_NAME.find(([pattern]) => pattern.test(name));
  return found === undefined ? `${pick(draw, WORDS)} ${pick(draw, WORDS)}` : found[1](draw);
}
