import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type TypeScript from 'typescript';
import { generateTypes, RowSchema } from '../../src/schema/index.js';
import { createRandom } from '../../src/shared/random.js';
import { loyaltyMembers } from '../../src/testing/index.js';
import { createGenerator, createSchema } from '../support/xdm-cases.js';

jest.setTimeout(60_000); // two compilers, on a machine that may be busy

const require = createRequire(import.meta.url);
const COMPILERS = ['typescript', 'typescript-5.4'];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-types-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  lib: ['lib.es5.d.ts'],
};

/** What a compiler says of files, as one program. */
async function compile(name: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  const names = Object.keys(files).filter((file) => file.endsWith('.ts'));
  const paths = names.map((file) => join(folder, file));
  await Promise.all(
    Object.entries(files).map(([file, text]) => writeFile(join(folder, file), text)),
  );
  const ts: typeof TypeScript = require(name);
  const options = {
    ...OPTIONS,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const program = ts.createProgram(paths, options);
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => {
    const line = file?.text.slice(0, start).split('\n').length;
    return `${file?.fileName.replace(folder, '')}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

const generate = (properties: object, more: object = {}): string =>
  generateTypes(RowSchema.from({ type: 'object', properties, ...more }));

const text = { type: 'string', 'meta:xdmType': 'string' };
const object = (properties: object, more: object = {}) => ({
  type: 'object',
  'meta:xdmType': 'object',
  properties,
  ...more,
});

test('a type has what the schema says of each field', () => {
  const written = generate(
    {
      name: { ...text, title: 'Name', description: 'As in the passport.', maxLength: 10 },
      level: { ...text, enum: ['gold', "it's"], 'meta:enum': { gold: 'Gold' } },
      kind: { ...text, 'meta:enum': { web: 'Web page', app: 'app' } },
      day: { type: 'string', format: 'date' },
      time: { type: 'string', format: 'date-time' },
      age: { type: 'integer', 'meta:xdmType': 'short', minimum: 0, default: 18 },
      isNew: { type: 'boolean', 'meta:status': 'deprecated' },
      tags: { type: 'array', items: text },
      kinds: { type: 'array', items: { ...text, enum: ['a', 'b'] } },
      counts: { type: 'object', 'meta:xdmType': 'map', additionalProperties: { type: 'integer' } },
      open: object({ a: text }, { additionalProperties: { type: 'number' } }),
      anything: {},
    },
    { title: 'Guests', version: '1.2', $id: 'https://x.invalid/1', required: ['name', 'age'] },
  );
  expect(
    written,
  ).toBe(`/** Rows of Guests 1.2 (https://x.invalid/1), written by \`aep-batch types\`. */
export interface Row {
  /**
   * A whole number from 0 to 32767.
   * Default: \`18\`
   */
  age?: number;
  anything?: unknown;
  counts?: Record<string, number>;
  /** A date: \`2026-01-31\`. */
  day?: string;
  /** @deprecated The schema marks it as deprecated. */
  isNew?: boolean;
  /** - \`web\`: Web page */
  kind?: 'app' | 'web' | (string & {});
  kinds?: Array<'a' | 'b'>;
  /** - \`gold\`: Gold */
  level?: 'gold' | 'it\\'s';
  /**
   * Name
   * As in the passport.
   * At most 10 characters.
   */
  name: string;
  open?: {
    a?: string;
    [name: string]: unknown;
  };
  tags?: string[];
  /** A date and time with its zone: \`2026-01-31T12:00:00Z\`. */
  time?: string;
}
`);
});

test('data types that are equal are one interface, and others of the same name are numbered', () => {
  const address = (city: object) =>
    object({ city }, { 'meta:referencedFrom': 'https://ns.adobe.com/xdm/common/address' });
  const hash = `https://ns.adobe.com/acme/datatypes/${'49b594dabe6bec54'.repeat(2)}`;
  const written = generate({
    home: { ...address(text), title: 'Home' },
    work: { ...address(text), title: 'Work' },
    old: address({ type: 'integer' }),
    list: { type: 'array', items: address(text) },
    byName: { type: 'object', 'meta:xdmType': 'map', additionalProperties: address(text) },
    loyalty: object({ a: {} }, { 'meta:referencedFrom': hash, title: 'Loyalty programme' }),
    record: object({ a: {} }, { 'meta:referencedFrom': 'https://ns.adobe.com/x/record' }),
  });
  const interfaces = written.split('\n').filter((line) => line.startsWith('export'));

  expect(interfaces).toEqual([
    'export interface Row {',
    'export interface Address {',
    'export interface Address2 {',
    'export interface LoyaltyProgramme {',
    'export interface Record2 {',
  ]);
  for (const line of ['home?: Address;', 'work?: Address;', 'old?: Address2;', 'list?: Address[];'])
    expect(written).toContain(`  ${line}\n`);
  expect(written).toContain('byName?: Record<string, Address>;');
});

test('the order of names in a schema does not change its types', () => {
  const one = { a: text, b: object({ c: text, d: {} }) };
  const other = { b: object({ d: {}, c: text }), a: text };
  expect(generate(one)).toBe(generate(other));
});

test('an event has _id and timestamp, and a field that is required and not described is unknown', () => {
  const event = { 'meta:class': 'https://ns.adobe.com/xdm/context/experienceevent' };
  const written = generate({ eventType: text }, { ...event, required: ['other'] });
  expect(written).toMatch(/ _id: string;\n/);
  expect(written).toMatch(/ timestamp: string;\n/);
  expect(written).toMatch(/ other: unknown;\n/);
});

/** Names and texts that break what is written carelessly. */
const ODD_TEXTS = [
  ...['*/ }', '/* a', "'", '"', '\\', '`', 'a\nb\r\nc', '\u2028', '\u202e', '\0', '\ud800', ''],
  ...['with blank', 'with-dash', '1st', '_{TENANT_ID}', 'é', '日本', '😀', '//', '@deprecated'],
  ...['constructor', '__proto__', 'new', 'get', 'set', 'readonly', 'async', 'static', 'class'],
  ...['[a]', 'a?', 'a;', '</script>', '$', '_', 'toString', '\t'],
];
const odd = Object.fromEntries(
  ODD_TEXTS.map((name, at) => [
    `${name}`,
    object(
      { inner: { ...text, title: name, description: name, enum: [name], default: name } },
      { 'meta:referencedFrom': `https://ns.adobe.com/x/${ODD_TEXTS[at]}`, title: name },
    ),
  ]),
);
const suggestions = {
  suggested: { ...text, 'meta:enum': Object.fromEntries(ODD_TEXTS.map((one) => [one, one])) },
  numbers: { type: 'integer', enum: [-1, 0, 2 ** 31 - 1] },
  mixed: { enum: [1, 'a', true] },
};

function nest(depth: number): object {
  let field: object = { ...text, title: 'deepest' };
  for (let at = 0; at < depth; at++) field = object({ [`level${at}`]: field }, { title: `t${at}` });
  return field;
}

const USE = `
import type { Row } from './loyalty.js';
export const sound: Row = {
  _id: 'a',
  person: { name: { firstName: 'Ada' }, birthDate: '1815-12-10', gender: 'female' },
  _acme: { loyalty: { loyaltyPoints: 5 } },
};
// @ts-expect-error it is required
export const withoutId: Row = {};
// @ts-expect-error it is not one of the enum
export const gender: Row = { _id: 'a', person: { gender: 'both' } };
// @ts-expect-error it is a number
export const points: Row = { _id: 'a', _acme: { loyalty: { loyaltyPoints: '5' } } };
// @ts-expect-error no field is null
export const missing: Row = { _id: 'a', person: null };
// @ts-expect-error there is no such field
export const misspelt: Row = { _id: 'a', persn: {} };
import type { Row as Odd } from './odd.js';
export const open: Odd = { suggested: 'with blank' };
export const other: Odd = { suggested: 'whatever', numbers: -1, mixed: true };
// @ts-expect-error an open list of texts takes no number
export const number: Odd = { suggested: 1 };
// @ts-expect-error the list is closed
export const closed: Odd = { mixed: 'b' };
`;

test.each(COMPILERS)('what is written compiles and holds rows to the schema: %s', async (name) => {
  const generator = createGenerator(createRandom(11));
  const random = Array.from({ length: 8 }, (_, at): [string, string] => [
    `random${at}.ts`,
    generateTypes(RowSchema.from(createSchema(generator))),
  ]);
  const files = {
    'package.json': '{"type":"module"}',
    'loyalty.ts': generateTypes(RowSchema.from(loyaltyMembers.schemas[0])),
    'odd.ts': generate(
      { odd: object(odd), ...suggestions },
      { title: '*/ x', description: 'a */ b' },
    ),
    'deep.ts': generate({ top: nest(100) }),
    ...Object.fromEntries(random),
    'use.ts': USE,
  };
  expect(await compile(name, files)).toEqual([]);
});
