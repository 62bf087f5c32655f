import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Published, validatePublished } from './support/validate-published.js';

function load(folder: 'accept' | 'reject'): [file: string, published: Published][] {
  const at = new URL(`./published/${folder}/`, import.meta.url);
  return readdirSync(at).map((file) => [file, JSON.parse(readFileSync(new URL(file, at), 'utf8'))]);
}

describe('what was published is accepted by the document', () => {
  test.each(load('accept'))('%s', (_, published) => {
    expect(validatePublished(published)).toEqual([]);
  });
});

describe('what was made wrong on purpose is rejected by the document', () => {
  test.each(load('reject'))('%s', (_, published) => {
    expect(validatePublished(published)).not.toEqual([]);
  });
});
