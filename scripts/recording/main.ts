/**
 * `make recording`: runs the built command against a simulated platform and writes what a terminal showed to
 * docs/images/recording.svg: a check that finds a bad row, an ingest that is interrupted, and its resume.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LOYALTY_DATASET_ID, loyaltyMembers, startSimulator } from 'aep-batch/testing';
import { record, type Scene } from './record.js';
import { drawRecording } from './svg.js';

const COLUMNS = 96;
const FILE = 'docs/images/recording.svg';
const MAIN = resolve('dist/src/cli/main.js');

const run = (args: string, more: Partial<Scene> = {}): Scene => ({
  line: `aep-batch ${args}`,
  program: process.execPath,
  args: [MAIN, ...args.split(' ')],
  ...more,
});

const folder = mkdtempSync(join(tmpdir(), 'load-'));
// An upload takes as long as on a slow link, so that there is something to interrupt.
const simulator = await startSimulator({
  ...loyaltyMembers,
  faults: [{ when: { operation: 'uploadFile' }, then: { delayMs: 900 } }],
});
try {
  mkdirSync(join(folder, 'members'));
  for (let file = 1; file <= 8; file++) {
    const rows = Array.from({ length: 500 }, (_, row) =>
      JSON.stringify({ _id: `${file}-${row}`, _acme: { loyalty: { loyaltyPoints: row } } }),
    );
    writeFileSync(join(folder, 'members', `day-${file}.jsonl`), `${rows.join('\n')}\n`);
  }
  writeFileSync(join(folder, 'late.jsonl'), '{"_id":"a"}\n{"_id":"b","person":{"name":null}}\n');
  const dataset = `--dataset ${LOYALTY_DATASET_ID}`;
  const scenes = [
    run(`check late.jsonl ${dataset}`),
    run(`ingest members/ ${dataset} --journal members.journal`, {
      interruptAt: (shown) => / [4-7] of 8 files/.test(shown),
    }),
    run('resume members.journal'),
  ];
  const { PATH } = process.env;
  const env = {
    PATH,
    HOME: folder,
    XDG_STATE_HOME: folder,
    TERM: 'xterm-256color',
    ...simulator.env,
  };
  const versions = await record(scenes, { columns: COLUMNS, folder, env });
  const rows = 1 + Math.max(...versions.map(({ row }) => row));
  const title = `${scenes.map(({ line }) => line).join('; ')}, recorded in a terminal`;
  mkdirSync('docs/images', { recursive: true });
  writeFileSync(FILE, drawRecording({ title, columns: COLUMNS, rows, versions }));
  console.log(`${FILE}: ${rows} rows, ${versions.length} pieces`);
} finally {
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
}
