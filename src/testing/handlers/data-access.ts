/** Data Access: rejected rows, input files, failed files, and the files that a batch added to its dataset. */
import { basename } from 'node:path/posix';
import type { components } from '../../../generated/openapi.js';
import { omitUndefined } from '../../shared/options.js';
import type { Batch } from '../platform/batch.js';
import type { StoredFile } from '../platform/batch-files.js';
import { catalogProblem, problem } from '../platform/http-error.js';
import type { Platform } from '../platform/platform.js';
import type { RowFile } from '../platform/rejected-rows.js';
import { isFailed, isLoaded } from '../platform/transitions.js';
import type { FileSlice, HandlerRequest, HandlerResponse, Handlers } from '../server/handler.js';

type Schemas = components['schemas'];
type DataAccess = 'getBatchMeta' | 'getFailedFiles' | 'listBatchFiles' | 'getFile' | 'headFile';
type LinkTo = (path: string, query?: Record<string, string | number>) => string;

const EXPORT = '/data/foundation/export';
const INPUT_FILES = 'input_files_0.json';
const DEFAULT_LIMIT = 100;

/** Links name the port and escape slashes, as published ones do. */
export function createDataAccessHandlers(
  platform: Platform,
  getOrigin: () => string,
): Pick<Handlers, DataAccess> {
  const linkTo: LinkTo = (path, query = {}) => {
    const pairs = Object.entries(query).map(
      ([name, value]) => `${name}=${encodeURIComponent(value)}`,
    );
    return `${getOrigin()}${EXPORT}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
  };
  return {
    getBatchMeta: (request) => getBatchMeta(platform, request, linkTo),
    getFailedFiles: (request) => getFailedFiles(platform, request, linkTo),
    listBatchFiles: (request) => listBatchFiles(platform, request, linkTo),
    getFile: (request) => getFile(platform, request, linkTo),
    headFile: ({ path, query, sandbox }) => {
      const slice = getPart(platform, sandbox, path.dataSetFileId, query.path);
      return { status: 200, headers: { 'accept-ranges': 'bytes' }, slice };
    },
  };
}

function getBatchMeta(
  platform: Platform,
  { path, query, sandbox }: HandlerRequest<'getBatchMeta'>,
  linkTo: LinkTo,
): HandlerResponse {
  const batch = platform.getBatch(sandbox, path.batchId);
  const [folder = '', ...rest] = (query.path ?? '').split('/');
  const name = rest.join('/');
  const listPath = `/batches/${batch.id}/meta`;
  if (folder === '') {
    const top = ['row_errors', 'input_files'].map((entry) => ({ name: entry, sizeBytes: 0 }));
    return listFiles(top, listPath, query, linkTo);
  }
  if (folder === 'row_errors') {
    if (batch.request.enableErrorDiagnostics !== true) {
      const detail = 'Error diagnostics were off for this batch';
      throw problem(404, detail, { code: 'INGEST-1211-400' });
    }
    if (platform.findOutcome(batch)?.report === 'missing') {
      throw problem(404, 'There is no report of rejected rows');
    }
    const rejected = batch.result?.rejected ?? [];
    return name === ''
      ? listFiles(rejected, listPath, query, linkTo, 'row_errors/')
      : downloadRows(rejected, name);
  }
  if (folder !== 'input_files') throw problem(404, `There is no ${query.path}`);
  const text = serializeInputFiles(batch);
  if (name === INPUT_FILES && text !== '') return { status: 200, text };
  if (name !== '') throw problem(404, `There is no ${query.path}`);
  const entries = text === '' ? [] : [{ name: INPUT_FILES, sizeBytes: Buffer.byteLength(text) }];
  return listFiles(entries, listPath, query, linkTo, 'input_files/');
}

/** JSON Lines with the loaded files; empty until the batch was ingested. */
function serializeInputFiles({ result, files }: Batch): string {
  if (result === undefined) return '';
  return files
    .list()
    .map(({ path }) => `${JSON.stringify({ path })}\n`)
    .join('');
}

/** A failed batch keeps its rejected rows, with diagnostics or without, and an empty marker file. */
function getFailedFiles(
  platform: Platform,
  { path, query, sandbox }: HandlerRequest<'getFailedFiles'>,
  linkTo: LinkTo,
): HandlerResponse {
  const batch = platform.getBatch(sandbox, path.batchId);
  const rejected = isFailed(batch.status) ? (batch.result?.rejected ?? []) : [];
  const marker = { name: '_SUCCESS', sizeBytes: 0 };
  if (query.path === undefined) {
    const entries = rejected.length > 0 ? [marker, ...rejected] : [];
    return listFiles(entries, `/batches/${batch.id}/failed`, query, linkTo);
  }
  if (query.path === marker.name && rejected.length > 0) return { status: 200, text: '' };
  return downloadRows(rejected, query.path);
}

function downloadRows(files: readonly RowFile[], name: string): HandlerResponse {
  const found = files.find((candidate) => candidate.name === name);
  if (found === undefined) throw problem(404, `There is no file ${name}`);
  return { status: 200, slice: { file: found.file, start: 0, end: found.sizeBytes } };
}

/** The files that a loaded batch added to its dataset. The simulator keeps them as they were uploaded. */
function listOutputs(batch: Batch): (StoredFile & { id: string })[] {
  if (!isLoaded(batch.status)) return [];
  return batch.files.list().map((stored, at) => ({ ...stored, id: `${batch.id}-${at + 1}` }));
}

function listBatchFiles(
  platform: Platform,
  { path, query, sandbox }: HandlerRequest<'listBatchFiles'>,
  linkTo: LinkTo,
): HandlerResponse {
  const batch = platform.getBatch(sandbox, path.batchId);
  const { created, updated } = batch.toCreatedBatch();
  const entries: Schemas['DataSetFileEntry'][] = listOutputs(batch).map((output) => ({
    dataSetFileId: output.id,
    dataSetViewId: `${batch.request.datasetId}-view`,
    version: '1.0.0',
    created: `${created}`,
    updated: `${updated}`,
    records: `${batch.result?.goodRows.get(output.path) ?? 0}`,
    size: `${output.sizeBytes}`,
    isValid: true,
    _links: { self: { href: linkTo(`/files/${output.id}`) } },
  }));
  return toPage(entries, query, (page) => linkTo(`/batches/${batch.id}/files`, page));
}

function getFile(
  platform: Platform,
  { path, query, headers, sandbox }: HandlerRequest<'getFile'>,
  linkTo: LinkTo,
): HandlerResponse {
  const id = path.dataSetFileId;
  if (query.path !== undefined) {
    return toRangeResponse(getPart(platform, sandbox, id, query.path), headers.range);
  }
  const output = getOutput(platform, sandbox, id);
  const part = { name: basename(output.path), sizeBytes: output.sizeBytes };
  return listFiles([part], `/files/${id}`, query, linkTo);
}

function getOutput(platform: Platform, sandbox: string, id: string): StoredFile {
  const batch = platform.findBatch(id.replace(/-\d+$/, ''));
  const outputs = batch?.sandbox === sandbox ? listOutputs(batch) : [];
  const found = outputs.find((output) => output.id === id);
  if (found !== undefined) return found;
  throw catalogProblem(404, 'NotFoundError', `There is no file ${id}`);
}

/** Each file has one part, which is named after it. */
function getPart(platform: Platform, sandbox: string, id: string, name: string): FileSlice {
  const { path, file, sizeBytes } = getOutput(platform, sandbox, id);
  if (name === basename(path)) return { file, start: 0, end: sizeBytes };
  throw problem(404, `The file ${id} has no part ${name}`);
}

/** The whole file, or the range of it that `bytes=0-99`, `bytes=100-` or `bytes=-100` names. */
function toRangeResponse(whole: FileSlice, range?: string): HandlerResponse {
  if (range === undefined) return { status: 200, slice: whole };
  const size = whole.end;
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) {
    throw problem(400, `Range ${range} is not of the form bytes=0-99`);
  }
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start >= size || end <= start) throw problem(416, `The file has ${size} bytes`);
  const headers = { 'content-range': `bytes ${start}-${end - 1}/${size}` };
  return { status: 206, headers, slice: { file: whole.file, start, end } };
}

interface PageQuery {
  start?: number | string;
  limit?: number;
}

/** A page of files. @param folder stands before their names in links. */
function listFiles(
  files: readonly { name: string; sizeBytes: number }[],
  path: string,
  query: PageQuery & { path?: string },
  linkTo: LinkTo,
  folder = '',
): HandlerResponse {
  const entries: Schemas['FileEntry'][] = files.map(({ name, sizeBytes }) => ({
    name,
    length: `${sizeBytes}`,
    _links: { self: { href: linkTo(path, { path: folder + name }) } },
  }));
  const kept = omitUndefined({ path: query.path });
  return toPage(entries, query, (page) => linkTo(path, { ...kept, ...page }));
}

/** @param linkToPage the URL of the page that starts there. */
function toPage(
  entries: readonly unknown[],
  { start: from = 0, limit = DEFAULT_LIMIT }: PageQuery,
  linkToPage: (page: { start: number; limit: number }) => string,
): HandlerResponse {
  const start = Number(from) || 0; // the platform also takes a file's name, which no link here has
  const data = entries.slice(start, start + limit);
  const next = start + limit;
  const _links =
    next < entries.length ? { next: { href: linkToPage({ start: next, limit }) } } : undefined;
  const json = { data, _page: { limit, count: data.length }, ...omitUndefined({ _links }) };
  return { status: 200, json };
}
