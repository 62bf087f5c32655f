import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findChromium, launchChromium } from '../../spec-tools/chromium.js';
import { pages, readPage, serveSite, toText } from './built-site.js';

jest.setTimeout(600_000); // the target of make has its own budget

const chromium = findChromium('the site of the documentation in a browser');
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const [PHONE, DESKTOP] = [
  { width: 360, height: 740 },
  { width: 1360, height: 900 },
];

/** Pages that were written by hand, and some of each kind that are written by a script. */
const VARIED = pages.filter(
  (page) =>
    !/^reference\/(?:library|command)\//.test(page) ||
    /\/(?:index|ingest|IngestOptions|BatchClient|createBatchClient|ApiError|RawInit|VERSION)\.html$/.test(
      page,
    ),
);

const inBrowser = chromium === undefined ? describe.skip : describe;
inBrowser('in Chromium, the site', () => {
  let browser: Browser;
  let server: Server;
  let origin: string;
  let context: BrowserContext;
  /** What pages complained about, and what they asked for elsewhere. */
  const problems: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium(chromium ?? '');
    ({ origin, server } = await serveSite());
    context = await browser.newContext({ viewport: PHONE });
    context.setDefaultTimeout(120_000);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function openTab(): Promise<Page> {
    const tab = await context.newPage();
    tab.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        problems.push(`${tab.url()}: ${message.text()}`);
    });
    tab.on('pageerror', (error) => problems.push(`${tab.url()}: ${error.message}`));
    tab.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${origin}/`) && !url.startsWith('data:'))
        problems.push(`${tab.url()}: ${url}`);
    });
    tab.on('response', (response) => {
      if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
    });
    return tab;
  }

  /** Does it for each page, in two tabs at a time. @returns what it found. */
  async function visit(
    list: readonly string[],
    inspect: (tab: Page, page: string) => Promise<string[]>,
  ): Promise<string[]> {
    const queue = [...list];
    const found: string[] = [];
    const work = async () => {
      const tab = await openTab();
      for (let page = queue.shift(); page !== undefined; page = queue.shift()) {
        found.push(...(await inspect(tab, page)));
      }
      await tab.close();
    };
    await Promise.all([work(), work()]);
    return found;
  }

  /** Whether it has a heading, and scrolls in one direction alone. */
  async function findLayoutFaults(tab: Page, page: string): Promise<string[]> {
    const { width, text } = await tab.evaluate<{ width: number; text: string }>(
      '({ width: document.documentElement.scrollWidth, text: document.querySelector("h1")?.textContent ?? "" })',
    );
    return width === PHONE.width && text.trim() !== '' ? [] : [`${page}: ${width} px, "${text}"`];
  }

  test('loads pages of each kind without an error, a request elsewhere, a sideways scroll on a phone or a serious fault of accessibility', async () => {
    const faults = await visit(VARIED, async (tab, page) => {
      await tab.setViewportSize(PHONE);
      await tab.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
      await tab.goto(`${origin}/${page}`);
      // Set by Vue once the page runs.
      await tab.waitForFunction('document.querySelector("#app")?.__vue_app__ !== undefined');
      const found = await findLayoutFaults(tab, page);
      await tab.addScriptTag({ path: AXE });
      found.push(...(await findFaults(tab)).map((fault) => `${page}, dark, phone: ${fault}`));
      await tab.setViewportSize(DESKTOP);
      await tab.emulateMedia({ colorScheme: 'light' });
      await tab.waitForFunction('!document.documentElement.classList.contains("dark")');
      found.push(...(await findFaults(tab)).map((fault) => `${page}, light, desk: ${fault}`));
      return found;
    });

    expect(VARIED.length).toBeGreaterThan(30);
    expect([faults, problems]).toEqual([[], []]);
  });

  test('shows every page behind a link without an error, a request elsewhere or a sideways scroll on a phone', async () => {
    const isAt = new Map<Page, boolean>();
    const faults = await visit(pages, async (tab, page) => {
      if (!isAt.has(tab)) await tab.goto(`${origin}/tutorial.html`);
      isAt.set(tab, true);
      // The router leaves out the name of an index.
      const path = `/${page}`.replace(/\/index\.html$/, '/');
      const [, title = ''] = /<title>(.*?)<\/title>/.exec(readPage(page)) ?? [];
      await tab.evaluate(`{
        const link = Object.assign(document.createElement('a'), { href: ${JSON.stringify(`/${page}`)} });
        document.querySelector('#app').append(link);
        link.click();
        link.remove();
      }`);
      await tab.waitForFunction(
        `location.pathname === ${JSON.stringify(path)} && document.querySelector('.VPDoc, .VPHome') !== null && document.title.replace(/\\W/g, '') === ${JSON.stringify(toText(title).replace(/\W/g, ''))}`,
      );
      return findLayoutFaults(tab, page);
    });

    expect(pages.length).toBeGreaterThan(150);
    expect([faults, problems]).toEqual([[], []]);
  });

  test('follows the scheme of the reader', async () => {
    const tab = await openTab();
    const colors: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await tab.emulateMedia({ colorScheme });
      await tab.goto(`${origin}/tutorial.html`);
      colors.push(await tab.evaluate('getComputedStyle(document.body).backgroundColor'));
    }
    await tab.close();

    expect(colors).toEqual(['rgb(255, 255, 255)', 'rgb(27, 27, 31)']);
  });

  test('finds pages by its search, without a request elsewhere', async () => {
    const tab = await openTab();
    await tab.setViewportSize(DESKTOP);
    await tab.goto(`${origin}/`);
    await tab.click('#local-search button');
    await tab.fill('.VPLocalSearchBox input', 'checkRows');
    await tab.waitForSelector('.VPLocalSearchBox .result');
    const results = await tab.locator('.VPLocalSearchBox .result').allTextContents();
    await tab.close();

    expect(results.join(' ')).toContain('checkRows');
    expect(problems).toEqual([]);
  });
});

/** The rules of axe that are broken, with the first element of each. */
const findFaults = (tab: Page): Promise<string[]> =>
  tab.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ' ×' + nodes.length + ': ' + nodes[0].html.slice(0, 120) + ' ' + nodes[0].failureSummary.slice(0, 240)))`);
