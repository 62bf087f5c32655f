import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { document } from '../../spec-tools/bundled-document.js';
import { findChromium, launchChromium } from '../../spec-tools/chromium.js';
import { compareWithAccepted } from './accepted.js';
import { type Coverage, measureCoverage } from './cover.js';
import { formatPage } from './page.js';

const chromiumPath = findChromium('the coverage page in a browser');

const coverage: Coverage = measureCoverage(document, []);
// Every third cell is covered and every third is accepted, so that the page shows all that it can.
for (const [at, cell] of coverage.cells.entries()) {
  if (at % 3 > 0) continue;
  cell.first = 'GET /<a>?b=1&c=2 -> 200';
  cell.tests = new Set(['a test', 'another']);
}
const isAcceptedAt = (at: number) => at % 3 === 1;
const accepted = `# Because <nobody> can.\n${coverage.cells
  .flatMap(({ name }, at) => (isAcceptedAt(at) ? [name] : []))
  .join('\n')}\n`;
const html = formatPage(coverage, accepted, compareWithAccepted(coverage.cells, accepted));

test('the page names every cell, and in each section what is not covered comes first', () => {
  expect(
    coverage.cells.filter(({ name }) => !html.includes(name.replaceAll('"', '&quot;'))),
  ).toEqual([]);
  const sections = html.split('<section>').slice(1);
  expect(sections.length).toBeGreaterThan(20);
  for (const section of sections) {
    const marks = [...section.matchAll(/<li class="(\w+)"/g)].map(([, mark]) => mark);
    const order = marks.map((mark) => ['no', 'accepted', 'yes'].indexOf(mark ?? ''));
    expect(order).toEqual([...order].sort());
  }
});

test('the page asks for nothing and runs nothing', () => {
  expect(html).not.toMatch(/<script|<link(?! rel="icon" href="data:,")|<img|@import|url\(|https?:/);
});

interface CSSColors {
  backgroundColor: string;
  color: string;
}

const inBrowser = chromiumPath === undefined ? describe.skip : describe;
inBrowser('in Chromium, the page', () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  /** What the page complained about and asked for. */
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aep-batch-page-'));
    const file = join(folder, 'contract.html');
    await writeFile(file, html);
    const address = pathToFileURL(file).href;
    browser = await launchChromium(chromiumPath ?? '');
    page = await browser.newPage({ offline: true, viewport: { width: 360, height: 640 } });
    page.on('console', (message) => problems.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (request.url() !== address) problems.push(`request: ${request.url().slice(0, 80)}`);
    });
    await page.goto(address, { timeout: 0 }); // the time of this hook is the limit
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
  }, 120_000); // Chromium starts slowly on a busy machine
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('renders without a message, a request or a sideways scroll at phone width', async () => {
    const width = await page.evaluate('document.documentElement.scrollWidth');

    expect([width, problems]).toEqual([360, []]);
  });

  test.each([
    ['light', 'rgb(255, 255, 255)', 'rgb(27, 31, 36)'],
    ['dark', 'rgb(13, 17, 23)', 'rgb(230, 237, 243)'],
  ] as const)('has the colors of a %s scheme', async (colorScheme, back, text) => {
    await page.emulateMedia({ colorScheme });
    const { backgroundColor, color } = await page.evaluate<CSSColors>(
      '(({ backgroundColor, color }) => ({ backgroundColor, color }))(getComputedStyle(document.body))',
    );

    expect([backgroundColor, color]).toEqual([back, text]);
  });

  test('has only links that lead to an anchor on it, and every anchor once', async () => {
    const { links, ids } = await page.evaluate<{ links: string[]; ids: string[] }>(`({
      links: [...document.links].map((link) => link.getAttribute('href')),
      ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
    })`);

    expect(links.length).toBeGreaterThan(40);
    expect(links.filter((link) => !ids.includes(link.slice(1)))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
