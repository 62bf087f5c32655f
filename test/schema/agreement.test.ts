import { describe, expect, test } from '@jest/globals';
import { RowSchema } from '../../src/schema/row-schema.js';
import { createRandom } from '../../src/shared/random.js';
import { TypeCompatibilityError } from '../../src/testing/platform/schema/conversion.js';
import { DatasetSchema } from '../../src/testing/platform/schema/dataset-schema.js';
import { chooseCount } from '../support/scale.js';
import { createGenerator, createRow, createSchema } from '../support/xdm-cases.js';

const SCHEMAS = chooseCount({ quick: 15, deep: 50 });
const ROWS_PER_SCHEMA = 100;

/** What becomes of a row, and the fields because of which. */
interface Verdict {
  result: 'loaded' | 'row rejected' | 'batch fails';
  /** Of a batch that fails, one or all. */
  paths: string[];
}

function checkByClient(schema: RowSchema, row: unknown): Verdict {
  const errors = schema.check(row).filter(({ level }) => level === 'error');
  const fatal = errors.filter(({ effect }) => effect === 'batch-fails');
  const paths = new Set((fatal.length > 0 ? fatal : errors).map(({ path }) => path));
  const result = fatal.length > 0 ? 'batch fails' : errors.length > 0 ? 'row rejected' : 'loaded';
  return { result, paths: [...paths].sort() };
}

function checkBySimulator(schema: DatasetSchema, row: unknown): Verdict {
  try {
    const paths = new Set(schema.check(row).map(({ column = '' }) => column));
    return { result: paths.size > 0 ? 'row rejected' : 'loaded', paths: [...paths].sort() };
  } catch (error) {
    if (!(error instanceof TypeCompatibilityError)) throw error;
    return { result: 'batch fails', paths: [error.path] };
  }
}

/**
 * Of a batch that fails, the simulator names the first field alone. It names fields as the schema does, the
 * client as the row does, which may differ in case.
 */
const agree = (client: Verdict, simulator: Verdict): boolean =>
  client.result === simulator.result &&
  (client.result === 'batch fails'
    ? toSet(client.paths).has(simulator.paths[0]?.toLowerCase() ?? '')
    : [...toSet(client.paths)].join() === [...toSet(simulator.paths)].join());

const toSet = (paths: readonly string[]): Set<string> =>
  new Set(paths.map((path) => path.toLowerCase()).sort());

describe('the checks of rows and the simulator, which share no code', () => {
  test.each([
    ['ignored', 'ignore', 1],
    ['rejected', 'error', 2],
  ] as const)(
    `agree on ${SCHEMAS * ROWS_PER_SCHEMA} rows of random schemas, with unknown fields and empty values %s`,
    async (unknownFields, severity, seed) => {
      const generator = createGenerator(createRandom(seed));
      const quirks = {
        unknownFields,
        emptyValues: unknownFields === 'ignored' ? 'accepted' : 'rejected',
      } as const;
      const disagreements: unknown[] = [];
      const results = new Map<string, number>();
      for (let at = 0; at < SCHEMAS; at++) {
        const schema = createSchema(generator);
        const client = RowSchema.from(schema, { unknown: severity, empty: severity });
        const simulator = await DatasetSchema.create(schema, quirks);
        for (let count = 0; count < ROWS_PER_SCHEMA; count++) {
          const row = createRow(schema, generator);
          const [one, two] = [checkByClient(client, row), checkBySimulator(simulator, row)];
          results.set(one.result, (results.get(one.result) ?? 0) + 1);
          if (!agree(one, two)) disagreements.push(JSON.stringify({ row, one, two, schema }));
        }
      }

      expect(disagreements.slice(0, 3)).toEqual([]);
      expect(Math.min(...results.values())).toBeGreaterThan((SCHEMAS * ROWS_PER_SCHEMA) / 20);
      expect(results.size).toBe(3);
    },
  );
});
