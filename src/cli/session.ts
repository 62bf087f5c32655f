/** One run of a subcommand: its flags, output, signals and clients. */
import type { Command } from 'commander';
import type { CommandClient } from '../client.js';
import type { ClientOptions } from '../http/options.js';
import { omitUndefined } from '../shared/options.js';
import { readEnvironment, toClientOptions, type Values } from './environment.js';
import { EXIT } from './exit-codes.js';
import type { CommonFlags } from './flags.js';
import { Output, type Result, type Streams } from './output.js';
import type { RunHistory } from './run-history.js';
import { formatCommand } from './shell.js';
import { Signals } from './signals.js';
import { findSchemaFolder } from './state-dir.js';
import { verboseListeners } from './verbose.js';

export class Session {
  readonly out: Output;
  readonly signals: Signals;
  /** The journal of this run, if it is an ingest: error messages name it. */
  journal: string | undefined;
  /** The record of this run, if it is an ingest or a resume. */
  history: RunHistory | undefined;
  /** What to run after a signal, unless the error says it. */
  afterSignal: { text: string; command: string } | undefined;
  readonly #flags: CommonFlags;
  readonly #clients: CommandClient[] = [];

  constructor(flags: CommonFlags, streams: Streams) {
    this.#flags = flags;
    this.out = new Output(flags, streams);
    this.signals = new Signals((text) => this.out.say(text));
  }

  get signal(): AbortSignal {
    return this.signals.signal;
  }

  /** The environment and `.env`. */
  environment(): Values {
    const { values, warnings } = readEnvironment(process.cwd(), process.env);
    for (const warning of warnings) this.out.say(`warning: ${warning}`);
    return values;
  }

  /** Creates a client, and shows its sandbox before anything is sent. */
  async connect(
    options: ClientOptions = toClientOptions(this.environment(), this.#flags.sandbox),
  ): Promise<CommandClient> {
    const { createClient } = await import('../client.js');
    const { Secrets } = await import('../http/redact.js');
    // The client adds its secrets, tokens that it fetches included.
    this.out.secrets ??= new Secrets();
    const say = (text: string) => this.out.say(text);
    const listeners = this.#flags.verbose === true ? verboseListeners(say) : {};
    const schemas = findSchemaFolder();
    const client = createClient({ ...options, ...listeners }, this.out.secrets, schemas);
    this.#clients.push(client);
    this.out.introduce(`Sandbox ${client.sandbox} of ${client.orgId} at ${client.origin}`);
    return client;
  }

  /** A command to run next, in the same sandbox. */
  suggest(...args: string[]): string {
    const { sandbox } = this.#flags;
    return formatCommand(sandbox === undefined ? args : [...args, '--sandbox', sandbox]);
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    this.signals.close();
  }
}

/** How a subcommand ended: its exit code, and the effect to report if its output is lost. */
export type Finished = Pick<Result, 'effect'> & { exitCode: number };

/** A subcommand as the program adds it. */
export interface Subcommand {
  readonly command: Command;
  /** Runs it with the flags and arguments that were parsed. Never rejects. */
  run(streams: Streams): Promise<Finished>;
}

/**
 * A subcommand that does this work. Its result is printed on stdout; an error becomes a message and
 * an exit code.
 */
export function action<Flags extends CommonFlags>(
  command: Command,
  work: (session: Session, flags: Flags, args: string[]) => Promise<Result>,
): Subcommand {
  const run = async (streams: Streams): Promise<Finished> => {
    const flags = command.opts<Flags>();
    const session = new Session(flags, streams);
    // Loaded before the work, which may use up the file descriptors.
    const { reportError } = await import('./report-error.js');
    try {
      const { exitCode = EXIT.done, ...result } = await work(session, flags, command.args);
      const isLeftOut = result.isConfirmation === true && exitCode === EXIT.done;
      if (!isLeftOut || !session.out.isQuiet || session.out.isJson)
        await session.out.printResult(result);
      return { ...omitUndefined({ effect: result.effect }), exitCode };
    } catch (error) {
      return { exitCode: await reportError(error, session) };
    } finally {
      await session.close();
    }
  };
  return { command, run };
}
