/** The assertions of a test file: where they stand, the file without one, and a file that goes on after each. */
import ts from 'typescript';

/** An `expect(…)` with its matcher, and what stands in for it when it is removed. */
export interface Assertion {
  file: string;
  /** Counted from 1. */
  line: number;
  /** Its first line, for people. */
  text: string;
  /** Where it stands in the file: from the first character up to the one after the last. */
  start: number;
  end: number;
  /** What it is in its function: a statement, what it returns, or all of it. */
  place: 'statement' | 'return' | 'body';
  hasAwait: boolean;
  /** Whether it calls anything itself, so that removing it may remove traffic. */
  hasCall: boolean;
  /** A pattern that the names of its tests match; `undefined` where it stands in none, such as in a helper. */
  testName: string | undefined;
}

/** Where the softened file appends the lines of assertions that failed. */
export const FAILED_LINES = 'FAILED_ASSERTION_LINES';

export function listAssertions(file: string, text: string): Assertion[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: Assertion[] = [];
  const visit = (node: ts.Node): void => {
    const expression = getAssertedExpression(node);
    if (expression !== undefined && isExpectation(expression)) {
      const place = getPlace(node);
      const range = place === 'body' ? expression : node;
      const start = range.getStart(source);
      const [firstLine = ''] = text.slice(start, range.end).split('\n');
      found.push({
        file,
        line: source.getLineAndCharacterOfPosition(start).line + 1,
        text: firstLine,
        start,
        end: range.end,
        place,
        hasAwait: containsAwait(expression),
        hasCall: hasOwnCall(expression),
        testName: findTestName(node),
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Jest's names for what a row of a table holds: `%s`, `$name`, `$#`. */
const PLACEHOLDER = /%[a-zA-Z#%]|\$[\w.#]+/;

/** The titles around a node, down to that of its test, with `.*` for what is only known when it runs. */
function findTestName(node: ts.Node): string | undefined {
  const names: string[] = [];
  for (let at = node.parent; at !== undefined; at = at.parent) {
    const [, what] = (ts.isCallExpression(at) && /^(test|it|describe)\b/.exec(at.getText())) || [];
    if (!ts.isCallExpression(at) || what === undefined) continue;
    if (names.length === 0 && what === 'describe') return undefined;
    const title = toTitlePattern(at.arguments[0]);
    if (names.length === 0 && title === undefined) return undefined;
    names.unshift(title ?? '.*');
  }
  return names.length === 0 ? undefined : `${names.join(' ')}$`;
}

function toTitlePattern(title: ts.Expression | undefined): string | undefined {
  if (title === undefined || !ts.isStringLiteralLike(title)) return undefined;
  const parts = title.text.split(PLACEHOLDER);
  return parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
}

function getPlace(node: ts.Node): Assertion['place'] {
  if (ts.isExpressionStatement(node)) return 'statement';
  return ts.isReturnStatement(node) ? 'return' : 'body';
}

/** The expression that a node evaluates for itself alone. */
function getAssertedExpression(node: ts.Node): ts.Expression | undefined {
  if (ts.isExpressionStatement(node) || ts.isReturnStatement(node)) return node.expression;
  return ts.isArrowFunction(node) && !ts.isBlock(node.body) ? node.body : undefined;
}

/** Whether it is `expect(…)` with what follows it, awaited or not. */
function isExpectation(expression: ts.Expression): boolean {
  let node: ts.Expression = ts.isAwaitExpression(expression) ? expression.expression : expression;
  while (ts.isCallExpression(node) || ts.isPropertyAccessExpression(node)) {
    const inner: ts.Expression = node.expression;
    if (ts.isCallExpression(node) && ts.isIdentifier(inner)) return inner.text === 'expect';
    node = inner;
  }
  return false;
}

function containsAwait(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  return ts.isAwaitExpression(node) || (ts.forEachChild(node, containsAwait) ?? false);
}

/** Whether what is expected of is a call, or a function that is called. */
function hasOwnCall(expression: ts.Expression): boolean {
  const isOwn = (node: ts.Node): boolean =>
    ts.isCallExpression(node) && !/^expect\b/.test(node.expression.getText());
  const contains = (node: ts.Node): boolean =>
    isOwn(node) || (ts.forEachChild(node, contains) ?? false);
  const look = (node: ts.Node): boolean => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression))
      return node.arguments.some(contains);
    return ts.forEachChild(node, (child) => look(child)) ?? false;
  };
  return look(expression);
}

/** What stands in for an assertion that is removed. */
const NOTHING = { statement: ';', return: 'return;', body: 'undefined' };

export const removeAssertion = (text: string, { start, end, place }: Assertion): string =>
  text.slice(0, start) + NOTHING[place] + text.slice(end);

/** The file in which a test goes on after an assertion that failed: it notes the line of each. */
export function softenAssertions(text: string, assertions: readonly Assertion[]): string {
  let softened = text;
  for (const one of [...assertions].sort((a, b) => b.start - a.start)) {
    const inner = softened.slice(one.start, one.end);
    softened = softened.slice(0, one.start) + soften(inner, one) + softened.slice(one.end);
  }
  // In one line, so that all others keep their numbers.
  return `${HELPERS} ${softened}`;
}

const HELPERS = [
  "import { appendFileSync as appendLine } from 'node:fs';",
  `const noteLine = (line) => { appendLine(process.env['${FAILED_LINES}'], line + '\\n'); };`,
  'const goOn = (line, run) => { try { const result = run(); return typeof result?.then === "function" ? result.then(undefined, () => noteLine(line)) : result; } catch { return noteLine(line); } };',
].join(' ');

function soften(text: string, { line, place, hasAwait }: Assertion): string {
  if (place === 'statement') return `try { ${text} } catch { noteLine(${line}); }`;
  const expression = place === 'return' ? text.replace(/^return\s+/, '').replace(/;$/, '') : text;
  const run = hasAwait
    ? `await goOn(${line}, async () => (${expression}))`
    : `goOn(${line}, () => (${expression}))`;
  return place === 'return' ? `return ${run};` : run;
}
