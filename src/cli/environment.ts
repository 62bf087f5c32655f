/** What the command knows from its environment and from `.env`. */
import { closeSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { ClientOptions } from '../http/options.js';
import { foreignAccess, openRegularFileSync } from '../shared/open-file.js';
import { UsageError } from './exit-codes.js';

export const NAMES = [
  'AEP_ORG_ID',
  'AEP_SANDBOX',
  'AEP_API_KEY',
  'AEP_CLIENT_ID',
  'AEP_CLIENT_SECRET',
  'AEP_SCOPES',
  'AEP_ACCESS_TOKEN',
  'AEP_ORIGIN',
  'AEP_IMS_ORIGIN',
] as const;
type Name = (typeof NAMES)[number];

/** A folder that was cloned must not be able to send a secret elsewhere. */
const ORIGINS: readonly Name[] = ['AEP_ORIGIN', 'AEP_IMS_ORIGIN'];
/** What a credential is made of: it is taken from one place as a whole. */
const OAUTH: readonly Name[] = ['AEP_CLIENT_ID', 'AEP_CLIENT_SECRET', 'AEP_SCOPES'];
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

export type Values = Partial<Record<Name, string>>;

export interface Environment {
  values: Values;
  /** What was passed over, and why. */
  warnings: string[];
}

/** The real environment, and below it the `.env` of a folder. @throws {UsageError} */
export function readEnvironment(folder: string, real: NodeJS.ProcessEnv): Environment {
  const warnings: string[] = [];
  const file = readFile(join(folder, '.env'), warnings);
  for (const name of ORIGINS) {
    const origin = file[name];
    if (origin === undefined || isLoopback(origin)) continue;
    delete file[name];
    warnings.push(
      `${name} in .env is passed over: only a loopback origin is taken from there. Set it in the environment.`,
    );
  }
  const own = pick(real, (value) => value.trim());
  // One kind of credential in the environment puts the other kind of the file out of use.
  if (own.AEP_ACCESS_TOKEN === undefined && own.AEP_CLIENT_SECRET !== undefined)
    delete file.AEP_ACCESS_TOKEN;
  return { values: { ...file, ...own }, warnings };
}

/** Our own names alone, without those that are set to nothing. */
function pick(all: NodeJS.Dict<string>, toValue: (value: string) => string): Values {
  const values: Values = {};
  for (const name of NAMES) {
    const value = all[name] ?? '';
    if (value.trim() !== '') values[name] = toValue(value);
  }
  return values;
}

/** Our own names in the text of a `.env` file. The parser trims what is not quoted; quoted values stay as they are. */
export const parseEnvFile = (text: string): Values => pick(parseEnv(text), (value) => value);

function readFile(path: string, warnings: string[]): Values {
  let text: string;
  let stats: Stats;
  try {
    const opened = openRegularFileSync(path);
    stats = opened.stats;
    try {
      text = readFileSync(opened.fd, 'utf8');
    } finally {
      closeSync(opened.fd);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR') return {};
    throw new UsageError(`${path} cannot be read: ${code ?? message}. Fix it, or remove it.`);
  }
  const values = parseEnvFile(text);
  if (Object.keys(values).length > 0) checkAccess(path, stats, values, warnings);
  return values;
}

/** Whoever can write the file decides where data goes. @throws {UsageError} */
function checkAccess(path: string, stats: Stats, values: Values, warnings: string[]): void {
  const access = foreignAccess(path, stats);
  // Root often works in folders of other users, and many systems give each user a group of its own.
  const isUsual = access?.by === 'group' || (access?.by === 'owner' && process.geteuid?.() === 0);
  if (access !== undefined && !isUsual) throw new UsageError(`${path} ${access.message}.`);
  if (access !== undefined) warnings.push(`${path} ${access.message}.`);
  const hasSecret = values.AEP_CLIENT_SECRET !== undefined || values.AEP_ACCESS_TOKEN !== undefined;
  const isReadable = process.geteuid !== undefined && (stats.mode & 0o044) !== 0;
  if (access === undefined && hasSecret && isReadable)
    warnings.push(`${path} holds a secret that other users can read. Run: chmod 600 ${path}`);
}

const isLoopback = (origin: string): boolean =>
  URL.canParse(origin) && LOOPBACK.test(new URL(origin).hostname);

const HOW = 'set it in the environment or in .env (aep-batch init writes one)';

function need(values: Values, name: Name, what: string): string {
  const value = values[name];
  if (value === undefined) throw new UsageError(`${name}, ${what}, is missing: ${HOW}.`);
  return value;
}

/** Where calls go and as whom, without any secret. @throws {UsageError} */
export function readTarget(values: Values, sandbox: string | undefined) {
  const where = sandbox ?? values.AEP_SANDBOX;
  if (where === undefined) {
    const message = `The sandbox is missing: pass --sandbox <name>, or set AEP_SANDBOX in the environment or in .env.`;
    throw new UsageError(`${message} There is no default, since that would be production.`);
  }
  const orgId = need(values, 'AEP_ORG_ID', 'the organisation id (…@AdobeOrg)');
  return { orgId, sandbox: where };
}

/** What a client is made with. @throws {UsageError} when something is missing. */
export function clientOptions(values: Values, sandbox: string | undefined): ClientOptions {
  const options: ClientOptions = {
    ...readTarget(values, sandbox),
    credentials: credentials(values),
  };
  const apiKey = values.AEP_API_KEY ?? values.AEP_CLIENT_ID;
  if (apiKey === undefined) {
    throw new UsageError(
      `AEP_API_KEY, the client id that the access token was issued for, is missing: ${HOW}.`,
    );
  }
  options.apiKey = apiKey;
  if (values.AEP_ORIGIN !== undefined) options.origin = values.AEP_ORIGIN;
  return options;
}

function credentials(values: Values): ClientOptions['credentials'] {
  if (values.AEP_ACCESS_TOKEN !== undefined) return values.AEP_ACCESS_TOKEN;
  const missing = OAUTH.filter((name) => values[name] === undefined);
  if (missing.length > 0) {
    const message = `The credential is not complete: ${missing.join(', ')} missing. Set`;
    throw new UsageError(
      `${message} ${OAUTH.join(', ')}, or AEP_ACCESS_TOKEN, in the environment or in .env (aep-batch init writes one).`,
    );
  }
  const { AEP_CLIENT_ID = '', AEP_CLIENT_SECRET = '', AEP_SCOPES = '' } = values;
  return {
    clientId: AEP_CLIENT_ID,
    clientSecret: AEP_CLIENT_SECRET,
    scopes: AEP_SCOPES.split(/[\s,]+/).filter((scope) => scope !== ''),
    ...(values.AEP_IMS_ORIGIN === undefined ? {} : { origin: values.AEP_IMS_ORIGIN }),
  };
}
