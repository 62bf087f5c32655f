/** The site of the documentation. `make docs` builds it to .cache/site/; docs/reference/ is written before. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { showFlowcharts } from './flowchart.js';
import { showPlots } from './plots.js';

const DOCS = fileURLToPath(new URL('..', import.meta.url));

/** The pages in their order; one that does not exist is left out. */
const GUIDES: readonly string[] = [
  ...['tutorial', 'credentials', 'ingest', 'loads', 'sources', 'once', 'pace', 'telemetry'],
  ...['schema', 'csv', 'errors', 'waiting', 'resume', 'command', 'testing-your-pipeline', 'ci'],
  ...['fleet', 'proxies', 'steps', 'raw'],
];
const PROJECT: readonly string[] = ['architecture', 'runtimes', 'known-drift'];
const WRITTEN = ['scorecard', 'benchmarks', 'contributing', 'changelog', 'security'];

const readTitle = (page: string): string =>
  /^# (.+)$/m.exec(readFileSync(`${DOCS}${page}.md`, 'utf8'))?.[1]?.replaceAll('`', '') ?? page;

const toItems = (pages: readonly string[]): DefaultTheme.SidebarItem[] =>
  pages
    .filter((page) => existsSync(`${DOCS}${page}.md`))
    .map((page) => ({ text: readTitle(page), link: `/${page}` }));

/** A page that no list has, such as a new guide, comes after the guides. */
const others = readdirSync(DOCS)
  .flatMap((name) => (name.endsWith('.md') ? [name.slice(0, -'.md'.length)] : []))
  .filter((page) => page !== 'index' && ![...GUIDES, ...PROJECT].includes(page));

/** Written by `make docs`: the whole reference, a group for each of its parts. */
const reference: DefaultTheme.SidebarItem[] = JSON.parse(
  readFileSync(`${DOCS}reference/sidebar.json`, 'utf8'),
);

/** The first page of a group. */
const findEntry = ({ link, items }: DefaultTheme.SidebarItem): string =>
  link ?? items?.[0]?.link ?? '/';

const entries = reference.map((group) => ({ text: group.text ?? '', link: findEntry(group) }));

/**
 * A group is the sidebar of its own pages, as hundreds of links on every page would slow down all of them. None can
 * be collapsed: VitePress nests the buttons for that.
 */
const groups = Object.fromEntries(
  reference
    .filter(({ items }) => items !== undefined)
    .map((group) => [
      findEntry(group).replace(/index$/, ''),
      [group, { text: 'Reference', items: entries }],
    ]),
);

/** The anchors of GitHub, so that links in the pages lead to the same places there. */
const slugify = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

export default defineConfig({
  title: 'aep-batch',
  description: 'Load batches into Adobe Experience Platform.',
  lang: 'en',
  cacheDir: '../.cache/vitepress',
  outDir: '../.cache/site',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }]],
  // The index of the search is one file.
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  router: { prefetchLinks: false },
  markdown: {
    // Text in angle brackets is text: no page needs HTML.
    html: false,
    anchor: { slugify },
    config(markdown) {
      showFlowcharts(markdown);
      showPlots(markdown);
    },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'Command', link: '/reference/command/index' },
      { text: 'Library', link: '/reference/library/aep-batch/index' },
      { text: 'API', link: '/reference/api/index' },
      { text: 'Benchmarks', link: '/reference/benchmarks' },
    ],
    sidebar: {
      ...groups,
      '/': [
        { text: 'Guides', items: [...toItems(GUIDES), ...toItems(others)] },
        { text: 'Reference', items: entries },
        {
          text: 'The project',
          items: toItems([...PROJECT, ...WRITTEN.map((page) => `reference/${page}`)]),
        },
      ],
    },
  },
});
