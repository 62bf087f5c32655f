/** A simulator in a process of its own, told what to do over IPC. See simulator-process.ts. */
import { subscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { type SimulatorOptions, startSimulator } from '../../src/testing/index.js';
import type { Answers, Question } from './simulator-process.js';

let underWay = 0;
let most = 0;
subscribe('http.server.request.start', (message) => {
  const { response } = message as { response: ServerResponse };
  most = Math.max(most, ++underWay);
  response.once('close', () => underWay--);
});

const simulator = await startSimulator(JSON.parse(process.argv[2] ?? '{}') as SimulatorOptions);

const answers: { [Name in keyof Answers]: (batchId: string) => Promise<Answers[Name]> } = {
  files: async (batchId) => {
    const files: Answers['files'] = [];
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

process.on('message', ({ name, batchId = '' }: Question) => {
  answers[name](batchId)
    .then((value) => process.send?.({ value }))
    .catch((error: Error) => process.send?.({ error: error.message }))
    .finally(() => {
      if (name === 'stop') process.disconnect();
    });
});
process.send?.({ value: simulator.clientOptions });
