/** What packed files are put together from, as the steps of a journal say it. */
import type { FileEntry, MemberEntry } from './journal-entries.js';

export class PackedMembers {
  readonly #members = new Map<string, MemberEntry[]>();
  /** The packed file whose members come next. */
  #current: FileEntry | undefined;

  clear(): void {
    this.#members.clear();
    this.#current = undefined;
  }

  /** @throws {Error} for a file after a packed one that is not complete. */
  addFile(entry: FileEntry): void {
    this.assertComplete();
    this.#current = entry.members === undefined ? undefined : entry;
    if (this.#current !== undefined) this.#members.set(entry.path, []);
  }

  /** @throws {Error} for a file that is not a part of the packed file before it. */
  add(entry: MemberEntry): void {
    const packed = this.#current;
    assert(packed !== undefined, `${entry.path} as a part of no packed file`);
    const members = this.list(packed.path);
    const { place } = members.at(-1) ?? {};
    const next = place === undefined ? 1 : place.firstLine + place.lines;
    assert(entry.place.firstLine === next, `${entry.path} at another line of ${packed.path}`);
    members.push(entry);
    assert(members.length <= (packed.members ?? 0), `more files in ${packed.path}`);
  }

  /** @throws {Error} if members of the last packed file are missing, or do not make it up. */
  assertComplete(): void {
    const packed = this.#current;
    if (packed === undefined) return;
    const members = this.list(packed.path);
    assert(members.length === packed.members, `${members.length} of the files in ${packed.path}`);
    let sum = 0;
    for (const { place } of members) sum += place.bytes + (place.addsNewline ? 1 : 0);
    assert(sum === packed.sizeBytes, `files of another size in ${packed.path}`);
  }

  list(path: string): MemberEntry[] {
    return this.#members.get(path) ?? [];
  }

  /** Puts a changed step in the place of its former one. @returns whether there was one that changes. */
  replace(path: string, change: (entry: MemberEntry) => MemberEntry | undefined): boolean {
    for (const members of this.#members.values()) {
      const at = members.findIndex((one) => one.path === path);
      const entry = members[at];
      const changed = entry && change(entry);
      if (changed === undefined) continue;
      members[at] = changed;
      return true;
    }
    return false;
  }
}

function assert(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(`it records ${otherwise}`);
}
