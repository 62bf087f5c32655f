/** All subcommands, put together. What they need is imported when one of them runs. */
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.js';
import { abort } from './commands/abort.js';
import { check } from './commands/check.js';
import { complete } from './commands/complete.js';
import { create } from './commands/create.js';
import { errors } from './commands/errors.js';
import { ingest } from './commands/ingest.js';
import { init } from './commands/init.js';
import { list } from './commands/list.js';
import { resume } from './commands/resume.js';
import { revert } from './commands/revert.js';
import { simulate } from './commands/simulate.js';
import { status } from './commands/status.js';
import { upload } from './commands/upload.js';
import { wait } from './commands/wait.js';
import { EXIT } from './exit-codes.js';
import { finishOutput, stderr, stdout } from './output.js';

const SUBCOMMANDS = [
  ...[ingest, resume, check, status, wait, errors, list],
  ...[create, upload, complete, abort, revert, simulate, init],
];

const AFTER_HELP = `
Environment (a .env file in the working folder is read; the real environment wins):
  AEP_ORG_ID, AEP_SANDBOX             the organisation (…@AdobeOrg) and the sandbox
  AEP_CLIENT_ID, AEP_CLIENT_SECRET,   an OAuth server-to-server credential,
  AEP_SCOPES                          its scopes with commas between them
  AEP_ACCESS_TOKEN                    or an access token, with
  AEP_API_KEY                         the client id that it was issued for
  AEP_ORIGIN, AEP_IMS_ORIGIN          another host, for instance a simulator

Exit codes: 0 success or accepted, 1 any other error, 2 usage or bad input (nothing sent),
  3 success with rejected rows, 4 batch failed, 5 stalled, 6 wait timed out,
  7 authentication or permission, 130 SIGINT, 143 SIGTERM.

Examples:
  $ aep-batch init ~/Downloads/oauth-credentials.json
  $ aep-batch ingest rows.jsonl --dataset 5c8c3c555033b814b69f947f
  $ aep-batch <command> --help`;

function build(): Command {
  const program = new Command('aep-batch')
    .description('Load batches into Adobe Experience Platform.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError('Run it with --help to see what it takes.')
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', AFTER_HELP)
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
    })
    .exitOverride();
  for (const subcommand of SUBCOMMANDS) subcommand(program);
  return program;
}

/** Runs the command. Gives the exit code; it never throws. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    // Bare, it explains itself; on stdout, since that is what was asked for.
    await build().parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (error.exitCode !== 0 && args.includes('--json')) {
      const message = error.message.replace(/^error: /, '');
      const told = { name: 'UsageError', code: error.code, message };
      stdout.write(`${JSON.stringify({ outcome: null, error: told })}\n`);
    }
  }
  return finishOutput(Number(process.exitCode ?? EXIT.done));
}
