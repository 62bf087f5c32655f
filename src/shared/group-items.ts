/** More arguments at a time would not fit on the stack. */
const MAX_ITEMS = 10_000;

/** The items in groups that can be passed as arguments. */
export function* groupItems<Item>(items: Iterable<Item>): Generator<Item[], void> {
  let group: Item[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length < MAX_ITEMS) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
