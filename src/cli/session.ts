/** One run of a subcommand: its options, its output, its client, its end. */
import type { Command } from 'commander';
import type { BatchClient } from '../client.js';
import type { ClientOptions } from '../http/options.js';
import { clientOptions, readEnvironment, type Values } from './environment.js';
import { EXIT } from './exit-codes.js';
import type { CommonFlags } from './flags.js';
import { type Ended, finishOutput, Output, type Result } from './output.js';
import { Signals } from './signals.js';

export class Session {
  readonly out: Output;
  readonly #flags: CommonFlags;
  readonly #signals: Signals;
  #clients: BatchClient[] = [];
  /** The journal of this run, to be named when something fails. */
  journal: string | undefined;

  constructor(flags: CommonFlags) {
    this.#flags = flags;
    this.out = new Output(flags);
    this.#signals = new Signals((text) => this.out.say(text));
  }

  get signal(): AbortSignal {
    return this.#signals.signal;
  }

  get signals(): Signals {
    return this.#signals;
  }

  /** The sandbox as it was passed, for a hint on how to go on. */
  get sandboxFlag(): string | undefined {
    return this.#flags.sandbox;
  }

  /** The environment and `.env`. */
  environment(): Values {
    const { values, warnings } = readEnvironment(process.cwd(), process.env);
    for (const warning of warnings) this.out.say(`warning: ${warning}`);
    return values;
  }

  /** A client; where it is going to write is shown before anything is sent. */
  async connect(
    options: ClientOptions = clientOptions(this.environment(), this.#flags.sandbox),
  ): Promise<BatchClient> {
    const { createClient } = await import('../client.js');
    const { Secrets } = await import('../http/redact.js');
    // The client adds its own: also the tokens that it fetches.
    this.out.secrets ??= new Secrets();
    const say = (text: string) => this.out.say(text);
    const { telling } = await import('./verbose.js');
    const told = this.#flags.verbose === true ? telling(say) : {};
    const client = createClient({ ...options, ...told }, this.out.secrets);
    this.#clients.push(client);
    say(`Sandbox ${client.sandbox} of ${client.orgId} at ${client.origin}`);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }
}

/**
 * Has a subcommand do its work: the result goes to stdout, what was thrown becomes a message and an
 * exit code.
 */
export function runs<Flags extends CommonFlags>(
  command: Command,
  work: (session: Session, flags: Flags, args: string[]) => Promise<Result | Ended>,
): void {
  command.action(async () => {
    const flags = command.opts<Flags>();
    const session = new Session(flags);
    // Before the work, which may use up what descriptors there are.
    const { report } = await import('./report-error.js');
    try {
      const result = await work(session, flags, command.args);
      if ('json' in result) await session.out.result(result);
      const { exitCode = EXIT.done } = result;
      process.exitCode = await finishOutput(exitCode, 'json' in result ? result.done : undefined);
    } catch (error) {
      process.exitCode = await report(error, session);
    } finally {
      await session.close();
    }
  });
}
