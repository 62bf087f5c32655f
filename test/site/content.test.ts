import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { document } from '../../spec-tools/bundled-document.js';
import { dereference, type Json, listOperations } from '../../spec-tools/operations.js';
import { openStreams } from '../../src/cli/output.js';
import { buildProgram } from '../../src/cli/program.js';
import * as library from '../../src/index.js';
import { files, pages, readPage, toText } from './built-site.js';

const ids = new Map(
  pages.map((page) => [
    page,
    new Set([...readPage(page).matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id)),
  ]),
);

test('every internal link leads to a file of the site, and every anchor to a place on its page', () => {
  let checked = 0;
  const broken = pages.flatMap((page) =>
    [...readPage(page).matchAll(/<a\b[^>]* href="([^"]*)"/g)].flatMap(([, href = '']) => {
      if (/^(?:\w+:|\/\/)/.test(href)) return [];
      checked++;
      const [path = '', anchor = ''] = href.split('#');
      const target = path === '' ? page : posix.join('/', posix.dirname(page), path).slice(1);
      const absolute = path.startsWith('/') ? path.slice(1) : target;
      const file = absolute === '' || absolute.endsWith('/') ? `${absolute}index.html` : absolute;
      const isThere =
        files.includes(file) && (anchor === '' || ids.get(file)?.has(decodeURIComponent(anchor)));
      return isThere ? [] : [`${page}: ${href}`];
    }),
  );

  expect(checked).toBeGreaterThan(1000);
  expect(broken).toEqual([]);
});

test('every page of docs/ is a page of the site, and in its sidebar', () => {
  const docs = readdirSync(new URL('../../docs', import.meta.url)).filter((name) =>
    name.endsWith('.md'),
  );
  const home = readPage('tutorial.html');
  const missing = docs
    .map((name) => name.replace(/\.md$/, '.html'))
    .filter(
      (page) =>
        !pages.includes(page) || (page !== 'index.html' && !home.includes(`href="/${page}"`)),
    );

  expect(docs.length).toBeGreaterThan(15);
  expect(missing).toEqual([]);
});

/** The part of a page from the heading with this id to the next of its level. */
function cutSection(page: string, id: string): string {
  const [, section = ''] = new RegExp(`<h2 id="${id}"(.*?)(?=<h2 id=|$)`, 's').exec(page) ?? [];
  return section;
}

const operations = listOperations(document);
const apiPages = pages.filter((page) => /^reference\/api\/(?!bodies)/.test(page)).map(readPage);

test.each(operations.map((operation) => [operation.id, operation] as const))(
  'the section of %s has its request, parameters, responses and every example',
  (id, { method, path, operation }) => {
    const sections = apiPages
      .map((page) => cutSection(page, id.toLowerCase()))
      .filter((section) => section !== '');
    expect(sections).toHaveLength(1);
    const text = toText(sections[0] ?? '');

    const bodies = [
      operation['requestBody'] ?? {},
      ...Object.values(operation['responses'] as Json),
    ]
      .map((body) => dereference(document, body))
      .flatMap(({ content }) => Object.values((content ?? {}) as Json));
    const examples = bodies.flatMap((media) =>
      Object.entries(((media as Json)['examples'] ?? {}) as Json).map(
        ([name, example]) => [name, dereference(document, example)['value']] as const,
      ),
    );
    const parameters = ((operation['parameters'] ?? []) as Json[]).map((parameter) =>
      dereference(document, parameter),
    );
    const expected = [
      `${method.toUpperCase()}${path}`,
      ...parameters.map(({ name }) => String(name)),
      ...Object.keys(operation['responses'] as Json).map((status) => `Response${status}`),
      ...examples.flatMap(([name, value]) => [
        `Example${name}:`,
        (typeof value === 'string' ? value : JSON.stringify(value)).replace(/\s+/g, ''),
      ]),
    ];
    expect(examples.length + parameters.length).toBeGreaterThan(0);
    expect(expected.filter((part) => !text.includes(part.replace(/\s+/g, '')))).toEqual([]);
  },
);

test('the reference of the command has every subcommand with all its options', async () => {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const { commands } = await buildProgram(openStreams(nowhere, nowhere), () => undefined);
  const missing = commands.flatMap((command) => {
    const text = toText(readPage(`reference/command/${command.name()}.html`));
    return command.options
      .filter(({ hidden, flags }) => !hidden && !text.includes(flags.replace(/\s+/g, '')))
      .map(({ flags }) => `${command.name()}: ${flags}`);
  });

  expect(commands.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

test('the reference of the library has a page for everything that the main entry exports', () => {
  const names = new Set(
    pages
      .filter((page) => page.startsWith('reference/library/aep-batch/'))
      .map((page) => posix.basename(page, '.html')),
  );

  expect(Object.keys(library).filter((name) => !names.has(name))).toEqual([]);
});

test('the files that the site offers for download are those of the project', () => {
  for (const [file, source] of [
    ['json-output.schema.json', 'docs/json-output.schema.json'],
    ['openapi.json', 'generated/openapi.json'],
  ] as const) {
    expect(readPage(file)).toBe(readFileSync(new URL(`../../${source}`, import.meta.url), 'utf8'));
  }
});
