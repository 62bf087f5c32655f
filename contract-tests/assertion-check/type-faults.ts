/** Faults of types: one small change of a declaration each. They show where code that uses it is compiled. */
import ts from 'typescript';
import { type CodeFault, toFault } from './code-faults.js';

/** Whether a test compiles code against the types of the project. */
export const compilesCode = (test: string): boolean => test.includes('/support/compile.js');

/** The changes of the types of a file. */
export function listTypeFaults(file: string, text: string): CodeFault[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const faults: CodeFault[] = [];
  const visit = (node: ts.Node): void => {
    for (const [changed, replacement] of listChanges(node, source))
      faults.push(toFault(source, changed, replacement));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return faults;
}

type Change = readonly [node: ts.Node, replacement: string];

function listChanges(node: ts.Node, source: ts.SourceFile): Change[] {
  if (ts.isPropertySignature(node)) return [[node, ''], ...listOptionChanges(node)];
  if (ts.isUnionTypeNode(node)) {
    const rest = node.types.slice(1).map((one) => one.getText(source));
    return [[node, rest.join(' | ')]];
  }
  if (ts.isTypeAliasDeclaration(node)) return [[node.type, 'unknown']];
  if (ts.isFunctionLike(node) && node.type !== undefined) return [[node.type, 'unknown']];
  return [];
}

/** A member that may be missing must not, or the other way round. */
function listOptionChanges({ name, questionToken }: ts.PropertySignature): Change[] {
  return questionToken === undefined ? [[name, `${name.getText()}?`]] : [[questionToken, '']];
}
