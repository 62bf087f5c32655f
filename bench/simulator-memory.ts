/**
 * Measures the memory of the simulator while it receives 1 GiB in parts, and its start-up time. Fails if
 * one of them exceeds its limit.
 *
 *   node --import tsx bench/simulator-memory.ts
 */
import { createHash } from 'node:crypto';
import { createBatchClient } from '../src/index.js';
import { startSimulator } from '../src/testing/index.js';
import { startSimulatorProcess } from '../test/support/simulator-process.js';

const PARTS = 16;
const PART_BYTES = 64 * 1024 * 1024;
const CONCURRENCY = 4;
const MAX_MEMORY_MB = 150;
const MAX_START_MS = 300;

const start = performance.now();
await (await startSimulator()).stop();
const startMs = performance.now() - start;

const simulator = await startSimulatorProcess();
const client = createBatchClient(simulator.clientOptions);
const datasetId = 'dataset';
const { id: batchId } = await client.batches.create({ datasetId });
const address = { batchId, datasetId, path: 'large.bin' };
await client.files.initialize(address);

/** Each part is filled with a different byte. */
const hash = createHash('sha256');
const sending = performance.now();
for (let first = 0; first < PARTS; first += CONCURRENCY) {
  const numbers = Array.from({ length: CONCURRENCY }, (_, at) => first + at);
  const parts = numbers.map((number) => Buffer.alloc(PART_BYTES, number));
  for (const part of parts) hash.update(part);
  await Promise.all(
    parts.map((part, at) =>
      client.files.uploadPart(address, { start: (first + at) * PART_BYTES }, part),
    ),
  );
}
await client.files.complete(address);
const seconds = (performance.now() - sending) / 1000;
const [file] = await simulator.files(batchId);
const memoryMb = (await simulator.peakMemoryBytes()) / 1e6;
await client.close();
await simulator.stop();

const isRight = file?.sha256 === hash.digest('hex') && file.sizeBytes === PARTS * PART_BYTES;
console.log(`start and stop     ${startMs.toFixed(0)} ms (at most ${MAX_START_MS})`);
console.log(`1 GiB in ${PARTS} parts   ${seconds.toFixed(1)} s, hashing by the sender included`);
console.log(`peak memory        ${memoryMb.toFixed(0)} MB (at most ${MAX_MEMORY_MB})`);
console.log(`sha256             ${isRight ? 'right' : 'WRONG'}`);
if (!isRight || memoryMb > MAX_MEMORY_MB || startMs > MAX_START_MS) process.exitCode = 1;
