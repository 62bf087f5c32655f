/** Links of the pages in the tarball: their files and headings have to be in it, too. */
import { posix } from 'node:path';

/** @returns a line for each link that leads nowhere. `pages` has the text of each page, `files` every path. */
export function checkLinks(
  pages: ReadonlyMap<string, string>,
  files: ReadonlySet<string>,
): string[] {
  return [...pages].flatMap(([page, text]) =>
    listLinks(text).flatMap((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : posix.join(posix.dirname(page), path);
      // A folder, as in `examples/`, counts as there if a file in it is.
      const isFolder = target.endsWith('/') && [...files].some((file) => file.startsWith(target));
      if (!isFolder && !files.has(target))
        return [`${page}: ${link}: ${target} is not in the package`];
      const linked = pages.get(target);
      if (anchor === undefined || linked === undefined) return [];
      return listAnchors(linked).has(anchor)
        ? []
        : [`${page}: ${link}: ${target} has no such heading`];
    }),
  );
}

const withoutCode = (text: string): string =>
  text.replace(/^(```+|~~~+)[^\n]*\n[\s\S]*?^\1\s*$/gm, '');

/** Relative ones only: `[text](path)`, `![text](path)` and `src="path"`. */
function listLinks(text: string): string[] {
  const prose = withoutCode(text).replace(/`[^`\n]*`/g, '');
  const found = [...prose.matchAll(/\]\(([^()\s]+)(?:\s+"[^"]*")?\)|(?:src|href)="([^"]+)"/g)];
  return found
    .map(([, markdown, html]) => markdown ?? html ?? '')
    .filter((link) => !/^[a-z][a-z+.-]*:/i.test(link));
}

/** The anchors of its headings, as GitHub and npm name them. */
function listAnchors(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCode(text).matchAll(/^#{1,6} +(.+?)\s*#*$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
