/** The calls of an ingest as curl commands. Secrets are shell variables, never values. */
import type { CreateBatchRequest } from '../resources/types.js';
import { encodeFilePath } from '../shared/checks.js';
import type { SourceFile } from '../upload/source.js';
import { quoteForShell } from './shell.js';

export interface CallTarget {
  orgId: string;
  sandbox: string;
  origin: string;
  imsOrigin: string;
  /** Whether an access token is configured, so that none has to be requested. */
  hasToken: boolean;
}

export interface CurlCall {
  step: string;
  curl: string;
}

/** One file of each kind, if there is one. A string stands for standard input. */
interface SampleFiles {
  /** Whether the last batch of the dataset is looked up first. */
  afterSuccess: boolean;
  /** Whether a batch with the same files is looked for first. */
  skipLoaded: boolean;
  small: SourceFile | string | undefined;
  large: SourceFile | undefined;
  partSizeBytes: number;
}

/** Formats a call with the headers of the target. */
type FormatCall = (method: string, url: string, ...options: string[]) => string;

const IMPORT = '/data/foundation/import/batches';
const CATALOG = '/data/foundation/catalog/batches';
const LAST_BATCHES = '/data/foundation/catalog/lastBatches';
const BYTES = '-H "content-type: application/octet-stream"';
/** The name of the first file that an ingest of standard input uploads. */
const FIRST_SPOOLED = 'records-00001.jsonl';

/** One call for each kind of step, in order. */
export function buildCurlCalls(
  target: CallTarget,
  request: CreateBatchRequest,
  samples: SampleFiles,
): CurlCall[] {
  const { origin, hasToken } = target;
  const headers = formatHeaders(target);
  const format: FormatCall = (method, url, ...options) =>
    formatCurl(`-X ${method} "${url}"`, ...headers, ...options);
  const batchUrl = `${origin}${IMPORT}/$BATCH_ID`;
  const filesUrl = `${batchUrl}/datasets/${encodeURIComponent(request.datasetId)}/files/`;
  const json = '-H "content-type: application/json"';
  const body = `-d ${quoteForShell(JSON.stringify(request))}`;
  const tokenCall = { step: 'get an access token', curl: formatTokenCall(target) };
  return [
    ...(hasToken ? [] : [tokenCall]),
    ...(samples.afterSuccess ? [buildLastBatchCall(format, origin, request)] : []),
    ...(samples.skipLoaded ? [buildLookupCall(format, origin, request)] : []),
    {
      step: 'create the batch; set BATCH_ID to the id in the response',
      curl: format('POST', `${origin}${IMPORT}`, json, body),
    },
    ...buildSmallFileCalls(format, filesUrl, samples),
    ...buildLargeFileCalls(format, filesUrl, samples),
    { step: 'complete the batch', curl: format('POST', `${batchUrl}?action=COMPLETE`) },
    { step: "get the batch's status", curl: format('GET', `${origin}${CATALOG}/$BATCH_ID`) },
  ];
}

const buildLastBatchCall = (
  format: FormatCall,
  origin: string,
  { datasetId }: CreateBatchRequest,
): CurlCall => ({
  step: 'get the last batch of the dataset; go on unless it failed',
  curl: format('GET', `${origin}${LAST_BATCHES}?dataSetId=${encodeURIComponent(datasetId)}`),
});

const buildLookupCall = (
  format: FormatCall,
  origin: string,
  { externalId = '' }: CreateBatchRequest,
): CurlCall => ({
  step: 'look for a batch with the same files; stop if it was loaded, and raise the number if it was not',
  curl: format('GET', `${origin}${CATALOG}?externalId=${encodeURIComponent(externalId)}`),
});

function buildSmallFileCalls(format: FormatCall, filesUrl: string, { small }: SampleFiles) {
  if (small === undefined) return [];
  const [path, local] =
    typeof small === 'string' ? [FIRST_SPOOLED, '-'] : [small.path, small.localPath ?? '-'];
  const url = `${filesUrl}${encodeFilePath(path)}`;
  const coding = typeof small === 'string' ? undefined : small.coding;
  const isPiped = coding !== undefined;
  const data = `--data-binary ${quoteForShell(isPiped ? '@-' : `@${local}`)}`;
  const put = format('PUT', url, BYTES, data);
  const curl = isPiped ? `${coding} -dc ${quoteForShell(local)} | ${put}` : put;
  return [{ step: 'upload a file', curl }];
}

function buildLargeFileCalls(format: FormatCall, filesUrl: string, samples: SampleFiles) {
  const { large, partSizeBytes } = samples;
  if (large === undefined) return [];
  const url = `${filesUrl}${encodeFilePath(large.path)}`;
  const size = Math.min(partSizeBytes, large.sizeBytes);
  const range = `-H "content-range: bytes 0-${size - 1}"`;
  const part = format('PATCH', url, BYTES, range, '--data-binary @-');
  const local = quoteForShell(large.localPath ?? large.path);
  return [
    { step: 'initialize a large file', curl: format('POST', `${url}?action=INITIALIZE`) },
    { step: 'upload a part of the large file', curl: `head -c ${size} ${local} | ${part}` },
    { step: 'complete the large file', curl: format('POST', `${url}?action=COMPLETE`) },
  ];
}

const formatHeaders = ({ orgId, sandbox }: CallTarget): string[] => [
  '-H "Authorization: Bearer $AEP_ACCESS_TOKEN"',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
  '-H "x-api-key: ${AEP_API_KEY:-$AEP_CLIENT_ID}"',
  `-H ${quoteForShell(`x-gw-ims-org-id: ${orgId}`)}`,
  `-H ${quoteForShell(`x-sandbox-name: ${sandbox}`)}`,
];

const formatTokenCall = ({ imsOrigin }: CallTarget): string =>
  formatCurl(
    `-X POST "${imsOrigin}/ims/token/v3"`,
    '-d grant_type=client_credentials',
    '--data-urlencode "client_id=$AEP_CLIENT_ID"',
    '--data-urlencode "client_secret=$AEP_CLIENT_SECRET"',
    '--data-urlencode "scope=$AEP_SCOPES"',
  );

/** One argument per line. */
const formatCurl = (...args: string[]): string => `curl ${args.join(' \\\n  ')}`;
