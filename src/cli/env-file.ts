/** The `.env` that `init` writes. */
import { isDeepStrictEqual } from 'node:util';
import type { FileCredential } from './credential-file.js';
import { parseEnvFile, type Values } from './environment.js';
import { UsageError } from './exit-codes.js';

/** The text of a commented `.env` file; values that are not known are left empty. */
export function formatEnvFile(
  credential: FileCredential | undefined,
  sandbox: string | undefined,
): string {
  return `# Configuration of aep-batch for Adobe Experience Platform. It holds a secret: keep it out of git.
# Environment variables take precedence over this file.

# The organisation id; it ends in @AdobeOrg.
${formatLine('AEP_ORG_ID', credential?.orgId)}
# The sandbox name, in lower case. There is no default; --sandbox takes precedence.
${formatLine('AEP_SANDBOX', sandbox)}
# An OAuth server-to-server credential, from https://developer.adobe.com/console.
${formatLine('AEP_CLIENT_ID', credential?.clientId)}
${formatLine('AEP_CLIENT_SECRET', credential?.clientSecret)}
${formatLine('AEP_SCOPES', credential?.scopes.join(','))}

# Or an access token, which expires after a day, and the client id that it was issued for.
# AEP_ACCESS_TOKEN=
# AEP_API_KEY=

# A simulator on this machine (aep-batch simulate); other hosts may be set only in the environment.
# AEP_ORIGIN=http://127.0.0.1:4010
# AEP_IMS_ORIGIN=http://127.0.0.1:4010
`;
}

/** Ways to quote a value; each fails for some characters. */
const QUOTES = ["'", '`', '"', ''];

/**
 * The line of a variable, quoted so that the parser returns exactly this value.
 * @throws {UsageError} when that is impossible. The message does not show the value.
 */
function formatLine(name: string, value = ''): string {
  if (value === '') return `${name}=`;
  // Not every program that reads such a file accepts a value of several lines.
  const quotes = /[\r\n]/.test(value) ? [] : QUOTES;
  const written = quotes
    .map((quote) => `${name}=${quote}${value}${quote}`)
    .find(
      // Followed by a line that an unclosed quote would include.
      (text) => isReadAs(`${text}\n#'\`"\n`, { [name]: value }),
    );
  if (written !== undefined) return written;
  throw new UsageError(
    `The value for ${name} cannot be written to a .env file without changing it: it contains a line break, only spaces, a lone surrogate, or every kind of quote. Set it in the environment instead.`,
  );
}

function isReadAs(text: string, values: Values): boolean {
  const found = parseEnvFile(Buffer.from(text).toString());
  return isDeepStrictEqual(found, values);
}
