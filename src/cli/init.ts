import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Credential, credentialOf, envFile } from './env-file.js';
import { clientOptions } from './environment.js';
import { type CommonFlags, examples, subcommand } from './options.js';
import { runs, type Session } from './session.js';
import { UsageError } from './usage.js';

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
    if (check === true && known !== undefined) await harmlessCall(session, known);
    const checked = check === true ? ', and the credential works' : '';
    const todo = known === undefined ? ': fill in its values' : '';
    return {
      json: { file: path, gitWouldTrack: tracked, checked: check === true },
      text: `${path} was written${todo}${checked}.`,
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
  await writeFile(path, text, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      error.code === 'EEXIST'
        ? `${path} is there already, and is not written over: move it away first.`
        : `${path} cannot be written (${error.code}).`,
    );
  });
}

/** Whether git knows this folder and would take the file along. Without git nothing would. */
function gitWouldTrack(path: string): boolean {
  const { status } = spawnSync('git', ['check-ignore', '--quiet', path], { stdio: 'ignore' });
  return status === 1; // 0: it is ignored; 128: no repository
}

async function harmlessCall(session: Session, known: Credential): Promise<void> {
  // What the file says now; the environment wins, as it will for every command.
  const values = { ...session.environment() };
  const client = await session.connect(clientOptions(values, undefined));
  for await (const _ of client.batches.list({ pageSize: 1 }, { signal: session.signal })) break;
  if (values.AEP_ORG_ID !== known.orgId) {
    session.out.say('warning: AEP_ORG_ID is set in the environment, which wins over .env.');
  }
}
