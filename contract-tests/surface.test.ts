import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { document } from '../spec-tools/bundled-document.js';
import { diffSurface, listSurface } from '../spec-tools/surface.js';

const accepted = readFileSync(new URL('./surface.txt', import.meta.url), 'utf8');

test('the contract is the one that was accepted; `make accept-contract` accepts a change', () => {
  expect(diffSurface(accepted, document)).toEqual([]);
});

test('a line that was added, removed or duplicated is reported', () => {
  const [first = '', ...rest] = listSurface(document);
  expect(diffSurface(rest.join('\n'), document)).toEqual([`+ ${first}`]);
  expect(diffSurface([first, first, ...rest].join('\n'), document)).toEqual([`- ${first}`]);
});
