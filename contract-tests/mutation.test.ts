import { describe, expect, test } from '@jest/globals';
import { document } from '../spec-tools/bundled-document.js';
import type { Json } from '../spec-tools/operations.js';
import { findFailure } from './facts/judge.js';
import { applyMutant, type Mutant } from './mutation/mutant.js';
import { listMutants, sampleMutants } from './mutation/operators.js';
import { formatText } from './mutation/report.js';
import { formatHtml } from './mutation/report-html.js';
import { listShortfalls, type Result } from './mutation/result.js';
import { Reach } from './mutation/scope.js';
import { listStaleEntries } from './mutation/unobservable.js';

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.values(Object.freeze(value)).forEach(freeze);
}

/** A document with each thing that an operator changes. */
const TINY: Json = {
  servers: [{ url: 'https://api.invalid' }],
  security: [{ token: [], key: [] }],
  paths: {
    '/things/{id}': {
      post: {
        operationId: 'sendThing',
        parameters: [
          { $ref: '#/components/parameters/Id' },
          { $ref: '#/components/parameters/Limit' },
        ],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
        },
        responses: {
          200: {
            description: 'The thing.',
            headers: { Range: { schema: { type: 'string' }, example: '0-1' } },
            content: {
              'application/json': {
                schema: { $ref: '#/components/schemas/Thing' },
                examples: { one: { value: {} } },
              },
            },
          },
          400: { $ref: '#/components/responses/Wrong' },
        },
      },
      get: { operationId: 'getToken', security: [], responses: { 200: { description: 'Done.' } } },
    },
  },
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer' },
      key: { type: 'apiKey', in: 'header', name: 'x-key' },
    },
    parameters: {
      Id: { name: 'id', in: 'path', required: true, schema: { type: 'string' }, example: 'a' },
      Limit: { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 9 } },
    },
    responses: { Wrong: { description: 'Wrong.' }, Other: { description: 'Other.' } },
    schemas: {
      Thing: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: {
          name: { type: 'string', pattern: '^a$', minLength: 1 },
          kind: { type: 'string', enum: ['a', 'b'] },
          size: { anyOf: [{ type: ['integer', 'null'] }, { type: 'string', format: 'binary' }] },
          list: { type: 'array', items: { type: 'number' }, deprecated: true },
          map: { type: 'object', additionalProperties: { type: 'boolean' } },
        },
      },
      Other: { type: 'object', not: { required: ['a'] } },
    },
  },
};
freeze(TINY); // a mutant that changed the original would throw
const mutants = listMutants(TINY);
const KINDS = [
  ...[
    'method-changed',
    'path-changed',
    'operation-dropped',
    'operation-id-changed',
    'server-changed',
  ],
  ...[
    'server-dropped',
    'server-added',
    'security-dropped',
    'security-added',
    'security-alternative',
  ],
  ...['security-scheme-dropped', 'security-scheme-changed', 'status-dropped', 'status-changed'],
  ...['status-added', 'parameter-dropped', 'parameter-renamed', 'parameter-moved'],
  ...['parameter-required-flipped', 'example-dropped', 'request-body-optional'],
  ...['request-body-dropped', 'media-type-changed', 'media-type-dropped', 'body-schema-dropped'],
  ...['response-header-dropped', 'response-header-renamed', 'response-header-added'],
  ...['response-header-required-flipped', 'reference-swapped', 'type-changed', 'type-dropped'],
  ...['null-added', 'property-dropped', 'property-renamed', 'required-dropped', 'required-added'],
  ...['closed-object-opened', 'open-object-closed', 'map-values-dropped', 'bound-dropped'],
  ...['bound-changed', 'bound-added', 'pattern-dropped', 'pattern-changed', 'pattern-added'],
  ...['format-dropped', 'format-changed', 'format-added', 'enum-value-dropped', 'enum-value-added'],
  ...['enum-value-changed', 'enum-dropped', 'default-added', 'const-added', 'items-dropped'],
  ...['unique-items-added', 'combiner-changed', 'combiner-part-dropped', 'combiner-dropped'],
  ...['mark-dropped'],
];

describe('the mutants of a document', () => {
  test('are of every kind, and each differs from the document and from all others', () => {
    const before = JSON.stringify(TINY);
    const texts = mutants.map((mutant) => JSON.stringify(applyMutant(TINY, mutant)));

    expect([...new Set(mutants.map(({ kind }) => kind))].sort()).toEqual([...KINDS].sort());
    expect(mutants.filter((_, at) => texts[at] === before)).toEqual([]);
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('change one place, which their pointer names, and nothing else', () => {
    const others = (node: Json, { path }: Mutant) => JSON.stringify(omitAt(node, path));
    const wrong = mutants.filter((mutant) => {
      const parent = mutant.path.slice(0, -1).at(-1) ?? '';
      const isNamed = mutant.pointer.includes(String(parent).replaceAll('/', '~1'));
      return !isNamed || others(applyMutant(TINY, mutant), mutant) !== others(TINY, mutant);
    });
    expect(wrong).toEqual([]);
  });

  test('are sampled of every kind in turn, the same ones for the same seed', () => {
    const sample = sampleMutants(mutants, KINDS.length, 7);
    expect(new Set(sample.map(({ kind }) => kind)).size).toBe(KINDS.length);
    expect(sampleMutants(mutants, KINDS.length, 7)).toEqual(sample);
    expect(sampleMutants(mutants, KINDS.length, 8)).not.toEqual(sample);
    expect(sampleMutants(mutants, 1e6, 7)).toHaveLength(mutants.length);
  });

  test('reach the operations and schemas that use the changed component', () => {
    const reach = new Reach(TINY);
    const find = (kind: string, text: string) => {
      const mutant = mutants.find((one) => one.kind === kind && one.pointer.includes(text));
      return mutant === undefined ? undefined : reach.find(mutant);
    };
    expect(find('pattern-dropped', 'Thing')).toMatchObject({
      schemas: ['Thing'],
      operations: ['sendThing'],
    });
    expect(find('parameter-renamed', 'Limit')).toMatchObject({
      operations: ['sendThing'],
      hasRequests: true,
    });
    expect(find('server-changed', '')?.operations).toEqual(['getToken', 'sendThing']);
  });
});

/** A copy without the value at a path. */
function omitAt(node: unknown, path: readonly (string | number)[]): unknown {
  const copy = structuredClone(node) as Json;
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => (at as Json)?.[key], copy);
  const last = path.at(-1) ?? '';
  if (Array.isArray(parent)) parent.length = 0;
  else if (typeof parent === 'object' && parent !== null) delete (parent as Json)[last];
  return copy;
}

describe('a change of the document', () => {
  const all = listMutants(document);
  const reach = new Reach(document);
  const findFailureAfter = (kind: string, pointer: string) => {
    const mutant = all.find((one) => one.kind === kind && one.pointer.endsWith(pointer));
    if (mutant === undefined) throw new Error(`no ${kind} at ${pointer}`);
    const scope = { ...reach.find(mutant), hasRequests: false };
    return findFailure(applyMutant(document, mutant), scope, createNoPrism);
  };
  const createNoPrism = () => Promise.reject(new Error('not needed'));

  test('is noticed where the facts contradict it', async () => {
    const pattern = await findFailureAfter(
      'pattern-dropped',
      '/CreatedBatch/properties/version/pattern',
    );
    expect(pattern).toMatchObject({
      by: 'schemas',
      problem: expect.stringMatching(/^CreatedBatch must reject .*"version":""/),
    });
    const retry = await findFailureAfter(
      'response-header-dropped',
      '/TooManyRequests/headers/Retry-After',
    );
    expect(retry).toMatchObject({
      by: 'responses',
      problem: expect.stringContaining('Retry-After'),
    });
    const origin = await findFailureAfter('server-changed', '/servers/0/url');
    expect(origin).toMatchObject({
      by: 'places',
      problem: expect.stringContaining('platform.adobe.io'),
    });
  });

  test('is not noticed where nothing differs, and the document itself contradicts no fact', async () => {
    const hidden = '/CreateBatchRequest/not/properties/partialIngestionPercent';
    expect(await findFailureAfter('property-dropped', hidden)).toBeUndefined();
    const scope = { schemas: ['CompletedFile'], operations: ['getToken'], hasRequests: false };
    expect(await findFailure(document, scope, createNoPrism)).toBeUndefined();
  });

  test('that nobody can see has a reason, and an entry without such a change is reported', () => {
    expect(listStaleEntries(all)).toEqual([]);
    const stale = { kind: 'pattern-dropped', pointer: '/NoSuchSchema/pattern', reason: 'none' };
    expect(listStaleEntries(all, [stale])).toEqual([stale]);
  });
});

describe('the score', () => {
  const result = (kind: string, more: Partial<Result> = {}): Result => ({
    kind,
    pointer: '/a',
    change: 'a → b',
    isOnSurface: true,
    time: 1,
    ...more,
  });
  const many = (count: number, kind: string, more: Partial<Result>) =>
    Array.from({ length: count }, () => result(kind, more));

  test('counts mutants by what noticed them first, and lists those that nothing noticed', () => {
    const text = formatText(
      [
        ...many(98, 'a', { killedBy: 'facts' }),
        result('a', { killedBy: 'types' }),
        result('b', { killedBy: 'suite' }),
        result('b'),
        result('b', { unobservable: 'equal' }),
      ],
      { seed: 1, seconds: 2, total: 500 },
    );
    expect(text).toContain('102 of 500 mutants, seed 1, 2 s; 1 change nothing that can be seen');
    expect(text).toMatch(/^all +101 +98 +1 +1 +1 +99\.0 % +102$/m);
    expect(text.match(/^survived: .*$/gm)).toEqual(['survived: b /a: a → b']);
  });

  test('is a page that lists the survivors as text, whatever characters they have', () => {
    const html = formatHtml([result('<script>', { change: '^<a>&"$ → ^b$' })], {
      seed: 1,
      seconds: 2,
      total: 500,
    });
    expect(html).toContain(' /a: ^&lt;a&gt;&amp;&quot;$ → ^b$</td>');
    expect(html).not.toMatch(/https?:|<script/);
  });

  test('falls below the gate with fewer than 98 % of all, or 95 % of a kind, or two of a small kind', () => {
    const killed = (count: number, kind = 'a') => many(count, kind, { killedBy: 'facts' });
    expect(listShortfalls([...killed(98), ...many(2, 'a', {})])).toEqual([]);
    expect(listShortfalls([...killed(97), ...many(3, 'a', {})])).toHaveLength(1);
    expect(listShortfalls([...killed(500), ...killed(5, 'b'), result('b')])).toEqual([]);
    expect(listShortfalls([...killed(500), ...killed(5, 'b'), ...many(2, 'b', {})])).toEqual([
      'b: 71.4 % were killed, 2 survived',
    ]);
    expect(listShortfalls([...killed(500), ...killed(20, 'b'), ...many(2, 'b', {})])).toHaveLength(
      1,
    );
  });
});
