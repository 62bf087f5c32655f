/** `make simulate`: the simulator on a port, for people, until the command has it. */
import { startSimulator } from '../src/testing/index.js';

const simulator = await startSimulator({ port: Number(process.env['PORT'] ?? 4010) });
const lines = Object.entries(simulator.env).map(([name, value]) => `export ${name}='${value}'`);
console.log(`A simulated platform answers at ${simulator.origin}; Ctrl-C ends it. To call it:

${lines.join('\n')}`);

process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());

async function stop(): Promise<void> {
  try {
    await simulator.stop();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
