/**
 * The command `aep-batch`: parses arguments, calls the library, prints, and exits with a documented
 * code. It may import every other folder; what a subcommand needs is imported when it runs.
 */
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.js';
import { EXIT } from './exit-codes.js';
import { finishOutput, type Streams } from './output.js';
import type { Finished, Subcommand } from './session.js';

/** In the order of the help. A call of one imports only that one, which saves a tenth of its start. */
const SUBCOMMANDS: Readonly<Record<string, () => Promise<(program: Command) => Subcommand>>> = {
  ingest: async () => (await import('./commands/ingest.js')).ingest,
  resume: async () => (await import('./commands/resume.js')).resume,
  runs: async () => (await import('./commands/runs.js')).runs,
  check: async () => (await import('./commands/check.js')).check,
  status: async () => (await import('./commands/batches.js')).status,
  wait: async () => (await import('./commands/batches.js')).wait,
  errors: async () => (await import('./commands/errors.js')).errors,
  'failed-files': async () => (await import('./commands/failed-files.js')).failedFiles,
  list: async () => (await import('./commands/batches.js')).list,
  datasets: async () => (await import('./commands/datasets.js')).datasets,
  schema: async () => (await import('./commands/schema.js')).schema,
  types: async () => (await import('./commands/types.js')).types,
  sample: async () => (await import('./commands/sample.js')).sample,
  convert: async () => (await import('./commands/convert.js')).convert,
  enqueue: async () => (await import('./commands/enqueue.js')).enqueue,
  worker: async () => (await import('./commands/worker.js')).worker,
  load: async () => (await import('./commands/load.js')).load,
  create: async () => (await import('./commands/create.js')).create,
  upload: async () => (await import('./commands/upload.js')).upload,
  complete: async () => (await import('./commands/actions.js')).complete,
  abort: async () => (await import('./commands/actions.js')).abort,
  revert: async () => (await import('./commands/actions.js')).revert,
  simulate: async () => (await import('./commands/simulate.js')).simulate,
  init: async () => (await import('./commands/init.js')).init,
  completion: async () => (await import('./commands/completion.js')).completion,
};
/** Those that are about all subcommands. */
const ABOUT_ALL = new Set(['completion']);

/** The width of help that no terminal shows. */
const HELP_COLUMNS = 80;

const AFTER_HELP = `
Environment variables (they take precedence over a .env in the working folder):
  AEP_ORG_ID, AEP_SANDBOX             organisation id (…@AdobeOrg) and sandbox name
  AEP_CLIENT_ID, AEP_CLIENT_SECRET,   OAuth server-to-server credential,
  AEP_SCOPES                          its scopes separated by commas
  AEP_ACCESS_TOKEN                    or an access token,
  AEP_API_KEY                         with the client id that it was issued for
  AEP_ORIGIN, AEP_IMS_ORIGIN          other hosts, for example a simulator
  AEP_REDIS_URL                       Redis for enqueue, worker and load

Exit codes: 0 success or accepted, 1 any other error (a batch that is inactive, too),
  2 usage or invalid input (nothing sent), 3 success with rejected rows,
  4 batch failed, aborted, abandoned or deleted, 5 stalled, 6 wait timed out,
  7 authentication or permission, 130 SIGINT, 143 SIGTERM.

Examples:
  $ aep-batch init ~/Downloads/oauth-credentials.json
  $ aep-batch ingest rows.jsonl --dataset 5c8c3c555033b814b69f947f
  $ aep-batch <command> --help`;

/** Runs a command line. Resolves to the exit code, also when the subcommand fails. */
export async function run(args: readonly string[], streams: Streams): Promise<number> {
  let finished: Finished = { exitCode: EXIT.done };
  const [name = ''] = args;
  const isOne = Object.hasOwn(SUBCOMMANDS, name) && !ABOUT_ALL.has(name);
  const names = isOne ? [name] : undefined;
  const onFinished = (result: Finished) => {
    finished = result;
  };
  const program = await buildProgram(streams, onFinished, names);
  try {
    // Without arguments the help is the output that was asked for, so it goes to stdout.
    await program.parseAsync(normalizeArgs(args, program), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    finished = { exitCode: error.exitCode === 0 ? EXIT.done : EXIT.usage };
    if (error.exitCode !== 0 && args.includes('--json')) printUsageError(error, streams);
  }
  return finishOutput(finished, streams);
}

/** No arguments and `help <command>` in the form that also suggests the command that was meant. */
function normalizeArgs(args: readonly string[], program: Command): string[] {
  const [first, name = ''] = args;
  if (first === undefined) return ['--help'];
  const isHelpOfOther = first === 'help' && /^\w/.test(name) && name !== 'help';
  if (!isHelpOfOther) return [...args];
  const isKnown = program.commands.some((command) => command.name() === name);
  return isKnown ? [name, '--help'] : [name];
}

/** The program with these subcommands, all by default; the documentation is written from it, too. */
export async function buildProgram(
  streams: Streams,
  onFinished: (result: Finished) => void,
  names: readonly string[] = Object.keys(SUBCOMMANDS),
): Promise<Command> {
  const { stdout, stderr } = streams;
  const program = new Command('aep-batch')
    .description('Load batches into Adobe Experience Platform.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError('Run it with --help for its arguments and options.')
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', AFTER_HELP)
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.stream.columns ?? HELP_COLUMNS,
      getErrHelpWidth: () => stderr.stream.columns ?? HELP_COLUMNS,
    })
    .exitOverride();
  for (const name of names) {
    const add = await SUBCOMMANDS[name]?.();
    if (add === undefined) continue;
    const { command, run } = add(program);
    command.action(async () => onFinished(await run(streams)));
  }
  return program;
}

/** Commander has printed the message on stderr; `--json` has it on stdout as well. */
function printUsageError({ code, message }: CommanderError, { stdout }: Streams): void {
  const error = { name: 'UsageError', code, message: message.replace(/^error: /, '') };
  stdout.write(`${JSON.stringify({ outcome: null, error })}\n`);
}
