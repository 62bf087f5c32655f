import { describe, expect, test } from '@jest/globals';
import { type BatchStatus, PreconditionRequiredError } from '../../src/index.js';
import { completed, errorOf, type Stage, stage, statuses } from '../support/simulator.js';

type Action = 'complete' | 'abort' | 'fail' | 'revert';
const ACTIONS: readonly Action[] = ['complete', 'abort', 'fail', 'revert'];

/** What each action makes of a batch that was completed and stands so; what is missing is refused. */
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

async function expectMove({ client, simulator }: Stage, id: string, action: Action, to?: string) {
  const before = simulator.status(id);
  const error = await errorOf(client.batches[action](id));
  if (to === undefined) {
    expect(error).toBeInstanceOf(PreconditionRequiredError);
    expect(error).toMatchObject({ status: 428, code: 'ERR-BI-104' });
    expect(simulator.status(id)).toBe(before);
  } else {
    expect(error).toBeUndefined();
    expect(simulator.status(id)).toBe(to);
  }
}

describe.each(Object.entries(AFTER_COMPLETE))('a batch that is %s', (status, moves) => {
  test.each(ACTIONS.map((action) => [action, moves[action]] as const))(
    '%s → %s',
    async (action, to) => {
      const here = await stage({ outcomes: { dataset: { states: [status] } } });
      const id = await completed(here, '{"a":1}\n');
      expect(await statuses(here, id, 1)).toEqual([status]);

      await expectMove(here, id, action, to);
    },
  );
});

describe.each(OTHERS)('a batch that is %s', (_, reach, moves) => {
  test.each(ACTIONS.map((action) => [action, moves[action]] as const))(
    '%s → %s',
    async (action, to) => {
      const here = await stage();
      const { id } = await here.client.batches.create({ datasetId: 'dataset' });
      for (const step of reach) await here.client.batches[step](id);

      await expectMove(here, id, action, to);
    },
  );
});

describe('reads of the status', () => {
  test('let a batch go on, one state a read, and it stays at the last', async () => {
    const here = await stage();
    const id = await completed(here, '{"a":1}\n');

    expect(await statuses(here, id, 4)).toEqual(['staging', 'success', 'success', 'success']);
  });

  test('leave a batch that is loading as it is', async () => {
    const here = await stage();
    const { id } = await here.client.batches.create({ datasetId: 'dataset' });

    expect(await statuses(here, id, 3)).toEqual(['loading', 'loading', 'loading']);
  });

  test('tell the states that are configured for a batch, then its externalId, then its dataset', async () => {
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
    await here.client.batches.complete(three); // repeated: what is under way is not begun anew

    expect(await statuses(here, one, 3)).toEqual(['queued', 'failed', 'failed']);
    expect(await statuses(here, two, 3)).toEqual(['retrying', 'stalled', 'stalled']);
    expect(await statuses(here, three, 2)).toEqual(['queued', 'failed']);
  });

  test('tell an inactive batch once more, and then that it is deleted', async () => {
    const here = await stage();
    const id = await completed(here, '{"a":1}\n');
    await statuses(here, id, 2);
    await here.client.batches.revert(id);

    expect(await statuses(here, id, 3)).toEqual(['inactive', 'deleted', 'deleted']);
  });

  test('change the version and the times of the record', async () => {
    let now = 1000;
    const here = await stage({ now: () => now });
    const id = await completed(here, '{"a":1}\n');
    now = 2000;
    await statuses(here, id, 1);
    const told = await here.client.batches.get(id);

    expect(told).toMatchObject({ created: 1000, started: 1000, updated: 2000, completed: 2000 });
    expect(told.version).toBe('1.0.2');
  });
});

test('a batch with a file that is not finished cannot be completed', async () => {
  const here = await stage();
  const { id } = await here.client.batches.create({ datasetId: 'dataset' });
  await here.client.files.initialize({ batchId: id, datasetId: 'dataset', path: 'large' });

  const error = await errorOf(here.client.batches.complete(id));
  expect(error).toBeInstanceOf(PreconditionRequiredError);
  expect((error as Error).message).toContain('large');
  expect(here.simulator.status(id)).toBe('loading');
});

test('what was uploaded into a batch is gone when it is aborted', async () => {
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
  ])('replaces its predecessors, by %s, once it is successful', async (_, replay) => {
    const { here, old, fresh } = await replayed(replay);

    expect(await statuses(here, old, 1)).toEqual(['success']);
    expect(await statuses(here, fresh, 2)).toEqual(['staging', 'success']);
    expect(await statuses(here, old, 3)).toEqual(['inactive', 'deleted', 'deleted']);
    expect(await here.client.batches.get(fresh)).toHaveProperty('replay.reason', 'replace');
  });

  test('leaves its predecessors alone when it fails', async () => {
    const { here, old, fresh } = await replayed((id) => ({ predecessors: [id] }), 'no JSON');

    expect(await statuses(here, fresh, 2)).toEqual(['staging', 'failed']);
    expect(await statuses(here, old, 2)).toEqual(['success', 'success']);
  });
});
