/**
 * `make demo`: creates a batch with the client against a mock of `spec/`, then runs the built command to
 * load the sample data of `examples/`, including a file with bad rows, into a simulated platform. It
 * needs no account and no network, and cleans up after itself.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBatchClient } from 'aep-batch';
import { LOYALTY_DATASET_ID, loyaltyMembers, startSimulator } from 'aep-batch/testing';
import { startPrism } from '../spec-tools/prism.js';

/** Creates a batch with the sample request of the documentation and prints the mock's response. */
async function createBatch(): Promise<void> {
  const mock = await startPrism(0);
  const account = {
    orgId: 'ORG@AdobeOrg',
    sandbox: 'prod',
    apiKey: 'a-key',
    credentials: 'a-token',
  };
  await using client = createBatchClient({ ...account, origin: mock.origin });
  const request = JSON.parse(readFileSync('spec/examples/create-batch-seed-request.json', 'utf8'));
  console.log(`batches.create(${JSON.stringify(request.value)}), against a mock of spec/:`);
  console.log(await client.batches.create(request.value));
  await mock.close();
}

await createBatch();

const simulator = await startSimulator(loyaltyMembers);
const state = mkdtempSync(join(tmpdir(), 'aep-batch-demo-'));
const env = { ...process.env, ...simulator.env, AEP_ACCESS_TOKEN: '', XDG_STATE_HOME: state };

/** Prints a command and runs it. Throws if its exit code is not the expected one. */
async function run(expected: number, ...args: string[]): Promise<void> {
  console.log(`\n$ aep-batch ${args.join(' ')}`);
  const child = spawn(process.execPath, ['dist/src/cli/main.js', ...args], {
    env,
    stdio: 'inherit',
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== expected)
    throw new Error(`Invalid exit code: expected ${expected}, received ${code}.`);
}

const POLL_OFTEN = ['--poll-interval-ms', '200'];
try {
  console.log(`The simulated platform listens at ${simulator.origin}.`);
  const files: [format: string, file: string][] = [
    ['json', 'orders.jsonl'],
    ['csv', 'orders.csv'],
    ['parquet', 'orders.parquet'],
  ];
  for (const [format, file] of files) {
    await run(
      0,
      'ingest',
      `examples/${file}`,
      '--format',
      format,
      '--dataset',
      'orders',
      ...POLL_OFTEN,
    );
  }
  // Up to 5 % of the rows may be bad: the good ones are loaded, the bad ones are reported.
  const partial = ['--partial-ingestion-percent', '5', '--error-diagnostics'];
  const bad = 'examples/orders-with-bad-rows.jsonl';
  await run(3, 'ingest', bad, '--format', 'json', '--dataset', 'orders', ...partial, ...POLL_OFTEN);
  const completed = simulator.log.filter(({ path }) => path.endsWith('?action=COMPLETE'));
  const batchId = /batches\/(\w+)\?/.exec(completed.at(-1)?.path ?? '')?.[1] ?? '';
  await run(0, 'errors', batchId);
  // A dataset with a schema: its rows are checked by it, and these are refused before anything is sent.
  const members = ['examples/members-with-bad-rows.jsonl', '--dataset', LOYALTY_DATASET_ID];
  await run(2, 'ingest', ...members, '--check-rows', 'all');
} finally {
  await simulator.stop();
  rmSync(state, { recursive: true, force: true });
}
