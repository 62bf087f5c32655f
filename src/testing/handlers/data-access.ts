/** Data Access: rejected rows, input files, failed files, and what a batch left in its dataset. */
import { basename } from 'node:path/posix';
import type { components } from '../../../generated/openapi.js';
import type { Batch, StoredFile } from '../platform/batch.js';
import type { Platform } from '../platform/platform.js';
import type { RowFile } from '../platform/rejected-rows.js';
import { isFailed, isLoaded } from '../platform/transitions.js';
import { catalogProblem, problem } from '../server/error-bodies.js';
import type { Answer, Call, Handlers } from '../server/handler.js';
import { type PageQuery, pageOf } from './paging.js';

type Schemas = components['schemas'];
type DataAccess = 'getBatchMeta' | 'getFailedFiles' | 'listBatchFiles' | 'getFile' | 'headFile';

const EXPORT = '/data/foundation/export';
const INPUT_FILES = 'input_files_0.json';

/** Links name the port and escape slashes, as published ones do. */
export function dataAccess(platform: Platform, origin: () => string): Pick<Handlers, DataAccess> {
  const linkTo = (path: string, query: Record<string, string | number> = {}) => {
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${encoded(value)}`);
    return `${origin()}${EXPORT}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
  };
  return {
    getBatchMeta: (call) => meta(platform, call, linkTo),
    getFailedFiles: (call) => failed(platform, call, linkTo),
    listBatchFiles: (call) => files(platform, call, linkTo),
    getFile: (call) => file(platform, call, linkTo),
    headFile: ({ path, query, sandbox }) => {
      const slice = partOf(platform, sandbox, path.dataSetFileId, query.path);
      return { status: 200, headers: { 'accept-ranges': 'bytes' }, slice };
    },
  };
}

const encoded = (value: string | number) => encodeURIComponent(value);
type LinkTo = (path: string, query?: Record<string, string | number>) => string;

function meta(platform: Platform, { path, query, sandbox }: Call<'getBatchMeta'>, linkTo: LinkTo) {
  const batch = platform.batchIn(sandbox, path.batchId);
  const [folder = '', ...rest] = (query.path ?? '').split('/');
  const name = rest.join('/');
  const where = `/batches/${batch.id}/meta`;
  if (folder === '') {
    const top = ['row_errors', 'input_files'].map((entry) => ({ name: entry, sizeBytes: 0 }));
    return listed(top, where, query, linkTo);
  }
  if (folder === 'row_errors') {
    if (batch.request.enableErrorDiagnostics !== true) {
      throw problem(404, 'Error diagnostics were off for this batch', 'INGEST-1211-400');
    }
    const rejected = batch.ingested?.rejected ?? [];
    return name === ''
      ? listed(rejected, where, query, linkTo, 'row_errors/')
      : download(rejected, name);
  }
  if (folder !== 'input_files') throw problem(404, `There is no ${query.path}`);
  const text = inputFiles(batch);
  if (name === INPUT_FILES && text !== '') return { status: 200, text };
  if (name !== '') throw problem(404, `There is no ${query.path}`);
  const entries = text === '' ? [] : [{ name: INPUT_FILES, sizeBytes: Buffer.byteLength(text) }];
  return listed(entries, where, query, linkTo, 'input_files/');
}

/** JSON Lines that name what was loaded; nothing before the batch was ingested. */
function inputFiles({ ingested, files }: Batch): string {
  if (ingested === undefined) return '';
  return [...files.keys()].map((path) => `${JSON.stringify({ path })}\n`).join('');
}

/** A failed batch keeps its rejected rows, with diagnostics or without, and an empty marker. */
function failed(
  platform: Platform,
  { path, query, sandbox }: Call<'getFailedFiles'>,
  linkTo: LinkTo,
): Answer {
  const batch = platform.batchIn(sandbox, path.batchId);
  const there = isFailed(batch.status) ? (batch.ingested?.rejected ?? []) : [];
  const marker = { name: '_SUCCESS', sizeBytes: 0 };
  const entries = there.length > 0 ? [marker, ...there] : [];
  if (query.path === undefined) {
    return listed(entries, `/batches/${batch.id}/failed`, query, linkTo);
  }
  if (query.path === marker.name && there.length > 0) return { status: 200, text: '' };
  return download(there, query.path);
}

function download(files: readonly RowFile[], name: string): Answer {
  const found = files.find((candidate) => candidate.name === name);
  if (found === undefined) throw problem(404, `There is no file ${name}`);
  return { status: 200, slice: { file: found.file, start: 0, end: found.sizeBytes } };
}

function listed(
  files: readonly { name: string; sizeBytes: number }[],
  where: string,
  query: PageQuery & { path?: string },
  linkTo: LinkTo,
  folder = '',
): Answer {
  const entries: Schemas['FileEntry'][] = files.map(({ name, sizeBytes }) => ({
    name,
    length: `${sizeBytes}`,
    _links: { self: { href: linkTo(where, { path: folder + name }) } },
  }));
  const kept: Record<string, string> = query.path === undefined ? {} : { path: query.path };
  return pageOf(entries, query, (start, limit) => linkTo(where, { ...kept, start, limit }));
}

/** The files of a batch that is in its dataset. The simulator keeps them as they were uploaded. */
function outputs(batch: Batch): (StoredFile & { id: string })[] {
  if (!isLoaded(batch.status)) return [];
  return [...batch.files.values()].map((entry, at) => ({ ...entry, id: `${batch.id}-${at + 1}` }));
}

function files(
  platform: Platform,
  { path, query, sandbox }: Call<'listBatchFiles'>,
  linkTo: LinkTo,
): Answer {
  const batch = platform.batchIn(sandbox, path.batchId);
  const { created, updated } = batch.created();
  const entries: Schemas['DataSetFileEntry'][] = outputs(batch).map((entry) => ({
    dataSetFileId: entry.id,
    dataSetViewId: `${batch.request.datasetId}-view`,
    version: '1.0.0',
    created: `${created}`,
    updated: `${updated}`,
    records: `${batch.ingested?.records.get(entry.path) ?? 0}`,
    size: `${entry.sizeBytes}`,
    isValid: true,
    _links: { self: { href: linkTo(`/files/${entry.id}`) } },
  }));
  const where = `/batches/${batch.id}/files`;
  return pageOf(entries, query, (start, limit) => linkTo(where, { start, limit }));
}

function file(
  platform: Platform,
  { path, query, headers, sandbox }: Call<'getFile'>,
  linkTo: LinkTo,
): Answer {
  const id = path.dataSetFileId;
  if (query.path !== undefined) {
    return ranged(partOf(platform, sandbox, id, query.path), headers.range);
  }
  const stored = outputOf(platform, sandbox, id);
  const part = { name: basename(stored.path), sizeBytes: stored.sizeBytes };
  return listed([part], `/files/${id}`, query, linkTo);
}

function outputOf(platform: Platform, sandbox: string, id: string): StoredFile {
  const batch = platform.find(id.replace(/-\d+$/, ''));
  const found =
    batch?.sandbox === sandbox ? outputs(batch).find((one) => one.id === id) : undefined;
  if (found !== undefined) return found;
  throw catalogProblem(404, 'NotFoundError', `There is no file ${id}`);
}

function partOf(platform: Platform, sandbox: string, id: string, name: string) {
  const { path, file, sizeBytes } = outputOf(platform, sandbox, id);
  if (name === basename(path)) return { file, start: 0, end: sizeBytes };
  throw problem(404, `The file ${id} has no part ${name}`);
}

/** A file, or the range of it that `bytes=0-99`, `bytes=100-` or `bytes=-100` names. */
function ranged(whole: { file: string; start: number; end: number }, range?: string): Answer {
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
