import { once } from 'node:events';
import type { Command } from 'commander';
import { checkSandbox } from '../../shared/checks.js';
import { omitUndefined } from '../../shared/options.js';
import { EXIT } from '../exit-codes.js';
import { type CommonFlags, examples, subcommand, whole } from '../flags.js';
import { stdout } from '../output.js';
import { runs } from '../session.js';
import { singleQuoted } from '../shell.js';

const DEFAULT_PORT = 4010;

interface SimulateFlags extends CommonFlags {
  port: number;
}

/** `aep-batch simulate`: a platform on loopback that keeps what it is sent, until it is ended. */
export function simulate(program: Command): void {
  const command = subcommand(
    program,
    'simulate',
    'Run a simulated platform on this machine, and print the environment to call it with.',
  ).option(
    '--port <n>',
    'where it listens; 0 is any that is free',
    whole(0, 65_535, ''),
    DEFAULT_PORT,
  );
  examples(command, 'simulate --port 4010');
  runs<SimulateFlags>(command, async (session, { port, sandbox }) => {
    if (sandbox !== undefined) checkSandbox(sandbox);
    const { startSimulator } = await import('../../testing/index.js');
    const simulator = await startSimulator({ port, ...omitUndefined({ sandbox }) });
    const { origin, env } = simulator;
    const lines = Object.entries(env).map(
      ([name, value]) => `export ${name}=${singleQuoted(value)}`,
    );
    await session.out.result({ json: { origin, env }, text: lines.join('\n') });
    if (stdout.failure !== undefined) {
      // Nobody could read how to call it.
      await simulator.stop();
      return { exitCode: EXIT.error };
    }
    session.out.note(`A simulated platform answers at ${origin}; Ctrl-C ends it.`);
    if (!session.signal.aborted) await once(session.signal, 'abort');
    await simulator.stop();
    const { received } = session.signals;
    return { exitCode: received === undefined ? EXIT.done : EXIT[received] };
  });
}
