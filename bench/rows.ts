/**
 * What the check of rows by a schema costs: `check --deep --schema` of JSON Lines against plain `check --deep`, in
 * turns, for a narrow and a wide schema and for long rows; and the check of Parquet columns whose footers have 2 MB.
 * Fails if a goal is missed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { checkFiles } from '../src/ingest/check-files.js';
import { BatchCheck, RowSchema } from '../src/schema/index.js';
import { median, publish } from './results.js';
import { timeCall } from './run.js';

const MEGABYTES = Number(process.env['MEGABYTES'] ?? 60);
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const GOALS = { speed: 0.6, peakMegabytes: 150, columnSeconds: 0.1 };
const FOOTER_BYTES = 2 * 1024 * 1024;

const text = { type: 'string' };
const count = { type: 'integer', 'meta:xdmType': 'int', minimum: 0 };
const time = { type: 'string', format: 'date-time' };
const object = (properties: object) => ({ type: 'object', properties });
const many = (size: number, value: (at: number) => object) =>
  Object.fromEntries(Array.from({ length: size }, (_, at) => [`field_${at}`, value(at)]));
const identityMap = {
  type: 'object',
  'meta:xdmType': 'map',
  additionalProperties: {
    type: 'array',
    items: object({ id: text, primary: { type: 'boolean' } }),
  },
};

interface Case {
  schema: object;
  row: (at: number) => object;
}

const KINDS = [text, count, time, { type: 'number' }, { type: 'string', enum: ['gold', 'silver'] }];
const VALUES = ['some text', 7, '2026-01-31T12:00:00Z', 1.5, 'gold'];
const fill = (size: number) =>
  Object.fromEntries(Array.from({ length: size }, (_, at) => [`field_${at}`, VALUES[at % 5]]));

const CASES: Readonly<Record<string, Case>> = {
  'narrow schema, rows of 150 bytes': {
    schema: object({
      _id: text,
      level: text,
      points: count,
      since: time,
      person: object({ name: text }),
    }),
    row: (at) => ({
      _id: `id-${at}`,
      level: 'gold',
      points: at,
      since: '2026-01-31T12:00:00Z',
      person: { name: `Name ${at}` },
    }),
  },
  'events with identities, 300 bytes': {
    schema: {
      ...object({
        _id: text,
        timestamp: time,
        eventType: text,
        identityMap,
        web: object({ url: text }),
      }),
      'meta:class': 'https://ns.adobe.com/xdm/context/experienceevent',
      'meta:immutableTags': ['union'],
    },
    row: (at) => ({
      _id: `id-${at}`,
      timestamp: '2026-01-31T12:00:00.000Z',
      eventType: 'web.page',
      identityMap: {
        Email: [{ id: `user${at}@example.org`, primary: true }],
        CRM: [{ id: `${at}` }],
      },
      web: { url: `https://example.org/some/path/of/a/page/${at}?query=value` },
    }),
  },
  'wide schema of 1,000 fields, 20 in a row': {
    schema: object({ _id: text, ...many(1000, (at) => KINDS[at % 5] ?? text) }),
    row: (at) => ({ _id: `id-${at}`, ...fill(20) }),
  },
  'long rows of 500 fields, 15 kB': {
    schema: object({ _id: text, ...many(500, (at) => KINDS[at % 5] ?? text) }),
    row: (at) => ({ _id: `id-${at}`, ...fill(500) }),
  },
};

const checkRows = (path: string, schema?: object) =>
  checkFiles(
    path,
    { deep: true },
    schema === undefined ? undefined : new BatchCheck(RowSchema.from(schema)),
  );

async function writeCase(folder: string, { row }: Case): Promise<string> {
  const lines: string[] = [];
  for (let bytes = 0, at = 0; bytes < MEGABYTES * 1e6; at++) {
    const line = `${JSON.stringify(row(at))}\n`;
    lines.push(line);
    bytes += line.length;
  }
  const path = join(folder, 'rows.jsonl');
  await writeFile(path, lines.join(''));
  return path;
}

/** Speed as a share of the check without a schema, the megabytes a second, and the peak of the memory. */
async function measureCase(folder: string, name: string): Promise<[number, number, number]> {
  const one = CASES[name];
  if (one === undefined) throw new Error(`there is no case ${name}`);
  const path = await writeCase(folder, one);
  const { errors, warnings } = await checkRows(path, one.schema);
  if (errors + warnings > 0) throw new Error(`${name}: the rows have findings`);
  const [ratios, speeds]: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    const plain = await timeCall(() => checkRows(path));
    const checked = await timeCall(() => checkRows(path, one.schema));
    if (round === 0) continue; // it warms up
    ratios.push(plain / checked);
    speeds.push(MEGABYTES / checked);
  }
  const script = fileURLToPath(import.meta.url);
  const { stdout } = spawnSync(process.execPath, [script, path, name], { encoding: 'utf8' });
  return [median(ratios), median(speeds), Number(stdout) / 1000];
}

/** Files whose footers have 2 MB: of many columns, and of many row groups. */
async function writeFooters(
  folder: string,
): Promise<Record<string, [path: string, fields: number]>> {
  const write = async (name: string, columns: number, rows: number) => {
    const columnData = Array.from({ length: columns }, (_, at) => ({
      name: `field_${at}`,
      data: Array.from({ length: rows }, (_, row) => `text ${row}`),
      type: 'STRING' as const,
    }));
    const bytes = Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: Math.min(rows, 10) }));
    const footer = bytes.readUInt32LE(bytes.length - 8);
    const path = join(folder, `${name}.parquet`);
    await writeFile(path, bytes);
    return { path, footer };
  };
  const files: Record<string, [string, number]> = {};
  const columns = await write('columns', 10_000, 20);
  files[`10,000 columns, footer of ${(columns.footer / 1e6).toFixed(1)} MB`] = [
    columns.path,
    10_000,
  ];
  const sample = await write('groups', 60, 100);
  const groups = Math.floor((FOOTER_BYTES / sample.footer) * 10);
  const { path, footer } = await write('groups', 60, groups * 10);
  files[`${groups} row groups of 60 columns, footer of ${(footer / 1e6).toFixed(1)} MB`] = [
    path,
    60,
  ];
  return files;
}

async function measureColumns(path: string, fields: number): Promise<[number, number]> {
  const schema = RowSchema.from(object(many(fields, () => text)));
  const [plain, checked]: [number[], number[]] = [[], []];
  for (let round = 0; round <= 2 * ROUNDS; round++) {
    plain.push(await timeCall(() => checkFiles(path)));
    checked.push(await timeCall(() => checkFiles(path, {}, new BatchCheck(schema))));
  }
  // The median leaves out the first rounds, which warm up.
  return [median(plain), median(checked)];
}

interface MeasuredRows {
  name: string;
  /** The speed, × that without a schema. */
  ratio: number;
  /** Megabytes a second. */
  speed: number;
  peakMb: number;
}

interface MeasuredColumns {
  name: string;
  seconds: number;
  /** The time, × that without a schema. */
  ratio: number;
}

function publishRows(rows: readonly MeasuredRows[], columns: readonly MeasuredColumns[]): void {
  const ratio = Math.min(...rows.map((row) => row.ratio));
  const peakMb = Math.max(...rows.map((row) => row.peakMb));
  const seconds = Math.max(...columns.map((file) => file.seconds));
  publish({
    name: 'rows-by-schema',
    title: 'Rows by a schema',
    command: 'make bench-rows',
    description: `\`check --deep\` of ${MEGABYTES} MB of JSON Lines with and without \`--schema\`, in turns; ${ROUNDS} rounds after one to warm
up, medians of processor time; the peak is that of a process of its own. Parquet columns are checked by the footer alone.`,
    goals: [
      {
        text: `speed: at least ${GOALS.speed} × the check without a schema`,
        measured: `${ratio.toFixed(2)} ×`,
        isMet: ratio >= GOALS.speed,
      },
      {
        text: `peak memory at most ${GOALS.peakMegabytes} MB`,
        measured: `${peakMb.toFixed(0)} MB`,
        isMet: peakMb <= GOALS.peakMegabytes,
      },
      {
        text: `Parquet columns: less than ${GOALS.columnSeconds * 1000} ms of processor time a file`,
        measured: `${(seconds * 1000).toFixed(0)} ms`,
        isMet: seconds < GOALS.columnSeconds,
      },
    ],
    tables: [
      {
        header: ['rows', '× without a schema', 'MB/s', 'peak MB'],
        rows: rows.map((row) => [
          ...[row.name, row.ratio.toFixed(2)],
          ...[row.speed.toFixed(0), row.peakMb.toFixed(0)],
        ]),
      },
      {
        header: ['Parquet columns', 'processor ms a file', '× without a schema'],
        rows: columns.map((file) => [
          file.name,
          (file.seconds * 1000).toFixed(0),
          file.ratio.toFixed(2),
        ]),
      },
    ],
    plots: [
      {
        kind: 'bars',
        title: 'speed, × the check without a schema',
        better: 'more',
        bars: rows.map((row) => ({ label: row.name, value: row.ratio, isOurs: true })),
        goal: { value: GOALS.speed, text: `at least ${GOALS.speed}` },
      },
    ],
  });
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'aep-batch-bench-rows-'));
  try {
    const rows: MeasuredRows[] = [];
    for (const name of Object.keys(CASES)) {
      const [ratio, speed, peakMb] = await measureCase(folder, name);
      rows.push({ name, ratio, speed, peakMb });
    }
    const columns: MeasuredColumns[] = [];
    for (const [name, [path, fields]] of Object.entries(await writeFooters(folder))) {
      const [plain, checked] = await measureColumns(path, fields);
      columns.push({ name, seconds: checked, ratio: checked / plain });
    }
    publishRows(rows, columns);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const [, , path, name] = process.argv;
if (path === undefined || name === undefined) await main();
else {
  await checkRows(path, CASES[name]?.schema);
  process.stdout.write(String(process.resourceUsage().maxRSS)); // kB
}
