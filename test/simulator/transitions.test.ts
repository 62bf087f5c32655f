import { describe, expect, test } from '@jest/globals';
import { type BatchStatus, PreconditionRequiredError } from '../../src/index.js';
import { thrownBy } from '../support/client.js';
import { completed, type Stage, stage, statuses } from '../support/simulator.js';

type Action = 'complete' | 'abort' | 'fail' | 'revert';
const ACTIONS: readonly Action[] = ['complete', 'abort', 'fail', 'revert'];

const WIRE = { complete: 'COMPLETE', abort: 'ABORT', fail: 'FAIL', revert: 'REVERT' } as const;

/** The status of a completed batch after each action; an action that is missing is rejected. */
const AFTER_COMPLETE: Readonly<Record<string, Partial<Record<Action, BatchStatus>>>> = {
  loaded: { complete: 'loaded', abort: 'aborted', fail: 'failed' },
  queued: { complete: 'queued', abort: 'aborted', fail: 'failed' },
  processing: { complete: 'processing', abort: 'aborted', fail: 'failed' },
  staging: { complete: 'staging', abort: 'aborted', fail: 'failed' },
  staged: { complete: 'staged', abort: 'aborted', fail: 'failed' },
  retrying: { complete: 'retrying', abort: 'aborted', fail: 'failed' },
  stalled: { complete: 'stalled', abort: 'aborted', fail: 'failed' },
  success: { complete: 'success', revert: 'inactive' },
  active: { complete: 'active', revert: 'inactive' },
  failed: { complete: 'failed' },
  failure: { complete: 'failure' },
  aborted: {},
  abandoned: {},
  inactive: {},
  deleted: {},
  archived: {},
  retained: {},
};
const OTHERS: readonly [
  name: string,
  reach: readonly Action[],
  Partial<Record<Action, BatchStatus>>,
][] = [
  ['loading', [], { complete: 'staging', abort: 'aborted', fail: 'failed' }],
  ['aborted', ['abort'], {}],
  ['failed before it was completed', ['fail'], {}],
  ['completed and not read yet', ['complete'], AFTER_COMPLETE['staging'] ?? {}],
  ['aborted after it was completed', ['complete', 'abort'], {}],
];

/** Each action, what it does in words for the title, and the status that it leads to. */
const titled = (allowed: Partial<Record<Action, BatchStatus>>) =>
  ACTIONS.map((action) => {
    const to = allowed[action];
    return [action, to === undefined ? 'is rejected' : `leads to ${to}`, to] as const;
  });

async function expectTransition(
  { client, simulator }: Stage,
  id: string,
  action: Action,
  to?: string,
) {
  const before = simulator.status(id);
  // Not by `client.batches`, for which an action that took effect before is done.
  const { response, error } = await client.raw.POST('/data/foundation/import/batches/{batchId}', {
    params: { path: { batchId: id }, query: { action: WIRE[action] } },
    parseAs: 'text',
  });
  const isRejected = to === undefined;
  expect(response.status).toBe(isRejected ? 428 : 200);
  if (isRejected) expect(JSON.stringify(error)).toContain('ERR-BI-104');
  expect(simulator.status(id)).toBe(to ?? before);
}

describe.each(Object.entries(AFTER_COMPLETE))(
  'a completed batch with the status %s',
  (status, allowed) => {
    test.each(titled(allowed))('the action %s %s', async (action, _rule, to) => {
      const here = await stage({ outcomes: { dataset: { states: [status] } } });
      const id = await completed(here, '{"a":1}\n');
      expect(await statuses(here, id, 1)).toEqual([status]);

      await expectTransition(here, id, action, to);
    });
  },
);

describe.each(OTHERS)('a batch that is %s', (_, reach, allowed) => {
  test.each(titled(allowed))('the action %s %s', async (action, _rule, to) => {
    const here = await stage();
    const { id } = await here.client.batches.create({ datasetId: 'dataset' });
    for (const step of reach) await here.client.batches[step](id);

    await expectTransition(here, id, action, to);
  });
});

describe('reading the status', () => {
  test('each read advances a completed batch by one status, up to the last', async () => {
    const here = await stage();
    const id = await completed(here, '{"a":1}\n');

    expect(await statuses(here, id, 4)).toEqual(['staging', 'success', 'success', 'success']);
  });

  test('reads do not advance a loading batch', async () => {
    const here = await stage();
    const { id } = await here.client.batches.create({ datasetId: 'dataset' });

    expect(await statuses(here, id, 3)).toEqual(['loading', 'loading', 'loading']);
  });

  test('states are configured per batch, then per externalId, then per dataset', async () => {
    const here = await stage({
      outcomes: {
        dataset: { states: ['queued', 'failed'] },
        mine: { states: ['retrying', 'stalled'] },
      },
    });
    const [one, two, three] = [
      await completed(here, '{"a":1}\n'),
      await completed(here, '{"a":1}\n', { externalId: 'mine' }),
      await completed(here, '{"a":1}\n', { externalId: 'mine-too' }),
    ];
    here.simulator.outcomes[three] = { states: ['active'] };
    await here.client.batches.complete(three); // repeated: the ingestion is not started again

    expect(await statuses(here, one, 3)).toEqual(['queued', 'failed', 'failed']);
    expect(await statuses(here, two, 3)).toEqual(['retrying', 'stalled', 'stalled']);
    expect(await statuses(here, three, 2)).toEqual(['queued', 'failed']);
  });

  test('a reverted batch is inactive for one more read, and then deleted', async () => {
    const here = await stage();
    const id = await completed(here, '{"a":1}\n');
    await statuses(here, id, 2);
    await here.client.batches.revert(id);

    expect(await statuses(here, id, 3)).toEqual(['inactive', 'deleted', 'deleted']);
  });

  test('a change of the status changes the version and the times of the batch', async () => {
    let now = 1000;
    const here = await stage({ now: () => now });
    const id = await completed(here, '{"a":1}\n');
    now = 2000;
    await statuses(here, id, 1);
    const batch = await here.client.batches.get(id);

    expect(batch).toMatchObject({ created: 1000, started: 1000, updated: 2000, completed: 2000 });
    expect(batch.version).toBe('1.0.2');
  });
});

test('a batch with a large file that is not completed cannot be completed', async () => {
  const here = await stage();
  const { id } = await here.client.batches.create({ datasetId: 'dataset' });
  await here.client.files.initialize({ batchId: id, datasetId: 'dataset', path: 'large' });

  const error = await thrownBy(here.client.batches.complete(id));
  expect(error).toBeInstanceOf(PreconditionRequiredError);
  expect((error as Error).message).toContain('large');
  expect(here.simulator.status(id)).toBe('loading');
});

test('aborting a batch removes its files', async () => {
  const here = await stage();
  const id = await completed(here, '{"a":1}\n');
  expect(here.simulator.files(id)).toHaveLength(1);
  await here.client.batches.abort(id);

  expect(here.simulator.files(id)).toEqual([]);
});

describe('a replay', () => {
  const replayed = async (replay: (id: string) => object, text = '{"a":1}\n') => {
    const here = await stage();
    const old = await completed(here, '{"a":0}\n', { externalId: 'old' });
    await statuses(here, old, 2);
    const fresh = await completed(here, text, { replay: { ...replay(old), reason: 'replace' } });
    return { here, old, fresh };
  };

  test.each([
    ['ids', (id: string) => ({ predecessors: [id] })],
    ['ids with a $', (id: string) => ({ predecessors: [`$${id}`] })],
    ['external ids', () => ({ predecessorsByExternalId: ['old'] })],
  ])('a replay reverts its predecessors, by %s, once it is successful', async (_, replay) => {
    const { here, old, fresh } = await replayed(replay);

    expect(await statuses(here, old, 1)).toEqual(['success']);
    expect(await statuses(here, fresh, 2)).toEqual(['staging', 'success']);
    expect(await statuses(here, old, 3)).toEqual(['inactive', 'deleted', 'deleted']);
    expect(await here.client.batches.get(fresh)).toHaveProperty('replay.reason', 'replace');
  });

  test('a replay that fails does not change its predecessors', async () => {
    const { here, old, fresh } = await replayed((id) => ({ predecessors: [id] }), 'no JSON');

    expect(await statuses(here, fresh, 2)).toEqual(['staging', 'failed']);
    expect(await statuses(here, old, 2)).toEqual(['success', 'success']);
  });
});
