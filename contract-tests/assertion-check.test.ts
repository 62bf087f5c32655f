import { describe, expect, test } from '@jest/globals';
import { listAssertions, removeAssertion, softenAssertions } from './assertion-check/assertions.js';
import { listImports } from './assertion-check/candidates.js';
import { applyFault, listFaults } from './assertion-check/code-faults.js';
import type { Judged, Verdict } from './assertion-check/judge-file.js';
import { formatReport, listUnnoticed, toJson } from './assertion-check/report.js';
import { listTextFaults, omitLine } from './assertion-check/text-faults.js';

const TEST_FILE = `import { expect, test } from '@jest/globals';
test('a', () => {
  expect(1).toBe(1);
  if (a) expect(b).not.toBe(2);
  check(expect.any(String));
});
test('b', async () => {
  await expect(call()).rejects.toThrow('no');
  expect(await call()).toEqual([
    expect.anything(),
  ]);
  const [one] = list.map(() => expect(inner).toBe(1));
  return expect(last).toBe(3);
});
`;
const assertions = listAssertions('a.test.ts', TEST_FILE);

describe('the assertions of a test file', () => {
  test('are its expect statements, results and bodies, and no matcher inside of one', () => {
    expect(assertions.map(({ line, place }) => `${line} ${place}`)).toEqual([
      ...['3 statement', '4 statement', '8 statement', '9 statement', '12 body', '13 return'],
    ]);
    expect(assertions.map(({ hasCall }) => hasCall)).toEqual([
      ...[false, false, true, true, false, false],
    ]);
    expect(assertions[0]).toMatchObject({ file: 'a.test.ts', text: 'expect(1).toBe(1);' });
  });

  test('are run by the titles of their tests, where only a run knows what a title holds', () => {
    const toName = (title: string) =>
      listAssertions('a.test.ts', `${title}, () => { expect(1).toBe(1); });`)[0]?.testName;
    expect(assertions.map(({ testName }) => testName)).toEqual([
      'a$',
      'a$',
      'b$',
      'b$',
      'b$',
      'b$',
    ]);
    expect(toName("test.each([1])('after %i (of $a.b), too'")).toBe('after .* \\(of .*\\), too$');
    expect(toName("describe('a, %s', () => test('c'")).toBe('a, .* c$');
    expect(toName("describe('a'")).toBeUndefined();
    expect(toName('test(title')).toBeUndefined();
    expect(toName('test(`a $' + '{b}`')).toBeUndefined();
  });

  test('are removed one at a time, and the file stays one that can be read', () => {
    const texts = assertions.map((one) => removeAssertion(TEST_FILE, one));
    expect(texts.map((text) => listAssertions('a', text).length)).toEqual([5, 5, 5, 5, 5, 5]);
    expect(texts[1]).toContain('if (a) ;\n');
    expect(texts[4]).toContain('list.map(() => undefined);');
    expect(texts[5]).toContain('  return;\n');
  });

  test('are softened on their own lines, and each notes its line', () => {
    const lines = softenAssertions(TEST_FILE, assertions).split('\n');
    expect(lines).toHaveLength(TEST_FILE.split('\n').length);
    expect(lines[2]).toContain('try { expect(1).toBe(1); } catch { noteLine(3); }');
    expect(lines[7]).toContain('await expect(call()).rejects');
    expect(lines[11]).toContain('goOn(12, () => (expect(inner).toBe(1)))');
    expect(lines[12]).toContain('return goOn(13, () => (expect(last).toBe(3)));');
  });
});

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
      ].sort(),
    );
    expect(new Set(faults.map((one) => applyFault(CODE, one))).size).toBe(faults.length);
    expect(faults.filter(({ isInFunction }) => !isInFunction)).toHaveLength(12);
  });

  test('are looked for in what a test file imports', () => {
    const text = `import { a } from '../src/a.js';\nconst b = await import('./b.js');\nimport c from 'c';`;
    expect([...listImports('contract-tests/x.test.ts', text)]).toEqual([
      ...['src/a.ts', 'contract-tests/b.ts'],
    ]);
  });
});

describe('the faults of texts', () => {
  const files = [
    { path: 'Makefile', text: 'a: ## b\n\t@run\n\n' },
    { path: 'README.md', text: 'Text\n```ts\nrun();\n\n```\n' },
    { path: 'docs/a.md', text: '```sh\nrun\n```\n' },
  ];
  const listNames = (test: string) =>
    listTextFaults(test, files).map(({ path, line, content }) => `${path}:${line}:${content}`);

  test('leave out a line that runs of the Makefile or of a program, if the test names it', () => {
    expect(listNames("run('make')")).toEqual(['Makefile:2:\t@run']);
    expect(listNames("read('README.md')")).toEqual(['README.md:3:run();']);
    expect(listNames("list('docs')")).toEqual(['docs/a.md:2:run']);
    expect(listNames('something else')).toEqual([]);
  });

  test('leave the other lines as they are', () => {
    expect(omitLine('a\nb\nc', { path: 'a', line: 2, content: 'b' })).toBe('a\nc');
  });
});

describe('the report on assertions', () => {
  const judged = (verdict: Verdict): Judged => ({
    assertion: assertions[0] as Judged['assertion'],
    verdict,
  });
  const all = [
    judged({ kind: 'coverage', lost: ['a', 'b', 'c', 'd'] }),
    judged({ kind: 'lives', fault: 'src/a.ts:1: a → b' }),
    judged({ kind: 'covered', fault: 'f', by: 'b.test.ts:2: expect(1)' }),
    judged({ kind: 'unnoticed', tried: 20 }),
  ];
  const info = { seed: 1, seconds: 2, total: 300 };

  test('says of each what is lost without it, and counts those that nothing needs', () => {
    const text = formatReport(all, info);
    expect(text).toContain(
      'a.test.ts:3: expect(1).toBe(1);\n  lowers coverage: a, b, c, and 1 more',
    );
    expect(text).toContain('lets a fault live: src/a.ts:1: a → b');
    expect(text).toContain('is covered by b.test.ts:2: expect(1), which also notices f');
    expect(text).toContain('NOTICED BY NOTHING: 20 faults were tried');
    expect(text).toContain('4 of 300 assertions removed, one at a time, seed 1, 2 s');
    expect(listUnnoticed(all)).toEqual([all[3]]);
  });

  test('has the same as JSON', () => {
    expect(toJson(all, info)).toMatchObject({
      ...info,
      assertions: [{ line: 3, kind: 'coverage' }, { kind: 'lives' }, {}, { tried: 20 }],
    });
  });
});
