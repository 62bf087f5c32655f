/** Writes the sample data in `examples/`. The output is deterministic. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parquetWriteBuffer } from 'hyparquet-writer';

const ROWS = 200;
const CITIES = ['Lisbon', 'Oslo', 'Quito', 'Turin'];

const orders = Array.from({ length: ROWS }, (_, at) => ({
  _id: `order-${String(at + 1).padStart(4, '0')}`,
  timestamp: new Date(Date.UTC(2024, 0, 1) + at * 3_600_000).toISOString(),
  city: CITIES[at % CITIES.length] ?? '',
  amount: 5 + ((at * 37) % 100),
}));

const lines = orders.map((order) => JSON.stringify(order));
const csv = orders.map(
  ({ _id, timestamp, city, amount }) => `${_id},${timestamp},${city},${amount}`,
);
/** Every fiftieth row is truncated, as in a broken export. */
const broken = lines.map((line, at) => (at % 50 === 49 ? line.slice(0, 30) : line));

mkdirSync('examples', { recursive: true });
writeFileSync('examples/orders.jsonl', `${lines.join('\n')}\n`);
writeFileSync('examples/orders.csv', `_id,timestamp,city,amount\n${csv.join('\n')}\n`);
writeFileSync('examples/orders-with-bad-rows.jsonl', `${broken.join('\n')}\n`);
const column = <T>(name: keyof (typeof orders)[number], type: 'STRING' | 'INT32') => ({
  name,
  type,
  data: orders.map((order) => order[name]) as T[],
});
const parquet = parquetWriteBuffer({
  columnData: [
    column<string>('_id', 'STRING'),
    column<string>('timestamp', 'STRING'),
    column<string>('city', 'STRING'),
    column<number>('amount', 'INT32'),
  ],
});
writeFileSync('examples/orders.parquet', new Uint8Array(parquet));
