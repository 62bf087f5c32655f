import { expect, test } from '@jest/globals';
import { type SimulatorOptions, startSimulator } from '../../src/testing/index.js';
import { thrownBy } from '../support/client.js';

const credential = { clientId: 'a', clientSecret: 'b', scopes: ['c'] };
const WRONG: { readonly [K in keyof SimulatorOptions]-?: readonly unknown[] } = {
  port: [-1, 65_536, 1.5, '80', null, {}],
  now: [5, null, 'x'],
  orgId: ['', 5, null, 'a\nb'],
  sandbox: ['', 5, null, 'Dev'],
  credentials: [[], null, 5, [null], [{}], [{ ...credential, scope: 'c' }], { ...credential }],
  accessTokens: ['a', null, [5], ['']],
  tokenLifetimeSeconds: [-1, Number.NaN, '5', null],
  datasets: [
    null,
    [],
    5,
    { d: null },
    { d: { format: ['csv'] } },
    { d: { formats: ['xlsx'] } },
    { d: { tags: { a: 'b' } } },
    { d: { schemaRef: 'a' } },
  ],
  acceptsAnyDataset: ['true', 1, null],
  schemas: [null, {}, [5], [{}], [{ $id: 'a', version: 'x' }], [{ $id: 5 }]],
  descriptors: [null, {}, [5], [{}], [{ '@id': 'a' }]],
  outcomes: [
    null,
    5,
    [],
    { b: { state: [] } },
    { b: { states: 'success' } },
    { b: { errors: [5] } },
  ],
  faults: [null, 5, {}, [5], [{ when: { operation: 'none' }, then: 'reset' }]],
  random: [null, 5, {}, { seed: 1 }, { seed: 1, rate: 2 }],
  quirks: [null, 5, { headFormats: 'none' }, { headFormat: 'no' }, { retryAfter: 'yes' }],
  temporaryFolder: ['', null, 5],
  rowErrorsPerFile: [0, -1, 1.5, null, '5'],
  maxLogEntries: [0, -1, 1.5, null, '5'],
  allowedHosts: ['a', null, [5], ['']],
};

test.each(Object.entries(WRONG))(
  'an invalid value of the option %s is rejected',
  async (option, values) => {
    for (const value of values) {
      const error = await thrownBy(startSimulator({ [option]: value }));
      const shown = `${option} ${String(error)}`;
      expect([shown, (error as Error | undefined)?.name]).toEqual([shown, 'InvalidInputError']);
      expect((error as { field: string }).field.split(/[.[]/)[0]).toBe(option);
    }
  },
);

test.each([[null], [5], ['x'], [[]], [{ prot: 0 }], [new Map()]])(
  '%p in place of the options is rejected',
  async (options) => {
    const error = await thrownBy(startSimulator(options as SimulatorOptions));
    expect(error).toMatchObject({ name: 'InvalidInputError' });
  },
);

test('simulators without options share no state', async () => {
  await using first = await startSimulator();
  await using second = await startSimulator({});
  first.outcomes['b'] = { states: ['failed'] };
  first.quirks.retryAfter = false;

  expect(second.outcomes).toEqual({});
  expect(second.quirks.retryAfter).toBe(true);
});
