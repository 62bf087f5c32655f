/** What the platform says of a batch of whose rejected rows it kept no account. */
export const NO_DIAGNOSTICS = 'INGEST-1211-400';

/** What a person can do about a refusal, by the platform's code and else by the status. */
const BY_CODE: Readonly<Record<string, string>> = {
  [NO_DIAGNOSTICS]: 'Ingest with error diagnostics to be told of every rejected row.',
  '400003': 'A required header is missing: check orgId and apiKey.',
  '401013': 'The access token is not valid: get a new one.',
  '403000': 'The API key is missing: pass apiKey, the client id of your credential.',
  '403003': 'The API key is wrong: it is the client id that the access token was issued for.',
  '403010': 'No access token arrived: check credentials.',
  '403025': 'The organisation is wrong or not entitled: check orgId (…@AdobeOrg).',
  invalid_client: 'Check clientId and clientSecret of the credential.',
  invalid_scope: 'Check scopes against those of the credential.',
  '429050': 'Send fewer requests at a time, or wait.',
};
const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'Check what was sent against the document.',
  401: 'Get a new access token, and check that the credential may use this sandbox.',
  403: 'Check orgId, apiKey and sandbox, and that the credential has the permission for this.',
  404: 'Check the ids, the sandbox and the origin.',
  413: 'Send less at a time; a large file goes in parts.',
  405: 'Check the path and the origin.',
  408: 'Whether it took effect is not known.',
  409: 'Ask for the state of the batch: something is in the way.',
  414: 'Shorten the path: a URL may have 2000 characters.',
  415: 'Check the content type.',
  416: 'Ask for the size of the file first.',
  422: 'Check the values that were sent, and what the dataset takes.',
  428: 'Ask for the status of the batch: this move is not allowed from there.',
  429: 'Send fewer requests at a time, or wait.',
  500: 'Whether it took effect is not known.',
  502: 'Whether it took effect is not known.',
  503: 'Try again later.',
  504: 'Whether it took effect is not known.',
};

/**
 * What to do about a refusal.
 * @param lost whether it leaves open if the call took effect; what only reads never does.
 */
export function advice(
  status: number,
  code: string | undefined,
  lost: boolean,
): string | undefined {
  const known = code === undefined ? undefined : BY_CODE[code];
  if (known !== undefined) return known;
  if (!lost && (status === 408 || status >= 500)) return 'Try again later.';
  return BY_STATUS[status];
}
