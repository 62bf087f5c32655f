/** Where the written pages go, and the part of the site's sidebar that they are in. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Not tracked by git: everything in it is written again by `make docs`. */
export const REFERENCE = 'docs/reference';

/** As VitePress has it. */
export interface SidebarItem {
  text: string;
  link?: string;
  items?: SidebarItem[];
}

/** Writes pages by their names below the reference, without `.md`. */
export function writePages(pages: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(pages)) {
    const file = join(REFERENCE, `${name}.md`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

export const toLink = (name: string): string => `/reference/${name}`;
