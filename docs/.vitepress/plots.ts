/** Shows the code blocks of the language `svg-plot` as the drawings that they are: Markdown has no HTML here. */
import type { MarkdownRenderer } from 'vitepress';

export function showPlots(markdown: MarkdownRenderer): void {
  const fence = markdown.renderer.rules.fence;
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const token = tokens[index];
    const isPlot = token?.info.trim() === 'svg-plot';
    return isPlot
      ? `<div class="plot">${token.content}</div>\n`
      : (fence?.(tokens, index, ...rest) ?? '');
  };
}
