/** The `.env` that `init` writes. */
import { isDeepStrictEqual } from 'node:util';
import { parseEnvFile, type Values } from './environment.js';
import { UsageError } from './exit-codes.js';

/** What the console's credentials file says. */
export interface Credential {
  orgId: string;
  clientId: string;
  clientSecret: string;
  scopes: readonly string[];
}

type Json = Record<string, unknown>;
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const array = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/**
 * Reads the file that the console lets people download.
 * @throws {UsageError} that says what is missing and quotes nothing of the file.
 */
export function credentialOf(content: string, path: string): Credential {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    // Not the parser's own message, which may quote a secret.
    throw new UsageError(`${path} is no JSON: download the credential from the console again.`);
  }
  const project = object(object(parsed)['project']);
  const orgId = text(object(project['org'])['ims_org_id']);
  const { credentials } = object(object(project['workspace'])['details']);
  const oauth = array(credentials)
    .map((one) => object(object(one)['oauth_server_to_server']))
    .find((one) => text(one['client_id']) !== '');
  // As it is: a blank at its end is a part of it.
  const [secret] = array(oauth?.['client_secrets']);
  const clientSecret = text(secret) === '' ? '' : String(secret);
  const clientId = text(oauth?.['client_id']);
  const scopes = array(oauth?.['scopes']).map(text).filter(Boolean);
  const missing = Object.entries({
    'project.org.ims_org_id': orgId,
    'project.workspace.details.credentials[].oauth_server_to_server.client_id': clientId,
    'client_secrets[0]': clientSecret,
    scopes: scopes.join(),
  }).flatMap(([name, value]) => (value === '' ? [name] : []));
  if (missing.length > 0) {
    throw new UsageError(
      `${path} lacks ${missing.join(', ')}: download an OAuth server-to-server credential from the console.`,
    );
  }
  return { orgId, clientId, clientSecret, scopes };
}

export function envFile(credential: Credential | undefined, sandbox: string | undefined): string {
  return `# What aep-batch needs to call Adobe Experience Platform. It holds a secret: keep it out of git.
# A variable of the environment wins over the one in this file.

# The organisation: an id that ends in @AdobeOrg.
${line('AEP_ORG_ID', credential?.orgId)}
# The sandbox, in lower case. There is no default; --sandbox wins over it.
${line('AEP_SANDBOX', sandbox)}
# An OAuth server-to-server credential, from https://developer.adobe.com/console.
${line('AEP_CLIENT_ID', credential?.clientId)}
${line('AEP_CLIENT_SECRET', credential?.clientSecret)}
${line('AEP_SCOPES', credential?.scopes.join(','))}

# Or an access token, which runs out after a day, and the client id that it was issued for.
# AEP_ACCESS_TOKEN=
# AEP_API_KEY=

# A simulator on this machine (aep-batch simulate); other hosts are taken from the environment alone.
# AEP_ORIGIN=http://127.0.0.1:4010
# AEP_IMS_ORIGIN=http://127.0.0.1:4010
`;
}

/** The ways to write a value, each of which some characters defeat. */
const QUOTES = ["'", '`', '"', ''];

/**
 * The line of a variable, quoted in a way in which the parser gives back exactly this value.
 * @throws {UsageError} when there is none. It does not quote the value.
 */
function line(name: string, value = ''): string {
  if (value === '') return `${name}=`;
  // Not every program that reads such a file takes a value of several lines.
  const quotes = /[\r\n]/.test(value) ? [] : QUOTES;
  const written = quotes
    .map((quote) => `${name}=${quote}${value}${quote}`)
    .find(
      // With a line behind it, which an open quote would take in.
      (text) => isReadAs(`${text}\n#'\`"\n`, { [name]: value }),
    );
  if (written !== undefined) return written;
  throw new UsageError(
    `The value for ${name} cannot be written to a .env file without changing it: it has a line break, only blanks, a broken character, or quotes of all kinds. Set it in the environment instead.`,
  );
}

function isReadAs(text: string, values: Values): boolean {
  const found = parseEnvFile(Buffer.from(text).toString());
  return isDeepStrictEqual(found, values);
}
