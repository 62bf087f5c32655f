import { expect, test } from '@jest/globals';
import type { BatchClient, IngestSource } from '../../src/index.js';
import { stage } from '../support/simulator.js';

/** As `aep-batch types` writes it. */
interface Row {
  _id: string;
  person?: { gender?: 'female' | 'male'; name?: { firstName?: string } };
}

const options = { datasetId: 'dataset', pollIntervalMs: 1 };
const row: Row = { _id: 'a', person: { gender: 'female' } };
async function* rows(): AsyncGenerator<Row> {
  yield row;
  yield { _id: 'b' };
}

test('records are ingested under the type that is named', async () => {
  const { client } = await stage();
  const receipt = await client.ingest<Row>({ records: rows() }, options);
  expect(receipt).toMatchObject({ outcome: 'success', records: { output: 2 } });
  expect(compiled).toBeDefined(); // wrong ones do not compile
});

/** Never called: its test is the compiler, in `make typecheck`. */
const compiled = (client: BatchClient, others: AsyncIterable<{ _id: number }>) => {
  const source: IngestSource<Row> = { records: [row] };
  const any: IngestSource = source;
  return [
    client.ingest<Row>(
      { records: [row, { _id: 'b', person: { name: { firstName: 'Ada' } } }] },
      options,
    ),
    client.ingest<Row>('rows.jsonl', options),
    client.ingest<Row>(source, options),
    client.ingest(any, options),
    client.ingest({ records: [1, { anything: null }] }, options),
    client.ingest({ records: rows() }, options),
    client.ingest(['a.jsonl'], options),
    // @ts-expect-error there is no such field
    client.ingest<Row>({ records: [{ _id: 'a', persn: {} }] }, options),
    // @ts-expect-error the name is not a text
    client.ingest<Row>({ records: [{ _id: 'a', person: { name: { firstName: 1 } } }] }, options),
    // @ts-expect-error the gender is none of the enum
    client.ingest<Row>({ records: [{ _id: 'a', person: { gender: 'both' } }] }, options),
    // @ts-expect-error it is required
    client.ingest<Row>({ records: [{}] }, options),
    // @ts-expect-error the rows have another type
    client.ingest<Row>({ records: others }, options),
  ];
};
