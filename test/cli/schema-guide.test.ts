import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { expect, jest, test } from '@jest/globals';
import { loyaltyMembers } from '../../src/testing/index.js';
import { useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a machine that may be busy

const desk = useDesk({ ...loyaltyMembers });
const guide = readFileSync(new URL('../../docs/schema.md', import.meta.url), 'utf8');
const commands = [...guide.matchAll(/^`{3}sh\n([\s\S]*?)^`{3}/gm)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);

test('the commands of the guide on schemas run one after another, and write what they name', async () => {
  await desk.file('members.csv', '_id,person.name.firstName\na,Ada\nb,\n');
  const outcomes: unknown[] = [];
  for (const command of commands) {
    const [program, ...args] = command.split(' ');
    const { code, stderr } = await desk.run(args);
    outcomes.push({ command, program, code, errors: stderr.match(/^(?:error|warning): .*/gm) });
  }
  expect(outcomes).toEqual(
    commands.map((command) => ({ command, program: 'aep-batch', code: 0, errors: null })),
  );
  expect((await readdir(desk.folder)).sort()).toEqual(
    expect.arrayContaining(['loyalty.schema.json', 'members.parquet', 'rows.jsonl', 'rows.ts']),
  );
});
