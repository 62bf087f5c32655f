// @ts-check
/**
 * A simulator in its own process, controlled over IPC; see simulator-process.ts. It runs the build:
 * compiling it on the fly would take longer than starting it.
 *
 * @import { ServerResponse } from 'node:http';
 * @import { Results, Command } from './simulator-process.js';
 */
import { subscribe } from 'node:diagnostics_channel';
import { startSimulator } from 'aep-batch/testing';

let active = 0;
let mostActive = 0;
subscribe('http.server.request.start', (message) => {
  const { response } = /** @type {{ response: ServerResponse }} */ (message);
  mostActive = Math.max(mostActive, ++active);
  response.once('close', () => active--);
});

const simulator = await startSimulator(JSON.parse(process.argv[2] ?? '{}'));

/** @type {{ [Name in keyof Results]: (batchId: string) => Promise<Results[Name]> }} */
const commands = {
  files: async (batchId) => {
    /** @type {Results['files']} */
    const files = [];
    // One after another: 25,000 files cannot all be open at once.
    for (const { path, sizeBytes, sha256 } of simulator.files(batchId)) {
      files.push({ path, sizeBytes, sha256: await sha256() });
    }
    return files;
  },
  log: async () => [...simulator.log],
  mostRequests: async () => mostActive,
  // On Linux in kilobytes.
  peakMemoryBytes: async () => process.resourceUsage().maxRSS * 1024,
  stop: async () => {
    await simulator.stop();
    return undefined;
  },
};

process.on('message', (/** @type {Command} */ { name, batchId = '' }) => {
  commands[name](batchId)
    .then((value) => process.send?.({ value }))
    .catch((error) => process.send?.({ error: error.message }))
    .finally(() => {
      if (name === 'stop') process.disconnect();
    });
});
process.send?.({ value: simulator.clientOptions });
