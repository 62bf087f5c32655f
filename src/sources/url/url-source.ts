/** URLs as files that can be uploaded. */
import type { SizedFile } from '../../upload/source.js';
import { parseAddress, type UrlAddress } from './address.js';
import { openUrl, probeUrl, type UrlOptions, type UrlState } from './url-file.js';

/**
 * Asks for the size and the version of what is at a URL.
 * @param field names it in messages.
 * @throws {InvalidInputError} for a URL that cannot be used; {SourceError} or {SourceUnavailableError} where it cannot be
 * read.
 */
export async function findUrl(
  field: string,
  url: string,
  options: UrlOptions,
  signal: AbortSignal,
): Promise<SizedFile> {
  const address = parseAddress(field, url);
  return plannedUrl(address, address.name, await probeUrl(address, options, signal), options);
}

/** What is at a URL, as it was when it was planned. */
export function plannedUrl(
  address: UrlAddress,
  path: string,
  state: UrlState,
  options: UrlOptions = {},
): SizedFile {
  return {
    path,
    sizeBytes: state.sizeBytes,
    localPath: undefined,
    fingerprint: undefined,
    // No way to read it anew: each range proves the version.
    version: { fingerprint: state.fingerprint, url: address.href },
    open: async () => openUrl(address, state, options),
  };
}
