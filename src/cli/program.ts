/**
 * The command `aep-batch`: parses arguments, calls the library, prints, and exits with a documented
 * code. It may import every other folder; what a subcommand needs is imported when it runs.
 */
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.js';
import { abort, complete, revert } from './commands/actions.js';
import { list, status, wait } from './commands/batches.js';
import { check } from './commands/check.js';
import { completion } from './commands/completion.js';
import { convert } from './commands/convert.js';
import { create } from './commands/create.js';
import { datasets } from './commands/datasets.js';
import { enqueue } from './commands/enqueue.js';
import { errors } from './commands/errors.js';
import { failedFiles } from './commands/failed-files.js';
import { ingest } from './commands/ingest.js';
import { init } from './commands/init.js';
import { load } from './commands/load.js';
import { resume } from './commands/resume.js';
import { runs } from './commands/runs.js';
import { sample } from './commands/sample.js';
import { schema } from './commands/schema.js';
import { simulate } from './commands/simulate.js';
import { types } from './commands/types.js';
import { upload } from './commands/upload.js';
import { worker } from './commands/worker.js';
import { EXIT } from './exit-codes.js';
import { finishOutput, type Streams } from './output.js';
import type { Finished, Subcommand } from './session.js';

/** In the order of the help. */
const SUBCOMMANDS: readonly ((program: Command) => Subcommand)[] = [
  ...[ingest, resume, runs, check, status, wait, errors, failedFiles, list, datasets, schema],
  ...[types, sample, convert, enqueue, worker, load],
  ...[create, upload, complete, abort, revert, simulate, init, completion],
];

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
  const program = buildProgram(streams, (result) => {
    finished = result;
  });
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

/** The program with its subcommands; the documentation is written from it, too. */
export function buildProgram(streams: Streams, onFinished: (result: Finished) => void): Command {
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
  for (const add of SUBCOMMANDS) {
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
