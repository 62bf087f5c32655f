/** `init`: a `.env` for the working folder. */
import { spawnSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { checkSandbox } from '../../shared/checks.js';
import { omitUndefined } from '../../shared/options.js';
import { type FileCredential, parseCredentialFile } from '../credential-file.js';
import { formatEnvFile } from '../env-file.js';
import { toClientOptions, type Values } from '../environment.js';
import { isSystemFailure, UsageError } from '../exit-codes.js';
import { addCommand, type CommonFlags } from '../flags.js';
import { action, type Session, type Subcommand } from '../session.js';

interface InitFlags extends CommonFlags {
  check?: boolean;
}

export function init(program: Command): Subcommand {
  const command = addCommand(
    program,
    'init [credentials]',
    'Write a .env, filled in from a credentials file: from Adobe Developer Console, flat JSON, or a Postman environment.',
    ['init', 'init ~/Downloads/oauth-credentials.json --sandbox dev --check'],
  ).option('--check', 'test the credential by listing one batch');
  return action<InitFlags>(command, async (session, { check = false, ...flags }, [credentials]) => {
    const credential = credentials === undefined ? undefined : await readCredential(credentials);
    const sandbox = flags.sandbox ?? credential?.sandbox;
    if (sandbox !== undefined) checkSandbox(sandbox);
    if (check && (credential === undefined || sandbox === undefined)) {
      throw new UsageError('--check requires a credentials file and --sandbox <name>.');
    }
    const path = join(process.cwd(), '.env');
    await writeNew(path, formatEnvFile(credential, sandbox));
    const isTracked = wouldGitTrack(path);
    if (isTracked) {
      session.out.say(
        'warning: git would track .env, which holds secrets. Add the line ".env" to .gitignore.',
      );
    }
    if (check && credential !== undefined && sandbox !== undefined) {
      session.out.note(`${path} was written. Testing the credential.`);
      await testCredential(session, credential, sandbox);
    }
    const tested = check ? ', and the credential works' : '';
    const toDo = credential === undefined ? '. Fill in its values' : '';
    return {
      json: { file: path, gitWouldTrack: isTracked, checked: check },
      text: `${path} was written${toDo}${tested}.`,
      effect: `${path} was written`,
    };
  });
}

async function readCredential(path: string): Promise<FileCredential> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw new UsageError(`Cannot read ${path}: ${why}.`);
  });
  return parseCredentialFile(text, path);
}

async function writeNew(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600, flag: 'wx' }).catch(
    async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') {
        throw new UsageError(`${path} exists and is not overwritten: move it away first.`);
      }
      const message = `Cannot write ${path}: ${error.message}.`;
      if (!isSystemFailure(error.code)) throw new UsageError(message);
      // A partly written file would fail the next attempt.
      await rm(path, { force: true });
      throw new Error(message, { cause: error });
    },
  );
}

/** Whether git has this folder in a repository and does not ignore the file. */
function wouldGitTrack(path: string): boolean {
  const { status } = spawnSync('git', ['check-ignore', '--quiet', path], { stdio: 'ignore' });
  return status === 1; // 0: ignored; 128: no repository; null: no git
}

/** Lists one batch with exactly what was written; only the hosts come from the environment. */
async function testCredential(
  session: Session,
  credential: FileCredential,
  sandbox: string,
): Promise<void> {
  const environment = session.environment();
  const { AEP_ORIGIN, AEP_IMS_ORIGIN } = environment;
  const written: Values = {
    AEP_ORG_ID: credential.orgId,
    AEP_SANDBOX: sandbox,
    AEP_CLIENT_ID: credential.clientId,
    AEP_CLIENT_SECRET: credential.clientSecret,
    AEP_SCOPES: credential.scopes.join(','),
  };
  const values: Values = { ...written, ...omitUndefined({ AEP_ORIGIN, AEP_IMS_ORIGIN }) };
  const client = await session.connect(toClientOptions(values, sandbox));
  for await (const _ of client.batches.list({ pageSize: 1 }, { signal: session.signal })) break;
  const others = Object.entries(written).flatMap(([name, value]) =>
    environment[name as keyof Values] === value ? [] : [name],
  );
  if (environment.AEP_ACCESS_TOKEN !== undefined) others.push('AEP_ACCESS_TOKEN');
  if (others.length > 0) {
    session.out.say(
      `warning: the environment has other values for ${others.join(', ')}, and takes precedence over .env.`,
    );
  }
}
