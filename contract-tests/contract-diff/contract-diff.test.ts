import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Comparison,
  compareDocuments,
  formatChanges,
} from '../../spec-tools/contract-diff/compare.js';
import { formatUsers } from '../../spec-tools/contract-diff/users.js';
import { findVersionFault, requiredVersion } from '../../spec-tools/contract-diff/version.js';
import type { Json } from '../../spec-tools/operations.js';
import { operation } from './operation.js';
import { OPERATION_EDITS } from './operation-edits.js';
import { REQUEST_EDITS } from './request-edits.js';
import { RESPONSE_EDITS } from './response-edits.js';
import { buildShared, SHARED_EDITS } from './shared-edits.js';

/** Each is made to an operation of its own, so that one comparison rates all of them. */
const EDITS = [...REQUEST_EDITS, ...RESPONSE_EDITS, ...OPERATION_EDITS];
/** The comparison takes two seconds of processor time, in a process of its own. */
const COMPARISON_TIMEOUT_MS = 180_000;

const scheme = (name: string) => ({ type: 'apiKey', in: 'header', name });

/** One path for each edit, and one whose schema is in the components. */
function buildDocument(isEdited: boolean): Json {
  const paths: Json = {};
  EDITS.forEach(({ edit }, index) => {
    const made = operation(`edit${index}`);
    const item: Json = { post: made };
    if (isEdited) edit(made, item);
    paths[`/edit${index}`] = item;
  });
  const shared = {
    description: 'Done.',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Shared' } } },
  };
  for (const id of ['first', 'second', 'third', 'fourth']) {
    paths[`/${id}`] = { get: { operationId: id, responses: { '200': shared } } };
  }
  const behindRefs = buildShared(isEdited);
  Object.assign(paths, behindRefs.paths);
  const properties = isEdited ? {} : { gone: { type: 'string' } };
  return {
    openapi: '3.1.0',
    info: { title: 'Edits', version: '0.1.0' },
    servers: [{ url: 'https://api.invalid' }],
    paths,
    components: {
      schemas: { Shared: { type: 'object', properties }, ...behindRefs.schemas },
      headers: behindRefs.headers,
      securitySchemes: { token: scheme('token'), key: scheme('key'), other: scheme('other') },
    },
  };
}

describe('a change of the document', () => {
  let comparison: Comparison;
  beforeAll(async () => {
    comparison = await compareDocuments(buildDocument(false), buildDocument(true));
  }, COMPARISON_TIMEOUT_MS);

  const below = (index: number) => {
    const place = `#/paths/~1edit${index}`;
    return comparison.changes.filter(({ path }) => path === place || path.startsWith(`${place}/`));
  };

  test.each(EDITS.map((edit, index) => ({ ...edit, index })))(
    'is rated for its operation where $what',
    ({ index, isBreaking }) => {
      const found = below(index);
      expect(found).not.toEqual([]);
      expect(found.some(({ impact }) => impact === 'major')).toBe(isBreaking);
      const operations = new Set(found.flatMap((change) => change.operations));
      expect([`edit${index}`, 'added']).toContain([...operations][0]);
    },
  );

  test.each(SHARED_EDITS.map((edit, index) => ({ ...edit, index })))(
    'behind two references is rated $impact for its operation where $what',
    ({ impact, index }) => {
      const found = comparison.changes.filter(({ operations }) =>
        operations.includes(`shared${index}`),
      );
      expect(found.map((change) => change.impact)).toContain(impact);
      if (impact === 'minor') expect(found.map((change) => change.impact)).not.toContain('major');
    },
  );

  test('of a shared schema names the operations that use it', () => {
    const shared = comparison.changes.filter(({ operations }) => operations.includes('first'));
    expect(shared).toMatchObject([
      { impact: 'major', operations: ['first', 'second', 'third', 'fourth'] },
    ]);
    expect(formatUsers(shared[0]?.operations ?? [])).toBe('first, second, third and 1 more');
  });

  test('stands in the table with operation, change and rating, the breaking ones first', () => {
    const [head, , ...rows] = formatChanges(comparison).split('\n');
    expect(head).toBe('| operation | change | rating |');
    expect(rows).toHaveLength(comparison.changes.length);
    expect(rows[0]).toContain('| breaking |');
    expect(rows.at(-1)).toContain('| compatible |');
  });

  test('that breaks is rejected until the version has its step', () => {
    expect(comparison.fault).toBe(
      'Invalid info.version: a breaking change since 0.1.0 expects at least 0.2.0, received 0.1.0. Set it in spec/openapi.yaml, or undo the change.',
    );
  });
});

test('a breaking change requires a major step, and a minor one below 1.0', () => {
  expect(requiredVersion('0.4.2', ['minor', 'major'])).toBe('0.5.0');
  expect(requiredVersion('1.4.2', ['patch', 'major'])).toBe('2.0.0');
  expect(requiredVersion('1.4.2', ['minor'])).toBe('1.5.0');
  expect(requiredVersion('1.4.2', ['patch'])).toBe('1.4.3');
  expect(requiredVersion('1.4.2', [])).toBe('1.4.2');
});

test('a version that was raised enough is accepted, and versions are compared as numbers', () => {
  const fault = (base: string, revision: string) => findVersionFault({ base, revision }, ['major']);
  expect(fault('0.9.3', '0.10.0')).toBeUndefined();
  expect(fault('0.9.3', '1.0.0')).toBeUndefined();
  expect(fault('0.9.3', '0.9.4')).toContain('expects at least 0.10.0');
  expect(fault('1.9.3', '1.10.0')).toContain('expects at least 2.0.0');
  expect(
    findVersionFault({ base: '1.0.0', revision: '1.0.0' }, ['minor', 'patch']),
  ).toBeUndefined();
});

test('a version that is not semver is rejected', () => {
  expect(() => requiredVersion('next', ['major'])).toThrow('expected a version such as 1.2.3');
});
