import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { IngestWarning } from '../../src/index.js';
import { API_KEY, TOKEN, thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';
import { respondWith, useServer } from '../support/server.js';

useIngest('notice');
const server = useServer();
const SECRET = 'planted-hook-secret-0123456789';

let journal = '';
let path = '';
let warnings: IngestWarning[] = [];
beforeEach(async () => {
  journal = join(folder, 'journal');
  path = join(folder, 'rows.jsonl');
  warnings = [];
  simulator.outcomes['d'] = {};
  await writeFile(path, '{"a":1}\n');
});

const run = () => ({
  notify: `${server.origin.replace('//', `//user:${SECRET}pass@`)}/hook?token=${SECRET}`,
  onWarning: (warning: IngestWarning) => void warnings.push(warning),
});
const ingest = () => ({ datasetId: 'd', journal, ...run() });
const bodies = () => server.requests.map(({ body }) => JSON.parse(body.toString()));

describe('a notice', () => {
  test('has the totals of the receipt, and comes once its outcome is in the journal', async () => {
    let recorded = '';
    server.play(async (_, response) => {
      recorded = await readFile(journal, 'utf8');
      response.writeHead(204).end();
    });
    const { files: _, phasesMs: __, ...receipt } = await client.ingest(path, ingest());

    expect(bodies()).toEqual([
      { ...receipt, phasesMs: expect.anything(), filesTotal: 1, totalBytes: 8 },
    ]);
    expect(recorded).toMatch(/"type":"outcome"[\s\S]*"type":"notified"/);
    expect(recorded).not.toContain(SECRET);
    expect(warnings).toEqual([]);
  });

  test('counts the files that were packed, and lists neither them nor the packed ones', async () => {
    server.play(204);
    const packed = ['a', 'b', 'c'].map((name) => join(folder, `${name}.jsonl`));
    for (const one of packed) await writeFile(one, '{"a":1}\n');
    const {
      files: _,
      packedFiles,
      phasesMs: __,
      ...receipt
    } = await client.ingest(packed, {
      ...ingest(),
      pack: true,
    });

    expect(packedFiles).toHaveLength(1);
    expect(bodies()).toEqual([
      { ...receipt, phasesMs: expect.anything(), filesTotal: 3, totalBytes: 24 },
    ]);
  });

  test('has its values as they are, whatever words its URL has', async () => {
    server.play(204);
    const notify = `${server.origin}/hook?outcome=success`;
    await client.ingest(path, { ...ingest(), notify });

    expect(bodies()).toEqual([expect.objectContaining({ outcome: 'success' })]);
  });

  test('has no secret of the client in its values', async () => {
    server.play(204);
    const externalId = 'night-simulator-client-secret';
    await client.ingest(path, { ...ingest(), externalId });

    expect(bodies()).toEqual([expect.objectContaining({ externalId: 'night-[secret]' })]);
  });

  test("has the caller's user and none of the platform's credentials", async () => {
    server.play(204);
    await client.ingest(path, ingest());
    const { headers, call } = server.requests[0] ?? { headers: {}, call: '' };

    expect(call).toBe(`POST /hook?token=${SECRET}`);
    expect(headers['content-type']).toBe('application/json');
    const user = Buffer.from(`user:${SECRET}pass`).toString('base64');
    expect(headers.authorization).toBe(`Basic ${user}`);
    const names = Object.keys(headers).filter((name) => /^x-|cookie|api/.test(name));
    expect(names).toEqual([]);
    for (const secret of [TOKEN, API_KEY, 'simulator-client-secret'])
      expect(JSON.stringify(headers)).not.toContain(secret);
  });

  test('is sent once, however often its ingest is resumed', async () => {
    simulator.faults.set({ when: { operation: 'batchAction', nth: 1 }, then: { status: 403 } });
    expect(await thrownBy(client.ingest(path, ingest()))).toMatchObject({ journal });
    expect(server.requests).toEqual([]);
    simulator.faults.set();

    server.play(200);
    await client.resume(journal, run());
    const again = await client.resume(journal, run());
    expect(again.outcome).toBe('success');
    expect(bodies()).toEqual([expect.objectContaining({ outcome: 'success' })]);
  });

  test('is sent by each of the ingests that use a journal one after the other', async () => {
    server.play(200, 200);
    const first = await client.ingest(path, ingest());
    simulator.faults.set({ when: { operation: 'batchAction', nth: 1 }, then: { status: 403 } });
    await thrownBy(client.ingest(path, ingest()));
    simulator.faults.set();
    const second = await client.resume(journal, run());
    expect(bodies().map(({ batchId }) => batchId)).toEqual([first.batchId, second.batchId]);
  });

  test('is not sent again where it was recorded and has failed', async () => {
    server.play(500);
    await client.ingest(path, ingest());
    await client.resume(journal, run());
    expect(server.requests).toHaveLength(1);
  });

  test('says that a batch has failed, and which error ended a run that nobody can resume', async () => {
    server.play(200, 200);
    simulator.outcomes['d'] = { states: ['failed'] };
    await client.ingest(path, ingest());
    simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 400 } });
    const error = await thrownBy(client.ingest(path, { datasetId: 'd', ...run() }));

    const { batchId } = error as { batchId: string };
    expect(bodies()).toEqual([
      expect.objectContaining({ outcome: 'failed', filesTotal: 1 }),
      expect.objectContaining({
        outcome: null,
        error: { name: 'BadRequestError', batch: 'aborted' },
        batchId,
        filesTotal: 1,
        totalBytes: 8,
      }),
    ]);
  });

  test('is not sent for an outcome that a resume may change', async () => {
    simulator.outcomes['d'] = { states: ['stalled'] };
    expect((await client.ingest(path, ingest())).outcome).toBe('stalled');
    expect(server.requests).toEqual([]);
  });

  test.each([
    ['a redirect', respondWith(302, '', { location: '/other' }), '302, a redirect'],
    ['an error', respondWith(500), '500'],
    ['a connection that breaks', respondWith(200), 'ECONNREFUSED'],
  ])(
    'that ends with %s is a warning without a secret, and changes no receipt',
    async (_, play, why) => {
      server.play(play);
      const options = ingest();
      if (why === 'ECONNREFUSED') options.notify = options.notify.replace(/:\d+\//, ':1/');
      const { outcome } = await client.ingest(path, options);

      expect(outcome).toBe('success');
      expect(warnings).toEqual([
        {
          level: 'warning',
          message: expect.stringContaining(
            `: ${why === 'ECONNREFUSED' ? '' : 'the response is '}${why}`,
          ),
        },
      ]);
      expect(JSON.stringify(warnings)).not.toMatch(/planted|hook|token|user/);
      expect(server.requests.length).toBeLessThanOrEqual(1);
    },
  );

  test('that is never responded to ends with the signal of the run', async () => {
    const stop = new AbortController();
    server.play(() => stop.abort(new Error('enough')));
    const { outcome } = await client.ingest(path, { ...ingest(), signal: stop.signal });
    expect(outcome).toBe('success');
    expect(warnings[0]?.message).toContain('it was aborted');
  });
});
