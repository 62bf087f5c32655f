import { spawnSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { checkSandbox } from '../../shared/checks.js';
import { omitUndefined } from '../../shared/options.js';
import { type Credential, credentialOf, envFile } from '../env-file.js';
import { clientOptions, type Values } from '../environment.js';
import { isSystemFailure, UsageError } from '../exit-codes.js';
import { type CommonFlags, examples, subcommand } from '../flags.js';
import { runs, type Session } from '../session.js';

interface InitFlags extends CommonFlags {
  check?: boolean;
}

/** `aep-batch init`: a `.env` for the working folder. */
export function init(program: Command): void {
  const command = subcommand(
    program,
    'init [credentials]',
    "Write a commented .env, from the credentials JSON of Adobe's console if one is given.",
  ).option('--check', 'then make one harmless call: list a single batch');
  examples(command, 'init', 'init ~/Downloads/oauth-credentials.json --sandbox dev --check');
  runs<InitFlags>(command, async (session, { sandbox, check }, [credentials]) => {
    const known = credentials === undefined ? undefined : await readCredentials(credentials);
    if (sandbox !== undefined) checkSandbox(sandbox);
    if (check === true && (known === undefined || sandbox === undefined)) {
      throw new UsageError('--check needs the credentials file and --sandbox <name>.');
    }
    const path = join(process.cwd(), '.env');
    await write(path, envFile(known, sandbox));
    const tracked = gitWouldTrack(path);
    if (tracked) {
      session.out.say(
        'warning: git would track .env, which holds secrets: add a line ".env" to .gitignore.',
      );
    }
    if (check === true && known !== undefined && sandbox !== undefined) {
      session.out.note(`${path} was written. Now the credential is tried.`);
      await harmlessCall(session, known, sandbox);
    }
    const checked = check === true ? ', and the credential works' : '';
    const todo = known === undefined ? ': fill in its values' : '';
    return {
      json: { file: path, gitWouldTrack: tracked, checked: check === true },
      text: `${path} was written${todo}${checked}.`,
      done: `${path} was written`,
    };
  });
}

async function readCredentials(path: string): Promise<Credential> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${path} cannot be read (${error.code}).`);
  });
  return credentialOf(text, path);
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600, flag: 'wx' }).catch(
    async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') {
        throw new UsageError(`${path} exists and is not overwritten: move it away first.`);
      }
      const message = `Cannot write ${path}: ${error.message}.`;
      if (!isSystemFailure(error)) throw new UsageError(message);
      // What is left of it would be in the way of the next try.
      await rm(path, { force: true });
      throw new Error(message, { cause: error });
    },
  );
}

/** Whether git knows this folder and would take the file along. Without git nothing would. */
function gitWouldTrack(path: string): boolean {
  const { status } = spawnSync('git', ['check-ignore', '--quiet', path], { stdio: 'ignore' });
  return status === 1; // 0: it is ignored; 128: no repository
}

async function harmlessCall(session: Session, known: Credential, sandbox: string): Promise<void> {
  const environment = session.environment();
  const { AEP_ORIGIN, AEP_IMS_ORIGIN } = environment;
  // What was written, and nothing of the environment but where to call.
  const written = {
    AEP_ORG_ID: known.orgId,
    AEP_CLIENT_ID: known.clientId,
    AEP_CLIENT_SECRET: known.clientSecret,
    AEP_SCOPES: known.scopes.join(','),
  };
  const values: Values = { ...written, ...omitUndefined({ AEP_ORIGIN, AEP_IMS_ORIGIN }) };
  const client = await session.connect(clientOptions(values, sandbox));
  for await (const _ of client.batches.list({ pageSize: 1 }, { signal: session.signal })) break;
  const named: Values = { ...written, AEP_SANDBOX: sandbox };
  const others = Object.entries(named).flatMap(([name, value]) =>
    environment[name as keyof Values] === value ? [] : [name],
  );
  if (environment.AEP_ACCESS_TOKEN !== undefined) others.push('AEP_ACCESS_TOKEN');
  if (others.length > 0) {
    session.out.say(
      `warning: ${others.join(', ')} of the environment, which wins over .env, is another one.`,
    );
  }
}
