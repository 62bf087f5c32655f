/** The set-up of tests that ingest: one simulator a file, and a client and a folder for each test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { type BatchClient, type ClientOptions, createBatchClient } from '../../src/index.js';
import { type Simulator, startSimulator } from '../../src/testing/index.js';
import { testClock } from './client.js';
import { findFastFolder } from './fast-folder.js';

// Live bindings, as each test file has this module to itself.
export let simulator: Simulator;
export let client: BatchClient;
export let folder = '';

/** Called once at the top of a test file. @param name is in the name of the folders. */
export function useIngest(name: string, options: Partial<ClientOptions> = {}): void {
  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(findFastFolder(), `aep-batch-${name}-`));
    client = createBatchClient({ ...simulator.clientOptions, clock: testClock(), ...options });
    simulator.faults.set();
  });
  afterEach(async () => {
    await client.close();
    await rm(folder, { recursive: true, force: true });
  });
}
