import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { surfaceOf } from '../scripts/surface.js';
import { document } from './support/bundled.js';

test('the contract is the one that was accepted; `make accept-contract` accepts a change', () => {
  const text = readFileSync(new URL('./surface.txt', import.meta.url), 'utf8');
  const accepted = text.trimEnd().split('\n');
  const present = surfaceOf(document);

  const gone = accepted.filter((line) => !present.includes(line)).map((line) => `- ${line}`);
  const come = present.filter((line) => !accepted.includes(line)).map((line) => `+ ${line}`);
  expect([...gone, ...come]).toEqual([]);
});
