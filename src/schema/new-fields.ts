/** The fields that rows bring and their dataset has never had. */
import { toStep } from '../shared/json-pointer.js';
import { type Field, isObject } from './field.js';

/** Of an array, so many elements are looked at. */
const MAX_ELEMENTS = 10;

type Node = Readonly<Record<string, unknown>>;

export class NewFields {
  readonly #root: Field;
  readonly #seen: Node;
  readonly #paths = new Set<string>();

  /** @param seen the `observableSchema` of a dataset: a JSON Schema of the rows that it has had. */
  constructor(root: Field, seen: Node) {
    this.#root = root;
    this.#seen = seen;
  }

  /** As JSON pointers, with `*` for indexes; of a new object only its own path. */
  get paths(): string[] {
    return [...this.#paths].sort();
  }

  observe(row: object): void {
    this.#visit(row, this.#root, this.#seen);
  }

  /** @param names of a column and of those around it. */
  observeColumn(names: readonly string[]): void {
    let [field, node]: [Field, Node] = [this.#root, this.#seen];
    for (const name of names) {
      const inner = this.#find(name, field, node);
      if (inner === undefined) return;
      [field, node] = inner;
    }
  }

  #visit(value: unknown, field: Field, node: Node): void {
    if (Array.isArray(value)) {
      const [values, items] = [field.values, node['items']];
      if (values === undefined || !isObject(items)) return;
      for (const one of value.slice(0, MAX_ELEMENTS)) this.#visit(one, values, items);
    } else if (isObject(value)) {
      for (const [name, one] of Object.entries(value)) {
        const inner = this.#find(name, field, node);
        if (inner !== undefined) this.#visit(one, ...inner);
      }
    }
  }

  /** The field of a name and what the dataset has had of it; a new one is noted. */
  #find(name: string, field: Field, { properties }: Node): [Field, Node] | undefined {
    const inner = field.properties.get(name);
    // Without properties nothing is known of what is in it.
    if (inner === undefined || !isObject(properties)) return undefined;
    const node = properties[name];
    if (isObject(node)) return [inner, node];
    this.#paths.add(`${field.path}/${toStep(name)}`);
    return undefined;
  }
}
