/** Where the command keeps the journal of an ingest that nobody named one for. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, rmdir, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { foreignAccess } from '../shared/open-file.js';
import { UsageError } from './exit-codes.js';

const OWN = 'aep-batch';
/** Names of ours, so that nothing else is ever deleted. */
const OWN_NAME = /^aep-batch-[\w.-]+\.journal$/;

/** The user's state folder: XDG_STATE_HOME, or what the system has in its place. */
export function stateFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const xdg = env['XDG_STATE_HOME'];
  // A relative one is to be ignored: https://specifications.freedesktop.org/basedir/latest/
  if (xdg?.startsWith('/')) return join(xdg, OWN);
  if (platform === 'win32' && env['LOCALAPPDATA']) return join(env['LOCALAPPDATA'], OWN);
  const home = homeOf();
  if (home === undefined) return undefined;
  return platform === 'darwin'
    ? join(home, 'Library', 'Application Support', OWN)
    : join(home, '.local', 'state', OWN);
}

/** The home folder, where the system knows one. */
function homeOf(): string | undefined {
  try {
    const home = homedir();
    return home === '' ? undefined : home;
  } catch {
    return undefined;
  }
}

/** By hand: with `recursive`, mkdir() of Node 20 never ends where a parent is no real folder. */
async function makeFolder(folder: string): Promise<void> {
  const make = () => mkdir(folder, { mode: 0o700 });
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return;
    if (error.code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await make();
  });
}

/** A path for a new journal, in a folder that is there and the user's alone. */
export async function newJournal(): Promise<string> {
  const time = new Date().toISOString().replace(/[:.]/g, '');
  const name = `aep-batch-${time}-${randomUUID().slice(0, 8)}.journal`;
  const folder = stateFolder();
  if (folder !== undefined) {
    try {
      await makeFolder(folder);
    } catch {
      // A home that cannot be written, as in many containers.
      return join(await mkdtemp(join(tmpdir(), `${OWN}-`)), name);
    }
    const access = foreignAccess(folder, await stat(folder));
    if (access === undefined) return join(folder, name);
    throw new UsageError(`The folder for journals, ${folder}, ${access.message}.`);
  }
  return join(await mkdtemp(join(tmpdir(), `${OWN}-`)), name);
}

/** Whether a journal is one that the command made for itself. */
export function isOwn(path: string): boolean {
  const folder = dirname(resolve(path));
  const temporary = dirname(folder) === resolve(tmpdir()) && basename(folder).startsWith(`${OWN}-`);
  return OWN_NAME.test(basename(path)) && (folder === stateFolder() || temporary);
}

/** Deletes a journal that is of no more use, if it is one of ours, and the spool beside it. */
export async function discard(path: string): Promise<void> {
  // What was spooled is in the batch by now; one that was named keeps its journal.
  await rmdir(`${path}.spool`).catch(() => undefined);
  if (!isOwn(path)) return;
  await rm(`${path}.spool`, { recursive: true, force: true }).catch(() => undefined);
  await rm(path, { force: true }).catch(() => undefined);
  const folder = dirname(path);
  if (folder !== stateFolder()) await rmdir(folder).catch(() => undefined);
}
