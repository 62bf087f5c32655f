/** The command's configuration: environment variables, and `.env` below them. */
import { closeSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { ClientOptions } from '../http/options.js';
import { foreignAccess, openRegularFileSync } from '../shared/open-file.js';
import { omitUndefined } from '../shared/options.js';
import { PLATFORM_ORIGIN } from '../shared/origins.js';
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
  'AEP_REDIS_URL',
] as const;
type Name = (typeof NAMES)[number];

/** A cloned folder must not be able to send a secret to another host. */
const ORIGINS: readonly Name[] = ['AEP_ORIGIN', 'AEP_IMS_ORIGIN', 'AEP_REDIS_URL'];
/** The parts of a credential, which are taken from one place together. */
const OAUTH: readonly Name[] = ['AEP_CLIENT_ID', 'AEP_CLIENT_SECRET', 'AEP_SCOPES'];
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

export type Values = Partial<Record<Name, string>>;

export interface Environment {
  values: Values;
  /** What was ignored or is unsafe, one sentence each. */
  warnings: string[];
}

/** Reads the environment, and the `.env` of a folder below it. @throws {UsageError} */
export function readEnvironment(folder: string, real: NodeJS.ProcessEnv): Environment {
  const warnings: string[] = [];
  const file = readFile(join(folder, '.env'), warnings);
  for (const name of ORIGINS) {
    const origin = file[name];
    if (origin === undefined || isLoopback(origin)) continue;
    // Not ignored either: the data would go to the real platform instead.
    throw new UsageError(
      `Invalid ${name} in .env: expected a URL on loopback. Remove it there, and set it in the environment.`,
    );
  }
  const own = pick(real, (value) => value.trim());
  // One kind of credential in the environment puts the other kind of the file out of use.
  if (own.AEP_ACCESS_TOKEN === undefined && own.AEP_CLIENT_SECRET !== undefined)
    delete file.AEP_ACCESS_TOKEN;
  return { values: { ...file, ...own }, warnings };
}

/** Only our own names, without empty ones. */
function pick(all: NodeJS.Dict<string>, toValue: (value: string) => string): Values {
  const values: Values = {};
  for (const name of NAMES) {
    const value = all[name] ?? '';
    if (value.trim() !== '') values[name] = toValue(value);
  }
  return values;
}

/** Our own names in the text of a `.env` file. The parser trims only unquoted values. */
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
    throw new UsageError(`Cannot read ${path}: ${code ?? message}. Fix or remove it.`);
  }
  const values = parseEnvFile(text);
  if (Object.keys(values).length > 0) checkAccess(path, stats, values, warnings);
  return values;
}

/** Whoever can write the file decides where data is sent. @throws {UsageError} */
function checkAccess(path: string, stats: Stats, values: Values, warnings: string[]): void {
  const access = foreignAccess(path, stats);
  // Root often works in folders of other users, and many systems give each user their own group.
  const isUsual = access?.by === 'group' || (access?.by === 'owner' && process.geteuid?.() === 0);
  if (access !== undefined && !isUsual) throw new UsageError(`${path} ${access.message}.`);
  if (access !== undefined) warnings.push(`${path} ${access.message}.`);
  const hasSecret = values.AEP_CLIENT_SECRET !== undefined || values.AEP_ACCESS_TOKEN !== undefined;
  const isReadable = process.geteuid !== undefined && (stats.mode & 0o044) !== 0;
  if (access === undefined && hasSecret && isReadable)
    warnings.push(`${path} holds a secret and is readable by other users. Run: chmod 600 ${path}`);
}

const isLoopback = (origin: string): boolean =>
  URL.canParse(origin) && LOOPBACK.test(new URL(origin).hostname);

const ORGANIZATION = ['AEP_ORG_ID', 'the organisation id (…@AdobeOrg)'] as const;
const SANDBOX = [
  'AEP_SANDBOX',
  'the sandbox name, or pass --sandbox <name>; there is no default, because it would be production',
] as const;
const API_KEY = ['AEP_API_KEY', 'the client id that the access token was issued for'] as const;

/** Names of variables and what each is. */
type Missing = readonly [names: string, what: string];

/** All that is missing, in one message: one at a time would take as many attempts. */
function assertNoneMissing(missing: readonly Missing[]): void {
  if (missing.length === 0) return;
  const lines = missing.map(([names, what]) => `  ${names}: ${what}`);
  throw new UsageError(
    [
      'Missing configuration:',
      ...lines,
      'Set it in the environment or in .env; `aep-batch init` writes a .env. To try the command without an account: `aep-batch simulate`.',
    ].join('\n'),
  );
}

const listMissingTarget = (values: Values, sandboxFlag: string | undefined): Missing[] => [
  ...(values.AEP_ORG_ID === undefined ? [ORGANIZATION] : []),
  ...((sandboxFlag ?? values.AEP_SANDBOX) === undefined ? [SANDBOX] : []),
];

function listMissingCredentials(values: Values): Missing[] {
  if (values.AEP_ACCESS_TOKEN !== undefined) {
    return (values.AEP_API_KEY ?? values.AEP_CLIENT_ID) === undefined ? [API_KEY] : [];
  }
  const names = OAUTH.filter((name) => values[name] === undefined).join(', ');
  const what =
    'an OAuth server-to-server credential; or set AEP_ACCESS_TOKEN and AEP_API_KEY instead';
  return names === '' ? [] : [[names, what]];
}

/** The organisation and the sandbox. @throws {UsageError} that names all that is missing. */
export function readTarget(values: Values, sandboxFlag: string | undefined) {
  assertNoneMissing(listMissingTarget(values, sandboxFlag));
  const { AEP_ORG_ID: orgId = '', AEP_SANDBOX = '' } = values;
  return { orgId, sandbox: sandboxFlag ?? AEP_SANDBOX };
}

/** Where loads go, for a command that sends nothing and needs no credentials. @throws {UsageError} */
export const readLoadTarget = (values: Values, sandboxFlag: string | undefined) => ({
  ...readTarget(values, sandboxFlag),
  origin: values.AEP_ORIGIN ?? PLATFORM_ORIGIN,
});

/** The options of a client. @throws {UsageError} that names all that is missing. */
export function toClientOptions(values: Values, sandboxFlag: string | undefined): ClientOptions {
  const missing = listMissingTarget(values, sandboxFlag);
  assertNoneMissing([...missing, ...listMissingCredentials(values)]);
  const { AEP_CLIENT_ID = '', AEP_API_KEY: apiKey = AEP_CLIENT_ID, AEP_ORIGIN: origin } = values;
  const target = readTarget(values, sandboxFlag);
  return { ...target, credentials: readCredentials(values), apiKey, ...omitUndefined({ origin }) };
}

function readCredentials(values: Values): ClientOptions['credentials'] {
  if (values.AEP_ACCESS_TOKEN !== undefined) return values.AEP_ACCESS_TOKEN;
  const { AEP_CLIENT_ID = '', AEP_CLIENT_SECRET = '', AEP_SCOPES = '' } = values;
  return {
    clientId: AEP_CLIENT_ID,
    clientSecret: AEP_CLIENT_SECRET,
    scopes: AEP_SCOPES.split(/[\s,]+/).filter((scope) => scope !== ''),
    ...omitUndefined({ origin: values.AEP_IMS_ORIGIN }),
  };
}
