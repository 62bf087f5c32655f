/** Faults that any code can have: one small change of its text each. */
import ts from 'typescript';

export interface CodeFault {
  file: string;
  line: number;
  start: number;
  end: number;
  replacement: string;
  /** What was changed, for people. */
  change: string;
  /** Whether it stands in a function, and not among what a file does when it is imported. */
  isInFunction: boolean;
}

export const applyFault = (text: string, { start, end, replacement }: CodeFault): string =>
  text.slice(0, start) + replacement + text.slice(end);

/** Operators that are easily taken for each other. */
const OPERATORS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
  [ts.SyntaxKind.QuestionQuestionToken, '&&'],
  [ts.SyntaxKind.PlusToken, '-'],
  [ts.SyntaxKind.MinusToken, '+'],
]);

/** Methods without which a program still runs. */
const OPTIONAL_METHODS = new Set([
  'filter',
  'sort',
  'reverse',
  'toReversed',
  'trim',
  'toLowerCase',
  'toUpperCase',
  'replace',
  'replaceAll',
  'slice',
]);
/** Methods that return a list, which may be empty. */
const LIST_METHODS = new Set(['map', 'flatMap', 'filter', 'flat', 'toSorted', 'entries', 'values']);

/** In `<a href="…">`. */
const ATTRIBUTE = / [\w-]+="[^"<>]*"/g;

/** What is replaced, and by what. */
type Change = readonly [range: ts.Node | ts.TextRange, replacement: string];

/** The changes of the code of a file; types, imports and the names of properties have none. */
export function listFaults(file: string, text: string): CodeFault[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const faults: CodeFault[] = [];
  const visit = (node: ts.Node, isInFunction: boolean): void => {
    if (isWithoutCode(node)) return;
    const isInside = isInFunction || ts.isFunctionLike(node);
    for (const [changed, replacement] of listChanges(node, source))
      faults.push(toFault(source, changed, replacement, isInside));
    if (ts.isExportDeclaration(node)) return; // has nothing but names
    ts.forEachChild(node, (child) => visit(child, isInside));
  };
  visit(source, false);
  return faults;
}

/** The fault that replaces a node, or a part of its text. */
export function toFault(
  source: ts.SourceFile,
  range: Change[0],
  replacement: string,
  isInFunction = false,
): CodeFault {
  const start = 'kind' in range ? range.getStart(source) : range.pos;
  const { end } = range;
  const { line } = source.getLineAndCharacterOfPosition(start);
  const change = `${shorten(source.text.slice(start, end))} → ${shorten(replacement)}`;
  return { file: source.fileName, line: line + 1, start, end, replacement, change, isInFunction };
}

const isWithoutCode = (node: ts.Node): boolean =>
  ts.isTypeNode(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isImportDeclaration(node) ||
  (ts.isExportDeclaration(node) && node.isTypeOnly);

function listChanges(node: ts.Node, source: ts.SourceFile): Change[] {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node))
    return [[node.expression, `!(${node.expression.getText(source)})`]];
  if (ts.isConditionalExpression(node))
    return [[node.condition, `!(${node.condition.getText(source)})`]];
  if (ts.isBinaryExpression(node)) {
    const other = OPERATORS.get(node.operatorToken.kind);
    return other === undefined ? [] : [[node.operatorToken, other]];
  }
  if (ts.isReturnStatement(node) && node.expression !== undefined)
    return [[node.expression, 'undefined as never']];
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body))
    return [[node.body, '(undefined as never)']];
  if (ts.isExpressionStatement(node) && canBeRemoved(node.expression)) return [[node, ';']];
  if (ts.isExportDeclaration(node)) return [[node, ';']];
  if (ts.isCallExpression(node)) return listCallChanges(node, source);
  if (ts.isArrayLiteralExpression(node)) return listListChanges(node, source);
  if (ts.isObjectLiteralExpression(node)) return listObjectChanges(node, source);
  if (ts.isPropertyAssignment(node) && isComputed(node.initializer))
    return [[node.initializer, 'undefined as never']];
  if (ts.isShorthandPropertyAssignment(node))
    return [[node, `${node.name.text}: undefined as never`]];
  return [...listLiteralChanges(node), ...listMarkupChanges(node, source)];
}

function listListChanges(node: ts.ArrayLiteralExpression, source: ts.SourceFile): Change[] {
  const [first, ...others] = node.elements;
  if (first === undefined) return [];
  const rest = others.map((element) => element.getText(source)).join(', ');
  const changes: Change[] = [[node, '[]']];
  if (others.length > 0) changes.push([node, `[${rest}]`]);
  // A copy that is none.
  else if (ts.isSpreadElement(first)) changes.push([node, first.expression.getText(source)]);
  return changes;
}

function listObjectChanges(node: ts.ObjectLiteralExpression, source: ts.SourceFile): Change[] {
  const [first, ...others] = node.properties;
  if (first === undefined) return [];
  const rest = `{ ${others.map((property) => property.getText(source)).join(', ')} }`;
  const changes: Change[] = others.length > 0 ? [[node, rest]] : [];
  if (!ts.isSpreadAssignment(first)) return changes;
  // A copy with other members, which changes the original.
  return [...changes, [node, `Object.assign(${first.expression.getText(source)}, ${rest})`]];
}

function listLiteralChanges(node: ts.Node): Change[] {
  if (ts.isNumericLiteral(node)) return [[node, `${Number(node.text) + 1}`]];
  if (ts.isRegularExpressionLiteral(node)) return [[node, '/(?!)/']];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [[node, 'false']];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [[node, 'true']];
  if (ts.isTemplateExpression(node)) return [[node, "''"]];
  const isText = ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node);
  if (!isText || node.text === '') return [];
  const isName = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
  return isName ? [] : [[node, "''"]];
}

/** An attribute of markup is left out. */
function listMarkupChanges(node: ts.Node, source: ts.SourceFile): Change[] {
  if (!ts.isTemplateExpression(node) && !ts.isStringLiteralLike(node)) return [];
  // The text of a template has those within it, too.
  if (ts.findAncestor(node.parent, ts.isTemplateExpression) !== undefined) return [];
  const start = node.getStart(source);
  return [...node.getText(source).matchAll(ATTRIBUTE)].map(({ 0: { length }, index }) => {
    const pos = start + index;
    return [{ pos, end: pos + length }, ''];
  });
}

/** Whether a value is none that stands in the text, which has changes of its own. */
const isComputed = (node: ts.Expression): boolean =>
  ts.isIdentifier(node) ||
  ts.isPropertyAccessExpression(node) ||
  ts.isCallExpression(node) ||
  ts.isBinaryExpression(node);

/** A constructor has to call that of its parent. */
const canBeRemoved = (expression: ts.Expression): boolean =>
  !(ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword);

/** Calls that return nothing, their argument itself, or what they were called on. */
function listCallChanges(node: ts.CallExpression, source: ts.SourceFile): Change[] {
  const called = node.expression;
  const [argument] = node.arguments;
  if (ts.isIdentifier(called) && called.text === 'structuredClone' && argument !== undefined)
    return [[node, argument.getText(source)]];
  if (!ts.isPropertyAccessExpression(called)) return [];
  const changes: Change[] = [];
  const name = called.name.text;
  if (OPTIONAL_METHODS.has(name)) changes.push([node, called.expression.getText(source)]);
  if (LIST_METHODS.has(name)) changes.push([node, '[]']);
  return changes;
}

const MAX_SHOWN = 60;
/** A text in one line, for people. */
export const shorten = (text: string): string => {
  const line = text.replace(/\s+/g, ' ');
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
};
