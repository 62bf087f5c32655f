import { fileURLToPath } from 'node:url';
import { EXIT } from '../../src/cli/exit-codes.js';
import { Signals } from '../../src/cli/signals.js';
import { runLiveCommand } from './command.js';

const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const say = (text: string) => console.log(text);
const signals = new Signals(say);
const exitCode = await runLiveCommand({
  ...{ folder: process.cwd(), env: process.env, signal: signals.signal, say },
  documentPath: inProject('generated/openapi.json'),
  reportPath: inProject('coverage/live.json'),
});
signals.close();
process.exitCode = signals.received === undefined ? exitCode : EXIT[signals.received];
