/** The credentials files that `init` reads: those of Adobe Developer Console, flat JSON, and Postman's. */
import { UsageError } from './exit-codes.js';

/** What a credentials file holds. */
export interface FileCredential {
  orgId: string;
  clientId: string;
  clientSecret: string;
  scopes: readonly string[];
  /** Some files name a sandbox. */
  sandbox?: string;
}

type Json = Record<string, unknown>;
const toObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const toText = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const toArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A credential that may lack something, and what its fields are called in the file. */
interface Draft {
  credential: FileCredential;
  names: Readonly<Record<'orgId' | 'clientId' | 'clientSecret' | 'scopes', string>>;
  /** Whether the file has a JWT credential. */
  hasJwt: boolean;
}

/**
 * Reads a credentials file of any known form.
 * @throws {UsageError} that names what is missing and quotes nothing of the file.
 */
export function parseCredentialFile(content: string, path: string): FileCredential {
  if (content.trimStart().startsWith('-----BEGIN')) throw retired(path);
  const { credential, names, hasJwt } = readDraft(parseJson(content, path));
  const { orgId, clientId, clientSecret, scopes } = credential;
  // Without scopes a client id and a secret may be those of a JWT credential.
  if (hasJwt && scopes.length === 0) throw retired(path);
  const values = { orgId, clientId, clientSecret, scopes: scopes.join() };
  const fields = ['orgId', 'clientId', 'clientSecret', 'scopes'] as const;
  const missing = fields.flatMap((field) => (values[field] === '' ? [names[field]] : []));
  if (missing.length === 0) return credential;
  throw new UsageError(
    `${path}: missing ${missing.join(', ')}. Download an OAuth server-to-server credential from Adobe Developer Console.`,
  );
}

const retired = (path: string): UsageError =>
  new UsageError(
    `${path}: a service account (JWT) credential, which Adobe has retired. Create an OAuth server-to-server credential in Adobe Developer Console, and download that.`,
  );

function parseJson(content: string, path: string): Json {
  try {
    return toObject(JSON.parse(content.replace(/^\ufeff/, '')));
  } catch {
    // Not the parser's own message, which may quote a secret.
    throw new UsageError(
      `${path}: not valid JSON. Download the credential again from Adobe Developer Console.`,
    );
  }
}

function readDraft(file: Json): Draft {
  if (Array.isArray(file['values'])) return readFlat(toPostmanFields(file['values']));
  const form = 'project' in file || Object.keys(file).length === 0 ? readProject : readFlat;
  return form(file);
}

/** The file that the console offers for download. */
function readProject(file: Json): Draft {
  const project = toObject(file['project']);
  const details = toObject(toObject(project['workspace'])['details']);
  const credentials = toArray(details['credentials']).map(toObject);
  const oauth = credentials
    .map((entry) => toObject(entry['oauth_server_to_server']))
    .find((entry) => toText(entry['client_id']) !== '');
  return {
    credential: {
      orgId: toText(toObject(project['org'])['ims_org_id']),
      clientId: toText(oauth?.['client_id']),
      clientSecret: toSecret(oauth?.['client_secrets']),
      scopes: toScopes(oauth?.['scopes']),
    },
    names: {
      orgId: 'project.org.ims_org_id',
      clientId: 'project.workspace.details.credentials[].oauth_server_to_server.client_id',
      clientSecret: 'client_secrets[0]',
      scopes: 'scopes',
    },
    hasJwt: credentials.some((entry) => 'jwt' in entry),
  };
}

/** The variables of a Postman environment as fields. */
const toPostmanFields = (values: readonly unknown[]): Json =>
  Object.fromEntries(
    values
      .map(toObject)
      .filter(({ enabled }) => enabled !== false)
      .map(({ key, value }) => [toText(key), value]),
  );

/** Names of the same fields in different tools, in lower case and without anything but letters. */
const FLAT = {
  orgId: ['imsorgid', 'imsorg', 'orgid', 'org', 'organizationid', 'aeporgid'],
  clientId: ['clientid', 'apikey', 'aepclientid'],
  clientSecret: ['clientsecret', 'clientsecrets', 'secret', 'aepclientsecret'],
  scopes: ['scopes', 'scope', 'aepscopes'],
  sandbox: ['sandboxname', 'sandbox', 'aepsandbox'],
} as const;
const JWT = ['privatekey', 'metascopes', 'metascope', 'jwttoken', 'jwt', 'techacct', 'pathtokey'];

/** An object with the values side by side, whatever a tool calls them. */
function readFlat(file: Json): Draft {
  const fields = new Map(
    Object.entries(file).map(([name, value]) => [name.toLowerCase().replace(/[^a-z]/g, ''), value]),
  );
  const find = (names: readonly string[]): unknown =>
    names.map((name) => fields.get(name)).find((value) => isFilled(value));
  const sandbox = toText(find(FLAT.sandbox));
  return {
    credential: {
      orgId: toText(find(FLAT.orgId)),
      clientId: toText(find(FLAT.clientId)),
      clientSecret: toSecret(find(FLAT.clientSecret)),
      scopes: toScopes(find(FLAT.scopes)),
      ...(sandbox === '' ? {} : { sandbox }),
    },
    names: {
      orgId: 'IMS_ORG_ID',
      clientId: 'CLIENT_ID',
      clientSecret: 'CLIENT_SECRET',
      scopes: 'SCOPES',
    },
    hasJwt: JWT.some((name) => isFilled(fields.get(name))),
  };
}

const isFilled = (value: unknown): boolean =>
  typeof value === 'string' ? value.trim() !== '' : value !== undefined && value !== null;

/** One secret or the first of several. Not trimmed: a space at its end is part of it. */
function toSecret(value: unknown): string {
  const [first] = Array.isArray(value) ? (value as unknown[]) : [value];
  // Postman and some tools write a list into a string.
  if (typeof first === 'string' && /^\[.*\]$/.test(first.trim())) {
    try {
      return toSecret(JSON.parse(first));
    } catch {
      return first;
    }
  }
  return toText(first) === '' ? '' : String(first);
}

/** A list, or a text with commas or spaces. */
const toScopes = (value: unknown): string[] => {
  const texts = Array.isArray(value) ? (value as unknown[]).map(toText) : [toText(value)];
  return texts.flatMap((text) => text.split(/[\s,[\]"]+/)).filter((scope) => scope !== '');
};
