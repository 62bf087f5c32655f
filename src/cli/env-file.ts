/** The `.env` that `init` writes. */
import { UsageError } from './usage.js';

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
  const clientSecret = text(array(oauth?.['client_secrets'])[0]);
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

/** Quoted so that no character of a value has a meaning of its own. */
function line(name: string, value = ''): string {
  const quote = ["'", '"', '`'].find((mark) => !value.includes(mark));
  if (quote === undefined || /[\r\n]/.test(value)) {
    throw new UsageError(`The value for ${name} cannot stand in a .env file.`);
  }
  return `${name}=${value === '' ? '' : `${quote}${value}${quote}`}`;
}
