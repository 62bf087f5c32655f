/** The calls that only read. Lists are read to a bounded size: a sandbox may hold any number of batches. */
import { expectOk, isObject, type LiveContext, listEntries, type Step } from './context.js';

const CATALOG = '/data/foundation/catalog/batches';
const EXPORT = '/data/foundation/export/batches/{batchId}';
const FILE = '/data/foundation/export/files/{dataSetFileId}';
const SCHEMA = '/data/foundation/schemaregistry/{container}/schemas/{schemaId}';
const PAGE = { limit: 20, start: 0 };
/** Batches are identified by other characters. */
const UNKNOWN_BATCH = '00000000000000000000000000';
/** The major version of a schema rises by one with a breaking change, which published schemas do not allow. */
const MISSING_VERSION = 99;
/** Values above it are milliseconds: no token is valid for ten days. */
const MAX_TOKEN_SECONDS = 1_000_000;

async function readDatasets({ client, found, signal }: LiveContext): Promise<void> {
  const query = PAGE;
  const list = await client.raw.GET('/data/foundation/catalog/dataSets', {
    params: { query },
    signal,
  });
  const entries = listEntries(expectOk(list));
  const first = entries.find(([, { schemaRef }]) => isObject(schemaRef)) ?? entries[0];
  if (first !== undefined) found.datasetId ??= first[0];
}

async function readDataset({ client, found, signal }: LiveContext): Promise<void> {
  const { datasetId } = found;
  if (datasetId === undefined) return;
  const params = { path: { datasetId } };
  const result = await client.raw.GET('/data/foundation/catalog/dataSets/{datasetId}', {
    params,
    signal,
  });
  const ref = listEntries(expectOk(result))[0]?.[1]['schemaRef'];
  if (!isObject(ref) || typeof ref['id'] !== 'string') return;
  const { id, contentType } = ref;
  found.schema = { id, ...(typeof contentType === 'string' ? { contentType } : {}) };
}

async function readLastBatches({ client, found, signal }: LiveContext): Promise<void> {
  if (found.datasetId === undefined) return;
  const query = { dataSetId: found.datasetId, ...PAGE };
  const path = '/data/foundation/catalog/lastBatches';
  expectOk(await client.raw.GET(path, { params: { query }, signal }));
}

async function readSchema({ client, found, findings, recorder, signal }: LiveContext) {
  const { schema } = found;
  // Without a dataset the lists may not have been readable at all.
  if (schema === undefined && found.datasetId === undefined) return;
  if (schema === undefined) {
    for (const question of ['registryError', 'schemaVersion'] as const) {
      findings.record(question, 'not asked: the dataset names no schema');
    }
    return;
  }
  await client.schemas.get(schema, undefined, { signal });
  const container = /^https:\/\/ns\.adobe\.com\/(?:xdm|experience)\//.test(schema.id)
    ? 'global'
    : 'tenant';
  const params = { path: { container, schemaId: schema.id } } as const;
  const get = async (accept: string) => {
    const { response } = await client.raw.GET(SCHEMA, { params, headers: { accept }, signal });
    return response.status;
  };
  const form = 'application/vnd.adobe.xed-full+json';
  const status = await get(`${form}; version=${MISSING_VERSION}`);
  findings.record('schemaVersion', `status ${status}`, status);
  await get(form);
  const body = parse(recorder.last('getSchema')?.body);
  const hasReport = isObject(body) && isObject(body['report']);
  findings.record(
    'registryError',
    hasReport ? 'with a report' : 'without a report',
    hasReport ? 'report' : 'older',
  );
}

async function readDescriptors({ client, signal }: LiveContext): Promise<void> {
  const path = '/data/foundation/schemaregistry/tenant/descriptors';
  const headers = { accept: 'application/vnd.adobe.xdm+json' };
  expectOk(await client.raw.GET(path, { headers, signal }));
}

async function readBatches({ client, found, signal }: LiveContext): Promise<void> {
  const list = async (filter: { status?: string }) => {
    const query = { orderBy: 'desc:created', ...PAGE, ...filter } as const;
    return listEntries(expectOk(await client.raw.GET(CATALOG, { params: { query }, signal })));
  };
  const all = await list({});
  const failed = await list({ status: 'failed' });
  const loaded = await list({ status: 'success' });
  const withRejects = loaded.find(([, { failedRecordCount: count }]) => Number(count) > 0);
  const ids = { loaded: (loaded[0] ?? all[0])?.[0], failed: (withRejects ?? failed[0])?.[0] };
  if (ids.loaded !== undefined) found.loadedBatchId = ids.loaded;
  const failedId = ids.failed ?? ids.loaded;
  if (failedId !== undefined) found.failedBatchId = failedId;
}

async function readBatch({ client, found, findings, signal }: LiveContext): Promise<void> {
  const get = (batchId: string) =>
    client.raw.GET(`${CATALOG}/{batchId}`, { params: { path: { batchId } }, signal });
  for (const id of new Set([found.loadedBatchId, found.failedBatchId])) {
    if (id !== undefined) expectOk(await get(id));
  }
  const unknown = await get(UNKNOWN_BATCH);
  const { status, ok } = unknown.response;
  const size = listEntries(unknown.data).length;
  findings.record('unknownBatch', `status ${status}${ok ? ` with ${size} batches` : ''}`, status);
}

async function readDiagnostics({ client, found, signal }: LiveContext): Promise<void> {
  const { failedBatchId: batchId } = found;
  if (batchId === undefined) return;
  // A batch without rejected rows, or whose report has expired, has neither: 404 is documented.
  for (const path of ['row_errors', 'input_files']) {
    const params = { path: { batchId }, query: { path } };
    await client.raw.GET(`${EXPORT}/meta`, { params, signal });
  }
}

async function readFailedFiles({ client, found, signal }: LiveContext): Promise<void> {
  const { failedBatchId: batchId } = found;
  if (batchId === undefined) return;
  await client.raw.GET(`${EXPORT}/failed`, { params: { path: { batchId } }, signal });
}

async function readFiles({ client, found, signal }: LiveContext): Promise<void> {
  const { loadedBatchId: batchId } = found;
  if (batchId === undefined) return;
  const files = await client.raw.GET(`${EXPORT}/files`, { params: { path: { batchId } }, signal });
  const id = firstOfPage(files.data, 'dataSetFileId');
  if (id === undefined) return;
  const path = { dataSetFileId: id };
  const parts = await client.raw.GET(FILE, { params: { path, query: { limit: 20 } }, signal });
  const name = firstOfPage(expectOk(parts), 'name');
  if (name === undefined) return;
  const query = { path: name };
  expectOk(await client.raw.HEAD(FILE, { params: { path, query }, signal }));
  const header = { Range: 'bytes=0-0' };
  const params = { path, query, header };
  await client.raw.GET(FILE, { params, parseAs: 'text', signal });
}

/** The token was requested with the first call. Of the response only the lifetime is looked at. */
async function readToken({ recorder, findings }: LiveContext): Promise<void> {
  const response = recorder.last('getToken');
  if (response !== undefined && response.status !== 200) return;
  const token = parse(response?.body);
  const lifetime = isObject(token) ? Number(token['expires_in']) : Number.NaN;
  if (Number.isNaN(lifetime)) {
    return findings.record('tokenLifetime', 'not asked: the access token was given');
  }
  const unit = lifetime > MAX_TOKEN_SECONDS ? 'milliseconds' : 'seconds';
  findings.record('tokenLifetime', unit, unit);
}

function parse(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}

/** A text of the first entry of a page, or of a plain list. */
function firstOfPage(page: unknown, name: string): string | undefined {
  const entries: unknown = isObject(page) ? page['data'] : page;
  const first: unknown = Array.isArray(entries) ? entries[0] : undefined;
  const value = isObject(first) ? first[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

export const READ_STEPS: readonly Step[] = [
  { operation: 'listDatasets', run: readDatasets },
  { operation: 'getToken', run: readToken },
  { operation: 'getDataset', run: readDataset },
  { operation: 'listLastBatches', run: readLastBatches },
  { operation: 'getSchema', run: readSchema },
  { operation: 'listDescriptors', run: readDescriptors },
  { operation: 'listBatches', run: readBatches },
  { operation: 'getBatch', run: readBatch },
  { operation: 'getBatchMeta', run: readDiagnostics },
  { operation: 'getFailedFiles', run: readFailedFiles },
  { operation: 'listBatchFiles', run: readFiles },
];
