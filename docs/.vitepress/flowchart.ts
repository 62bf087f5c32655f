/** Shows a flowchart of Mermaid as a table of what leads where: the site draws none, and a table is read aloud, too. */
import type { MarkdownRenderer } from 'vitepress';

interface Arrow {
  from: string;
  to: string;
  label: string;
}

/** Lines such as `a["text"] -->|label| b`; a node that was named before is meant by its name alone. */
const LINE = /^\s*(\w+)(?:\["([^"]*)"\])? -->(?:\|([^|]*)\|)? (\w+)(?:\["([^"]*)"\])?\s*$/;

function readArrows(chart: string): Arrow[] {
  const texts = new Map<string, string>();
  return chart.split('\n').flatMap((line) => {
    const [, from, fromText, label = '', to, toText] = LINE.exec(line) ?? [];
    if (from === undefined || to === undefined) return [];
    if (fromText !== undefined) texts.set(from, fromText);
    if (toText !== undefined) texts.set(to, toText);
    return [{ from: texts.get(from) ?? from, to: texts.get(to) ?? to, label }];
  });
}

export function showFlowcharts(markdown: MarkdownRenderer): void {
  const { escapeHtml } = markdown.utils;
  const fence = markdown.renderer.rules.fence;
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const token = tokens[index];
    if (token?.info.trim() !== 'mermaid') return fence?.(tokens, index, ...rest) ?? '';
    const targets = new Map<string, string[]>();
    for (const { from, to, label } of readArrows(token.content)) {
      const name = `<code>${escapeHtml(to)}</code>${label === '' ? '' : ` (${escapeHtml(label)})`}`;
      targets.set(from, [...(targets.get(from) ?? []), name]);
    }
    const rows = [...targets].map(
      ([from, to]) => `<tr><td><code>${escapeHtml(from)}</code></td><td>${to.join(', ')}</td></tr>`,
    );
    return `<table tabindex="0"><thead><tr><th>from</th><th>to</th></tr></thead><tbody>${rows.join('')}</tbody></table>\n`;
  };
}
