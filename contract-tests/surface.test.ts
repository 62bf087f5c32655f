import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { surfaceChanges, surfaceOf } from '../scripts/surface.js';
import { document } from './support/bundled.js';

const accepted = readFileSync(new URL('./surface.txt', import.meta.url), 'utf8');

test('the contract is the one that was accepted; `make accept-contract` accepts a change', () => {
  expect(surfaceChanges(accepted, document)).toEqual([]);
});

test('a line that came, went or was doubled is told', () => {
  const [first = '', ...rest] = surfaceOf(document);
  expect(surfaceChanges(rest.join('\n'), document)).toEqual([`+ ${first}`]);
  expect(surfaceChanges([first, first, ...rest].join('\n'), document)).toEqual([`- ${first}`]);
});
