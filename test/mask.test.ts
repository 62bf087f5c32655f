import { expect, test } from '@jest/globals';
import { Secrets } from '../src/http/redact.js';

test('a value of fewer than four characters is no secret: it would mask half of every message', () => {
  const secrets = new Secrets();
  for (const short of ['a', 'is', 'the']) secrets.add(short);
  for (const short of ['b', 'of', 'and']) secrets.addToken(short);
  secrets.add('dev1');
  expect(secrets.redact('a list of the b, and dev1')).toBe('a list of the b, and [secret]');
});

test('each of several secrets that begin alike is masked to its own end', () => {
  const secrets = new Secrets();
  const tokens = ['eyJhbGciOiJIUzI1NiJ9.one', 'eyJhbGciOiJIUzI1NiJ9.another-and-longer'];
  for (const token of tokens) secrets.addToken(token);
  for (const token of tokens) expect(secrets.redact(`a ${token} b`)).toBe('a [secret] b');
});

test('a secret within another, or overlapping it, leaves nothing of either to read', () => {
  const secrets = new Secrets();
  for (const secret of ['outer-inner-secret-rest', 'inner-secret', 'secret-rest-and-more'])
    secrets.add(secret);
  expect(secrets.redact('a outer-inner-secret-rest b')).toBe('a [secret] b');
  expect(secrets.redact('a outer-inner-secret-rest-and-more b')).toBe('a [secret] b');
});
