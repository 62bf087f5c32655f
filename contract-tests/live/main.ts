import { fileURLToPath } from 'node:url';
import { EXIT } from '../../src/cli/exit-codes.js';
import { Signals } from '../../src/cli/signals.js';
import { runLiveCommand } from './command.js';

const say = (text: string) => console.log(text);
const signals = new Signals(say);
const exitCode = await runLiveCommand({
  folder: process.cwd(),
  env: process.env,
  signal: signals.signal,
  say,
  documentPath: fileURLToPath(new URL('../../generated/openapi.json', import.meta.url)),
  reportPath: 'coverage/live.json',
});
signals.close();
process.exitCode = signals.received === undefined ? exitCode : EXIT[signals.received];
