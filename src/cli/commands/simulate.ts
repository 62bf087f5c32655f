/** `simulate`: a simulated platform on loopback, until a signal stops it. */
import { once } from 'node:events';
import type { Command } from 'commander';
import { checkSandbox } from '../../shared/checks.js';
import { omitUndefined } from '../../shared/options.js';
import { EXIT } from '../exit-codes.js';
import { addCommand, type CommonFlags, integerArg } from '../flags.js';
import { action, type Subcommand } from '../session.js';
import { quoteForShell } from '../shell.js';

const DEFAULT_PORT = 4010;

interface SimulateFlags extends CommonFlags {
  port: number;
}

export function simulate(program: Command): Subcommand {
  const command = addCommand(
    program,
    'simulate',
    'Run a simulated platform on this machine, and print the environment variables to reach it.',
    ['simulate --port 4010'],
  ).option(
    '--port <n>',
    'port to listen on; 0 picks a free one',
    integerArg(0, 65_535),
    DEFAULT_PORT,
  );
  return action<SimulateFlags>(command, async (session, { port, sandbox }) => {
    if (sandbox !== undefined) checkSandbox(sandbox);
    const { LOYALTY_DATASET_ID, loyaltyMembers, startSimulator } = await import(
      '../../testing/index.js'
    );
    const simulator = await startSimulator({
      ...loyaltyMembers,
      port,
      ...omitUndefined({ sandbox }),
    });
    const { out, signal, signals } = session;
    const { origin, env } = simulator;
    const lines = Object.entries(env).map(
      ([name, value]) => `export ${name}=${quoteForShell(value)}`,
    );
    await out.printResult({ json: { origin, env }, text: lines.join('\n') });
    // Without its output nobody knows how to reach it; a closed pipe may have been read before.
    if (!out.hasFailed) {
      out.note(`A simulated platform is listening at ${origin}. Stop it with Ctrl-C.`);
      out.note(`It takes any dataset id; ${LOYALTY_DATASET_ID} (Loyalty Members) has a schema.`);
      if (!signal.aborted) await once(signal, 'abort');
    }
    await simulator.stop();
    return { exitCode: signals.received === undefined ? EXIT.done : EXIT[signals.received] };
  });
}
