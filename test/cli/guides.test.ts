import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, jest, test } from '@jest/globals';
import { loyaltyMembers } from '../../src/testing/index.js';
import { useDesk } from '../support/command.js';
import { useUrlServer } from '../support/url-server.js';

jest.setTimeout(30_000); // a machine that may be busy

const desk = useDesk({ ...loyaltyMembers });
const urls = useUrlServer(Buffer.from('{"_id":"a"}\n'));
/** A path from the root of the project. */
const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const extractBlocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`{3}${language}\\n([\\s\\S]*?)^\`{3}`, 'gm'))].map(
    ([, block = '']) => block,
  );

/** The arguments, and the exit code that a comment behind the command names. */
function parseCommand(line: string) {
  const [text = '', comment = ''] = line.split(/\s+# /);
  const [program, ...args] = text.split(' ').map((word) => word.replace(/^"(.*)"$/, '$1'));
  return { program, args, code: Number(/^exit code (\d+)$/.exec(comment)?.[1] ?? 0) };
}

/** The batch that the last ingest completed. */
const findLastBatch = (): string =>
  desk.simulator.log
    .map(({ path }) => /batches\/(\w+)\?action=COMPLETE/.exec(path)?.[1])
    .filter((id) => id !== undefined)
    .at(-1) ?? '';

/** Runs the commands of a guide one after another, as they are printed. */
async function runGuide(name: string): Promise<{ expected: unknown[]; outcomes: unknown[] }> {
  const commands = extractBlocks(read(name), 'sh')
    .flatMap((block) => block.trim().split('\n'))
    .filter((line) => !line.startsWith('make ')); // contract-tests/programs/ knows them
  const outcomes: unknown[] = [];
  for (const command of commands) {
    const { program, args } = parseCommand(command);
    const polled =
      /^(?:ingest|resume)$/.test(args[0] ?? '') && args.length > 1
        ? [...args, '--poll-interval-ms', '1']
        : args;
    const { code } = await desk.run(polled.map((arg) => arg.replace('<batchId>', findLastBatch())));
    outcomes.push({ command, program, code });
  }
  const expected = commands.map((command) => {
    return { command, program: 'aep-batch', code: parseCommand(command).code };
  });
  expect(expected.length).toBeGreaterThan(0);
  return { expected, outcomes };
}

test('the commands of the guide on loading once do what it says', async () => {
  await mkdir(join(desk.folder, 'exports'));
  const members = '{"_id":"a","loyalty":{"points":1}}\n';
  await desk.file('exports/members.jsonl', members);

  const { outcomes, expected } = await runGuide('docs/once.md');

  expect(outcomes).toEqual(expected);
  const created = desk.simulator.log.filter(({ operation }) => operation === 'createBatch');
  expect(created).toHaveLength(2);
});

test('the commands of the guide on schemas run one after another, and write what they name', async () => {
  await desk.file('members.csv', '_id,person.name.firstName\na,Ada\nb,\n');

  const { outcomes, expected } = await runGuide('docs/schema.md');

  expect(outcomes).toEqual(expected);
  expect((await readdir(desk.folder)).sort()).toEqual(
    expect.arrayContaining(['loyalty.schema.json', 'members.parquet', 'rows.jsonl', 'rows.ts']),
  );
});

test('the commands of the tutorial run one after another, and end as it says', async () => {
  const [rows = ''] = extractBlocks(read('docs/tutorial.md'), 'json');
  await desk.file('bad.jsonl', rows);

  const { outcomes, expected } = await runGuide('docs/tutorial.md');

  expect(outcomes).toEqual(expected);
  const rejected = readFileSync(`${desk.folder}/rejected.jsonl`, 'utf8');
  expect(rejected.match(/"_id":"\w+"/g)).toEqual(['"_id":"b"', '"_id":"c"']);
});

test('the commands of the guide on CI run with the schema of the dataset', async () => {
  const dataset = ['--dataset', '5c8c3c555033b814b69f947f'];
  await desk.run(['sample', ...dataset, '--out', 'rows.jsonl']);
  await desk.run(['schema', dataset[1] ?? '', '--out', 'loyalty.schema.json']);

  const { outcomes, expected } = await runGuide('docs/ci.md');

  expect(outcomes).toEqual(expected);
});

/** An ingest that failed after its upload. */
async function breakOff(): Promise<void> {
  await desk.file('late.jsonl', '{"_id":"a"}\n');
  desk.simulator.faults.set({ when: { operation: 'batchAction', nth: 1 }, then: { status: 403 } });
  const ingest = ['ingest', 'late.jsonl', '--dataset', 'd', '--poll-interval-ms', '1'];
  expect((await desk.run(ingest)).code).toBe(7);
}

test.each(['docs/resume.md', 'README.md'])(
  'the commands of %s run one after another, after an ingest that broke off',
  async (name) => {
    await breakOff();
    await desk.run(['sample', '--dataset', '5c8c3c555033b814b69f947f', '--out', 'rows.jsonl']);

    const { outcomes, expected } = await runGuide(name);

    expect(outcomes).toEqual(expected);
  },
);

test('the commands of the guide on pace load a file within its limits', async () => {
  await desk.file('rows.jsonl', '{"_id":"a"}\n');

  const { outcomes, expected } = await runGuide('docs/pace.md');

  expect(outcomes).toEqual(expected);
});

test('the commands of the guide on sources load what they name, and the URL of their list', async () => {
  const rows = '{"_id":"a"}\n';
  for (const folder of ['exports/day=1', 'exports/day=2']) {
    await mkdir(`${desk.folder}/${folder}`, { recursive: true });
    await desk.file(`${folder}/rows.jsonl`, rows);
  }
  await desk.file('list.txt', 'exports/day=1/rows.jsonl\n');
  await writeFile(`${desk.folder}/rows.jsonl.gz`, gzipSync(rows));
  await desk.file('urls.txt', `${urls.origin}/rows.jsonl?signature=0123456789\n`);

  const { outcomes, expected } = await runGuide('docs/sources.md');

  expect(outcomes).toEqual(expected);
});
