/** Calls as a person would make them with curl. Secrets are names of variables. */

import type { CreateBatchRequest } from '../resources/types.js';
import { encodeFilePath } from '../shared/checks.js';
import type { SourceFile } from '../upload/source.js';
import { singleQuoted } from './shell.js';

export interface CallTarget {
  orgId: string;
  sandbox: string;
  origin: string;
  imsOrigin: string;
  /** Whether there is an access token already. */
  hasToken: boolean;
}

export interface CurlCall {
  step: string;
  curl: string;
}

/** One file of each kind, where there is one. */
interface Kinds {
  small: SourceFile | string | undefined;
  large: SourceFile | undefined;
  partSizeBytes: number;
}

const IMPORT = '/data/foundation/import/batches';

/** One call per kind of step, in their order. */
export function buildCurlCalls(
  place: CallTarget,
  request: CreateBatchRequest,
  kinds: Kinds,
): CurlCall[] {
  const { origin } = place;
  const batch = `${origin}${IMPORT}/$BATCH_ID`;
  const fileUrl = (path: string) =>
    `${batch}/datasets/${encodeURIComponent(request.datasetId)}/files/${encodeFilePath(path)}`;
  const curl = (method: string, url: string, ...more: string[]) =>
    [`curl -X ${method} "${url}"`, ...headersOf(place), ...more].join(' \\\n  ');
  const octets = '-H "content-type: application/octet-stream"';
  const calls: CurlCall[] = [
    {
      step: 'create the batch; its answer has the id for BATCH_ID',
      curl: curl(
        'POST',
        `${origin}${IMPORT}`,
        '-H "content-type: application/json"',
        `-d ${singleQuoted(JSON.stringify(request))}`,
      ),
    },
  ];
  if (!place.hasToken) calls.unshift({ step: 'get an access token', curl: tokenCall(place) });
  const { small, large, partSizeBytes } = kinds;
  if (small !== undefined) {
    const [path, local] =
      typeof small === 'string'
        ? ['records-00001.jsonl', '-']
        : [small.path, small.localPath ?? '-'];
    calls.push({
      step: 'upload a file',
      curl: curl('PUT', fileUrl(path), octets, `--data-binary ${singleQuoted(`@${local}`)}`),
    });
  }
  if (large !== undefined) {
    const url = fileUrl(large.path);
    const last = Math.min(partSizeBytes, large.sizeBytes) - 1;
    const part = curl(
      'PATCH',
      url,
      octets,
      `-H "content-range: bytes 0-${last}"`,
      '--data-binary @-',
    );
    const local = singleQuoted(large.localPath ?? large.path);
    calls.push(
      { step: 'announce a large file', curl: curl('POST', `${url}?action=INITIALIZE`) },
      { step: 'upload a part of it', curl: `head -c ${last + 1} ${local} | ${part}` },
      { step: 'complete the large file', curl: curl('POST', `${url}?action=COMPLETE`) },
    );
  }
  const status = `${origin}/data/foundation/catalog/batches/$BATCH_ID`;
  return [
    ...calls,
    { step: 'hand the batch over', curl: curl('POST', `${batch}?action=COMPLETE`) },
    { step: 'ask for its status', curl: curl('GET', status) },
  ];
}

const headersOf = ({ orgId, sandbox }: CallTarget): string[] => [
  '-H "Authorization: Bearer $AEP_ACCESS_TOKEN"',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
  '-H "x-api-key: ${AEP_API_KEY:-$AEP_CLIENT_ID}"',
  `-H ${singleQuoted(`x-gw-ims-org-id: ${orgId}`)}`,
  `-H ${singleQuoted(`x-sandbox-name: ${sandbox}`)}`,
];

const tokenCall = ({ imsOrigin }: CallTarget): string =>
  [
    `curl -X POST "${imsOrigin}/ims/token/v3"`,
    '-d grant_type=client_credentials',
    '--data-urlencode "client_id=$AEP_CLIENT_ID"',
    '--data-urlencode "client_secret=$AEP_CLIENT_SECRET"',
    '--data-urlencode "scope=$AEP_SCOPES"',
  ].join(' \\\n  ');
