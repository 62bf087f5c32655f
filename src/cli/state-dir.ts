/** The folder for journals of ingests without `--journal`, and the journals in it. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, rmdir, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { toSpoolFolder } from '../ingest/spool-path.js';
import { foreignAccess } from '../shared/open-file.js';
import { UsageError } from './exit-codes.js';

const FOLDER = 'aep-batch';
/** Only files with such a name are ever deleted. */
export const JOURNAL_NAME = /^aep-batch-[\w.-]+\.journal$/;

/** The user's state folder: in XDG_STATE_HOME, or the system's equivalent. */
export function findStateFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const xdg = env['XDG_STATE_HOME'];
  // A relative path is to be ignored: https://specifications.freedesktop.org/basedir/latest/
  if (xdg?.startsWith('/')) return join(xdg, FOLDER);
  if (platform === 'win32' && env['LOCALAPPDATA']) return join(env['LOCALAPPDATA'], FOLDER);
  const home = findHome();
  if (home === undefined) return undefined;
  return platform === 'darwin'
    ? join(home, 'Library', 'Application Support', FOLDER)
    : join(home, '.local', 'state', FOLDER);
}

/** The folder for the records of runs, beside the journals. */
export function findRunsFolder(): string | undefined {
  const folder = findStateFolder();
  return folder === undefined ? undefined : join(folder, 'runs');
}

/** The folder for schemas that were read, beside the journals. It is made when the first one is kept. */
export function findSchemaFolder(): string | undefined {
  const folder = findStateFolder();
  return folder === undefined ? undefined : join(folder, 'schemas');
}

/** The home folder, if the system knows one. */
function findHome(): string | undefined {
  try {
    const home = homedir();
    return home === '' ? undefined : home;
  } catch {
    return undefined;
  }
}

/** Not with `recursive`: mkdir() of Node 20 never returns if a parent is not a real folder. */
export async function makeFolder(folder: string): Promise<void> {
  // Another process may make it at the same time.
  const make = () =>
    mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await make();
  });
}

/** A path for a new journal, in an existing folder that only the user can write. */
export async function createJournalPath(): Promise<string> {
  const time = new Date().toISOString().replace(/[:.]/g, '');
  const name = `aep-batch-${time}-${randomUUID().slice(0, 8)}.journal`;
  const folder = findStateFolder();
  if (folder !== undefined) {
    try {
      await makeFolder(folder);
    } catch {
      // The home folder is read-only, as in many containers.
      return join(await mkdtemp(join(tmpdir(), `${FOLDER}-`)), name);
    }
    const access = foreignAccess(folder, await stat(folder));
    if (access === undefined) return join(folder, name);
    throw new UsageError(`The journal folder ${folder} ${access.message}.`);
  }
  return join(await mkdtemp(join(tmpdir(), `${FOLDER}-`)), name);
}

/** Whether the command created this journal for itself. */
function isOwnJournal(path: string): boolean {
  const folder = dirname(resolve(path));
  const temporary =
    dirname(folder) === resolve(tmpdir()) && basename(folder).startsWith(`${FOLDER}-`);
  return JOURNAL_NAME.test(basename(path)) && (folder === findStateFolder() || temporary);
}

/** Deletes a journal that the command created for itself, with its spool; one of the user's stays. */
export async function discardJournal(path: string): Promise<void> {
  const spool = toSpoolFolder(path);
  // Fails unless the spool is empty, as it is once everything is uploaded.
  await rmdir(spool).catch(() => undefined);
  if (!isOwnJournal(path)) return;
  const { removeBatchFolder } = await import('../load/batch-journals.js');
  await removeBatchFolder(path).catch(() => undefined);
  await rm(spool, { recursive: true, force: true }).catch(() => undefined);
  await rm(path, { force: true }).catch(() => undefined);
  const folder = dirname(path);
  if (folder !== findStateFolder()) await rmdir(folder).catch(() => undefined);
}
