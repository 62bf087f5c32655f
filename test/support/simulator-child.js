// @ts-check
/**
 * A simulator in a process of its own, told what to do over IPC; see simulator-process.ts. It runs
 * what is built: to compile it on the fly would take longer than to start it.
 *
 * @import { ServerResponse } from 'node:http';
 * @import { Answers, Question } from './simulator-process.js';
 */
import { subscribe } from 'node:diagnostics_channel';
import { startSimulator } from 'aep-batch/testing';

let underWay = 0;
let most = 0;
subscribe('http.server.request.start', (message) => {
  const { response } = /** @type {{ response: ServerResponse }} */ (message);
  most = Math.max(most, ++underWay);
  response.once('close', () => underWay--);
});

const simulator = await startSimulator(JSON.parse(process.argv[2] ?? '{}'));

/** @type {{ [Name in keyof Answers]: (batchId: string) => Promise<Answers[Name]> }} */
const answers = {
  files: async (batchId) => {
    /** @type {Answers['files']} */
    const files = [];
    // One after another: of 25,000 not all can be open at a time.
    for (const { path, sizeBytes, sha256 } of simulator.files(batchId)) {
      files.push({ path, sizeBytes, sha256: await sha256() });
    }
    return files;
  },
  log: async () => [...simulator.log],
  mostRequests: async () => most,
  // On Linux in kilobytes.
  peakMemoryBytes: async () => process.resourceUsage().maxRSS * 1024,
  stop: async () => {
    await simulator.stop();
    return undefined;
  },
};

process.on('message', (/** @type {Question} */ { name, batchId = '' }) => {
  answers[name](batchId)
    .then((value) => process.send?.({ value }))
    .catch((error) => process.send?.({ error: error.message }))
    .finally(() => {
      if (name === 'stop') process.disconnect();
    });
});
process.send?.({ value: simulator.clientOptions });
