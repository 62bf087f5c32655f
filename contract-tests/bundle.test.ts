import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

test("the bundle of Redocly's command is generated/openapi.json, byte for byte, except for its first field", async () => {
  const args = ['bundle', 'spec/openapi.yaml', '--ext', 'json'];
  const child = spawn(process.execPath, [`${ROOT}node_modules/@redocly/cli/bin/cli.js`, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });
  const bundle = await text(child.stdout);
  const generated = readFileSync(`${ROOT}generated/openapi.json`, 'utf8');
  const [, notice = '', ...rest] = generated.split('\n');
  expect(notice).toMatch(/^ {2}"x-generated": "[^"]+",$/);
  // Not toBe(): a difference would print both documents.
  expect(bundle.trimEnd() === ['{', ...rest].join('\n').trimEnd()).toBe(true);
});
