import { describe, expect, test } from '@jest/globals';
import { listAssertions, removeAssertion, softenAssertions } from './assertions.js';
import type { Judged, Verdict } from './judge-file.js';
import { formatReport, listUnnoticed, toJson } from './report.js';

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
