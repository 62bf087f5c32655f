import { describe, expect, jest, test } from '@jest/globals';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a machine that may be busy
const desk = useDesk();
const NAMES = ['AEP_ORG_ID', 'AEP_SANDBOX', 'AEP_CLIENT_ID', 'AEP_CLIENT_SECRET', 'AEP_SCOPES'];
const without = (names: readonly string[], more: Record<string, string> = {}) => ({
  env: { ...Object.fromEntries(names.map((name) => [name, undefined])), ...more },
});

describe('--tag', () => {
  const TAGS = ['--tag', 'team=data', '--tag', 'flow=a=b', '--tag', 'team=ops'];
  const EXPECTED = { team: ['data', 'ops'], flow: ['a=b'] };

  test('labels a created batch; values of one name are collected', async () => {
    const ended = await desk.run(['create', '--dataset', 'd', '--json', ...TAGS]);
    expect(expectJson(ended, 'create')['batch']).toMatchObject({ tags: EXPECTED });
  });

  test('labels the batch of an ingest, and is part of its plan', async () => {
    await desk.file('rows.jsonl', '{"a":1}\n');
    const args = ['ingest', 'rows.jsonl', '--dataset', 'd', '--json', ...TAGS];
    const plan = expectJson(await desk.run([...args, '--dry-run']), 'dryRun');
    const { batchId } = (await desk.run([...args, '--poll-interval-ms', '1'])).json();
    const { batch } = (await desk.run(['status', String(batchId), '--json'])).json();

    expect(plan['request']).toMatchObject({ tags: EXPECTED });
    expect(batch).toMatchObject({ tags: EXPECTED });
  });

  test('takes any name, also those that every object has', async () => {
    const tags = ['--tag', '__proto__=x', '--tag', 'constructor=y'];
    const { batch } = (await desk.run(['create', '--dataset', 'd', '--json', ...tags])).json();
    const { tags: sent } = batch as { tags: object };
    expect(Object.entries(sent)).toEqual([
      ['__proto__', ['x']],
      ['constructor', ['y']],
    ]);
  });

  test.each(['team', '=data', 'team='])('rejects %s', async (tag) => {
    const ended = await desk.run(['create', '--dataset', 'd', '--tag', tag, '--json']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('Expected name=value.');
  });
});

describe('missing configuration is one message', () => {
  test.each([
    ['list'],
    ['status', 'b'],
    ['create', '--dataset', 'd'],
    ['ingest', 'rows.jsonl', '--dataset', 'd'],
    ['upload', 'b', 'rows.jsonl', '--dataset', 'd'],
    ['errors', 'b'],
    ['wait', 'b'],
    ['revert', 'b', '--yes'],
    ['resume', 'j'],
  ])('of %s', async (...args) => {
    await desk.file('rows.jsonl', '{"a":1}\n');
    const ended = await desk.run([...args, '--json'], without(NAMES));
    const { error } = expectJson(ended, 'error') as { error: { message: string } };

    expect(ended.code).toBe(2);
    for (const name of [...NAMES, 'AEP_ACCESS_TOKEN']) expect(error.message).toContain(name);
    expect(error.message).toContain('`aep-batch init`');
  });

  test('of a dry run names the organisation and the sandbox alone', async () => {
    await desk.file('rows.jsonl', '{"a":1}\n');
    const args = ['ingest', 'rows.jsonl', '--dataset', 'd', '--dry-run'];
    const { stderr, code } = await desk.run(args, without(NAMES));

    expect(code).toBe(2);
    expect(stderr).toMatch(/AEP_ORG_ID: .*\n.*AEP_SANDBOX: /);
    expect(stderr).not.toContain('AEP_CLIENT');
  });

  test('names only what is missing', async () => {
    const { stderr } = await desk.run(['list'], without(['AEP_SANDBOX', 'AEP_SCOPES']));
    expect(stderr).not.toMatch(/AEP_ORG_ID|AEP_CLIENT_ID|AEP_CLIENT_SECRET/);
    expect(stderr).toContain('AEP_SANDBOX: the sandbox name, or pass --sandbox <name>');
    expect(stderr).toContain('AEP_SCOPES: ');
  });

  test('names the API key beside an access token', async () => {
    const names = ['AEP_CLIENT_ID', 'AEP_CLIENT_SECRET'];
    const { stderr } = await desk.run(['list'], without(names, { AEP_ACCESS_TOKEN: 't' }));
    expect(stderr).toContain('AEP_API_KEY: the client id that the access token was issued for');
    expect(stderr).not.toContain('AEP_SCOPES');
  });
});

test.each(['AEP_ORIGIN', 'AEP_IMS_ORIGIN'])(
  'a foreign %s in .env stops the command',
  async (name) => {
    await desk.file('.env', `${name}=https://aep.invalid`);
    const ended = await desk.run(['list', '--json']);

    expect([ended.code, desk.simulator.log]).toEqual([2, []]);
    expect(ended.stderr).toContain(`Invalid ${name} in .env: expected a URL on loopback.`);
  },
);
