/** Lists and maps as older writers nest them, in the form in which the reader of pages knows them. */
import type { FileMetaData, SchemaElement } from 'hyparquet';

/** A column, or a group of columns. */
interface Node {
  element: SchemaElement;
  readonly children: Node[];
}

/** A group between a list and its fields. It is in every element, so that no level of the pages changes. */
const ELEMENT = { name: 'element', repetition_type: 'REQUIRED' } as const;

/** Deeper columns are not changed. */
const MAX_DEPTH = 512;

/**
 * The same metadata with each LIST in three levels and each map as MAP of `key` and `value`: the reader takes
 * others for objects, or the only field of an element for the element.
 */
export function normalizeNesting(metadata: FileMetaData): FileMetaData {
  const { schema, row_groups } = metadata;
  if (!schema.some((element) => readNesting(element) !== undefined)) return metadata;
  const root = toTree(schema);
  rewrite(root);
  const paths = listLeaves(root, []);
  return {
    ...metadata,
    schema: toList(root),
    row_groups: row_groups.map((group) => ({
      ...group,
      columns: group.columns.map((column, at) => {
        const { meta_data } = column;
        if (meta_data === undefined) return column;
        const path = paths[at] ?? meta_data.path_in_schema;
        return { ...column, meta_data: { ...meta_data, path_in_schema: path } };
      }),
    })),
  };
}

/** By either of the annotations: newer writers may leave out the older one. */
function readNesting({
  converted_type: converted,
  logical_type: logical,
}: SchemaElement): 'LIST' | 'MAP' | undefined {
  if (converted === 'LIST' || logical?.type === 'LIST') return 'LIST';
  const isMap = converted === 'MAP' || converted === 'MAP_KEY_VALUE' || logical?.type === 'MAP';
  return isMap ? 'MAP' : undefined;
}

function rewrite(node: Node): void {
  const nesting = readNesting(node.element);
  const [repeated, ...others] = node.children;
  const isNested = others.length === 0 && repeated?.element.repetition_type === 'REPEATED';
  if (nesting !== undefined && isNested) {
    node.element = { ...node.element, converted_type: nesting };
    if (nesting === 'LIST' && isElement(repeated, node.element.name)) {
      const element = { ...ELEMENT, num_children: repeated.children.length };
      const inner = { element, children: repeated.children.splice(0) };
      repeated.children.push(inner);
      repeated.element = { ...repeated.element, num_children: 1 };
    }
    if (nesting === 'MAP' && repeated.children.length === 2) {
      for (const [at, name] of ['key', 'value'].entries()) {
        const child = repeated.children[at];
        if (child !== undefined) child.element = { ...child.element, name };
      }
    }
  }
  for (const child of node.children) rewrite(child);
}

/** Whether a repeated group is itself the element, by the rules of the format for older files. */
export const isElementGroup = (name: string, listName: string, children: number): boolean =>
  children > 1 || (children === 1 && (name === 'array' || name === `${listName}_tuple`));

const isElement = ({ element, children }: Node, listName: string): boolean =>
  isElementGroup(element.name, listName, children.length);

function toTree(schema: readonly SchemaElement[]): Node {
  let next = 0;
  const read = (depth: number): Node => {
    const element = schema[next++] ?? { name: '' };
    const children: Node[] = [];
    const count = depth < MAX_DEPTH ? (element.num_children ?? 0) : 0;
    while (children.length < count && next < schema.length) children.push(read(depth + 1));
    return { element, children };
  };
  return read(0);
}

const toList = ({ element, children }: Node): SchemaElement[] => [
  element,
  ...children.flatMap(toList),
];

const listLeaves = ({ children }: Node, path: readonly string[]): string[][] =>
  children.flatMap((child) => {
    const inner = [...path, child.element.name];
    return child.children.length === 0 ? [inner] : listLeaves(child, inner);
  });
