import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCredentialFile } from '../../src/cli/credential-file.js';
import { formatEnvFile } from '../../src/cli/env-file.js';
import { readEnvironment } from '../../src/cli/environment.js';
import { UsageError } from '../../src/cli/exit-codes.js';
import { chooseCount, givenSeed } from '../support/scale.js';

const TEXTS = chooseCount({ quick: 60, deep: 500 });

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-env-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const credential = { orgId: 'O@AdobeOrg', clientId: 'c', clientSecret: 's', scopes: ['a', 'b'] };

/** What is read from a `.env` with these values. */
async function roundTrip(more: Partial<typeof credential>, sandbox = 'dev') {
  await writeFile(join(folder, '.env'), formatEnvFile({ ...credential, ...more }, sandbox));
  return readEnvironment(folder, {}).values;
}

describe('a .env gives back exactly what was written to it', () => {
  test.each([
    ['a single quote', "p-8e'x"],
    ['a double quote', 'p"x'],
    ['a backtick', 'p`x'],
    ['a backslash and an n', 'p\\nx'],
    ['a single quote with a backslash and an n', "p'\\nx"],
    ['a single quote and a backtick', "p'`x"],
    ['all three quotes inside', 'p\'"`x'],
    ['a hash', 'p#x'],
    ['a hash after a blank', "p '#x"],
    ['a dollar', '$HOME$(id)'],
    ['blanks at its ends', '  p x\t'],
    ['backslashes', 'p\\\\x\\'],
    ['a backslash at its end, with a quote', "p'x\\"],
    ['other alphabets', 'pässwörd-密码-🔑'],
    ['white space of Unicode', '\u00a0p\u2028x\u3000'],
    ['an equals sign', 'p=x=='],
    ['export', 'export p=x'],
    ['a NUL', 'p\u0000x'],
  ])('%s', async (_, clientSecret) => {
    expect((await roundTrip({ clientSecret })).AEP_CLIENT_SECRET).toBe(clientSecret);
  });

  test('any text in any field is read back, or rejected with a message that does not show it', async () => {
    const parts = [
      "'",
      '"',
      '`',
      '\\n',
      '\\',
      '#',
      '$',
      ' ',
      '\t',
      '\n',
      '\r',
      '=',
      'é',
      '\ud800',
      'A=',
    ];
    const mixed = fc.array(fc.constantFrom(...parts, 'x', 'ab'), { maxLength: 8 });
    const text = fc.oneof(
      mixed.map((all) => all.join('')),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    let written = 0;
    await fc.assert(
      fc.asyncProperty(text, text, text, async (clientSecret, clientId, orgId) => {
        const given = {
          AEP_CLIENT_SECRET: clientSecret,
          AEP_CLIENT_ID: clientId,
          AEP_ORG_ID: orgId,
        };
        const set = Object.entries(given).filter(([, value]) => value !== '');
        try {
          const read = await roundTrip({ clientSecret, clientId, orgId });
          written += 1;
          const rest = { AEP_SANDBOX: 'dev', AEP_SCOPES: 'a,b' };
          expect(read).toEqual({ ...rest, ...Object.fromEntries(set) });
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          expect(error.message).toMatch(/^The value for AEP_\w+ cannot be written to a \.env file/);
        }
      }),
      { numRuns: TEXTS, seed: givenSeed ?? 20 },
    );
    expect(written).toBeGreaterThan(TEXTS / 5);
  });

  test.each([
    ['a line break', 'p\nx'],
    ['a carriage return', 'p\rx'],
    ['half a character', 'p\ud800x'],
    ['quotes of all kinds and a hash', 'p\'"`#x'],
    ['blanks alone', '  '],
  ])('%s is rejected, and nothing of the value is shown', (_, clientSecret) => {
    const write = () => formatEnvFile({ ...credential, clientSecret }, 'dev');

    expect(write).toThrow(/AEP_CLIENT_SECRET cannot be written to a \.env file/);
    expect(write).not.toThrow(/p.x/);
  });

  test('the secret of the credentials file is not trimmed', () => {
    const oauth = { client_id: 'c', client_secrets: [' s '], scopes: ['a'] };
    const details = { credentials: [{ oauth_server_to_server: oauth }] };
    const project = { org: { ims_org_id: 'O@AdobeOrg' }, workspace: { details } };

    expect(parseCredentialFile(JSON.stringify({ project }), 'c.json').clientSecret).toBe(' s ');
  });
});
