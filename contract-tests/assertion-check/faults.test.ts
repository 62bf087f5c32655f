import { describe, expect, test } from '@jest/globals';
import { prepareFaults } from './candidates.js';
import { applyFault, listFaults } from './code-faults.js';
import type { Fault, FaultLists } from './fault-lists.js';
import { listImports, listReached } from './imports.js';
import type { ExecutedLines } from './project-tests.js';
import { listTextFaults } from './text-faults.js';
import { compilesCode, listTypeFaults } from './type-faults.js';

describe('the faults of code', () => {
  const CODE = `import { a } from './a.js';
type T = 'x' | 1;
const list = [1];
export const f = (n: number): boolean => {
  if (n < 2 && isOn) log('text');
  return list.filter(Boolean).length === n;
};
export * from './b.js';
const copy = { ...a, is: [...list], both: [1, 2] };
const parts = { list, size: list.length };
const name = () => \`a \${structuredClone(n)}\`;
`;
  const faults = listFaults('src/a.ts', CODE);

  const template = '`a $' + '{structuredClone(n)}`';

  test('change conditions, operators, literals, results, copies, exports and calls, and no type or import', () => {
    expect(faults.map(({ change }) => change).sort()).toEqual(
      [
        ...['[1] → []', '1 → 2', 'n < 2 && isOn → !(n < 2 && isOn)', '&& → ||', '< → <=', '2 → 3'],
        ...["log('text'); → ;", "'text' → ''", '=== → !==', 'list.filter(Boolean) → list'],
        ...['list.filter(Boolean).length === n → undefined as never', 'list.filter(Boolean) → []'],
        ...["export * from './b.js'; → ;", '[...list] → []', '[...list] → list', '1 → 2', '2 → 3'],
        ...['[1, 2] → []', '[1, 2] → [2]', 'structuredClone(n) → n'],
        ...['list → list: undefined as never', 'list.length → undefined as never'],
        ...[`${template} → (undefined as never)`, `${template} → ''`],
        '{ ...a, is: [...list], both: [1, 2] } → Object.assign(a, { is: [...list], both: [1, 2] })',
        '{ ...a, is: [...list], both: [1, 2] } → { is: [...list], both: [1, 2] }',
        '{ list, size: list.length } → { size: list.length }',
      ].sort(),
    );
    expect(new Set(faults.map((one) => applyFault(CODE, one))).size).toBe(faults.length);
    expect(faults.filter(({ isInFunction }) => !isInFunction)).toHaveLength(14);
  });

  test('leave out each attribute of markup once, also where a text is within another', () => {
    const code = 'const a = `<p>$' + '{`<a href="#$' + '{n}">`}<b id="b">`;';
    const attributes = listFaults('a.ts', code).filter(({ replacement }) => replacement === '');
    expect(attributes.map((one) => applyFault(code, one))).toEqual([
      code.replace(/ href="[^"]*"/, ''),
      code.replace(' id="b"', ''),
    ]);
  });

  test('are looked for in what a test file imports, and in what that imports', () => {
    const test = 'contract-tests/x.test.ts';
    const text = `import { a } from '../src/a.js';\nconst b = await import('./b.js');\nimport c from 'c';`;
    const files = new Map([[test, text]]).set('src/a.ts', "import { x } from './x.js';");
    const read = (file: string) => files.get(file) ?? '';
    expect([...listImports(test, text)]).toEqual(['src/a.ts', 'contract-tests/b.ts']);
    expect([...listReached(test, read)]).toEqual([
      ...[test, 'src/a.ts', 'contract-tests/b.ts', 'src/x.ts'],
    ]);
  });
});

describe('the faults of types', () => {
  const TYPES = `export interface A { a: string; b?: 1 | 2 }
type B = A;
const list = (): B[] => [];`;

  test('drop a member, turn it into an optional one or back, and change unions, names and results', () => {
    const changes = listTypeFaults('src/a.ts', TYPES).map(({ change }) => change);
    expect(changes).toEqual([
      ...['a: string; → ', 'a → a?', 'b?: 1 | 2 → ', '? → ', '1 | 2 → 2'],
      ...['A → unknown', 'B[] → unknown'],
    ]);
  });

  test('are tried for a test that compiles code', () => {
    expect(compilesCode("import { compile } from '../support/compile.js';")).toBe(true);
    expect(compilesCode('const validate = ajv.compile(schema);')).toBe(false);
  });
});

describe('the faults of texts', () => {
  const files = [
    { path: 'Makefile', text: 'a: ## b\n\t@run\n\n' },
    { path: 'README.md', text: 'Text\n```ts\nrun();\n\n```\n' },
    { path: 'docs/a.md', text: '```sh\nrun\n```\n' },
  ];
  const listChanges = (test: string) => listTextFaults(test, files).map(({ change }) => change);

  test('leave out a line that runs of the Makefile or of a program, or repeat a page, if the test names it', () => {
    expect(listChanges("run('make')")).toEqual(['Makefile:2: without @run']);
    expect(listChanges("read('README.md')")).toEqual([
      ...['README.md:3: without run();', 'README.md: twice'],
    ]);
    expect(listChanges("list('docs')")).toEqual(['docs/a.md:2: without run', 'docs/a.md: twice']);
    const json = { path: 'a.json', text: '{\n  "x": 1\n}' };
    expect(listTextFaults('a.json', [json]).map(({ change }) => change)).toEqual([
      'a.json:2: without "x": 1',
    ]);
    expect(listChanges('something else')).toEqual([]);
  });

  test('leave the other lines as they are', () => {
    expect(listTextFaults('README.md', files).map(({ text }) => text)).toEqual([
      'Text\n```ts\n\n```\n',
      'Text\n```ts\nrun();\n\n```\nText\n```ts\nrun();\n\n```\n',
    ]);
  });
});

describe('the faults to try', () => {
  const toFault = (name: string, topic: string, more: Partial<Fault> = {}): Fault => ({
    name,
    topic,
    files: ['src/a.ts'],
    toTexts: () => new Map(),
    ...more,
  });
  const NONE: FaultLists = {
    nearby: [],
    texts: [],
    types: [],
    client: [],
    document: [],
    elsewhere: [],
  };
  const rank = (lists: Partial<FaultLists>, executed: ExecutedLines = new Map()) =>
    prepareFaults({ path: 'a.test.ts', text: 'weights' }, { ...NONE, ...lists }, (all) => [...all])(
      {
        assertion: 'expect(orange).toBe(apples)',
        testName: 'lemons$',
        executed,
      },
    ).map(({ name }) => name);

  test('begin with those that share most words with the assertion, then of the file under test, then with its title, then with its file', () => {
    const nearby = [
      ...[toFault('other', 'pears'), toFault('file', 'weight'), toFault('title', 'theLemon')],
      ...[toFault('under test', 'pears', { files: ['a.ts'] })],
      ...[toFault('own', 'getApple'), toFault('own, twice', 'orange apple')],
    ];
    const expected = ['own, twice', 'own', 'under test', 'title', 'file', 'other'];
    expect(rank({ nearby })).toEqual(expected);
  });

  test('begin with one that the test noticed before', () => {
    const killer = { file: 'a.test.ts', title: 'sour lemons' };
    const client = [toFault('own', 'orange apple'), toFault('known', 'pears', { killer })];
    expect(rank({ client })).toEqual(['known', 'own']);
  });

  test('are those of lines that the test executes, and of files that another process may execute', () => {
    const nearby = [1, 2].map((line) => toFault(`line ${line}`, '', { line }));
    const beside = toFault('beside', '', { line: 1, files: ['src/b.ts'] });
    const executed = new Map([['src/a.ts', new Set([2])]]);
    expect(rank({ nearby: [...nearby, beside] }, executed)).toEqual(['line 2', 'beside']);
  });

  test('are those in functions alone, of a file that is far away and has no word of the test', () => {
    const isInFunction = true;
    const elsewhere = [toFault('a', 'pears'), toFault('b', 'pears', { isInFunction })];
    expect(rank({ elsewhere: [...elsewhere, toFault('c', 'apples')] })).toEqual(['c', 'b']);
  });
});
