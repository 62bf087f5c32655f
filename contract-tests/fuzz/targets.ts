/** Every public method that reads a response, with what it has to make of it. */
import type { operations } from '../../generated/openapi.js';
import { document } from '../../spec-tools/bundled-document.js';
import type { Json } from '../../spec-tools/operations.js';
import type { BatchClient } from '../../src/index.js';
import { all } from '../support/call.js';
import { ADDRESS, BATCH_ID } from '../support/ids.js';
import {
  areRows,
  isUsableId,
  mapEntries,
  mapEntry,
  objectBody,
  toBatch,
  toDataSetFiles,
  toDataset,
  toDescriptors,
  toLastBatch,
  toParts,
  toRanges,
  toRemoteFiles,
  toSchema,
  toToken,
  Unusable,
} from './expected.js';

/** A success as a method gets it. */
export interface Success {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** The parsed body; `undefined` where there is none. */
  json: unknown;
  /** What a download holds. */
  lines: readonly unknown[];
}

export interface Target {
  operation: keyof operations;
  title: string;
  run: (client: BatchClient) => Promise<unknown>;
  /** The result. @throws {Unusable} where only an error is right. */
  expect: (success: Success) => unknown;
  /** What the platform does and no schema can say, such as to use the id of the request as a key. */
  relate?: (body: unknown) => unknown;
  /** The statuses that the method is tested with. Default: all that the document has. */
  success?: readonly number[];
  /** The schema that its list has, where the document allows others that depend on the request. */
  page?: string;
  /** The schema of each line of a download. */
  lines?: string;
  /** Whether a result is right for lines with a violation that the method reads in its own way. */
  acceptsLines?: (result: unknown, lines: readonly unknown[]) => boolean;
}

export const FILE_ID = '8dcedb36-1cb2-4496-9a38-7b2041114b56-1';
const DATASET_ID = ADDRESS.datasetId;
const SCHEMA_ID = 'https://ns.adobe.com/{TENANT_ID}/schemas/533ca5da28087c44344810891b0f03d9';

/** The first entry of a map gets the id that was asked for. */
const underId = (id: string) => (body: unknown) => {
  const [[, first] = [], ...others] = Object.entries((body ?? {}) as Json);
  const rest = others.filter(([key]) => key !== id);
  return first === undefined ? body : Object.fromEntries([[id, first], ...rest]);
};
const toNothing = () => undefined;
const readText = async (download: Promise<{ body: ReadableStream<Uint8Array> }>) =>
  new Response((await download).body).text();
const toText = ({ lines }: Success) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

const batches: Target[] = [
  {
    operation: 'createBatch',
    title: 'batches.create',
    run: (client) => client.batches.create({ datasetId: DATASET_ID }),
    expect: ({ json }) => {
      const { id } = objectBody(json);
      if (!isUsableId(id)) throw new Unusable('an id that no path can hold');
      return toBatch(id, objectBody(json));
    },
  },
  ...(['complete', 'abort', 'fail', 'revert'] as const).map(
    (name): Target => ({
      ...{ operation: 'batchAction', title: `batches.${name}` },
      run: (client) => client.batches[name](BATCH_ID),
      expect: toNothing,
    }),
  ),
  {
    operation: 'getBatch',
    title: 'batches.get',
    run: (client) => client.batches.get(BATCH_ID),
    relate: underId(BATCH_ID),
    expect: ({ json }) => mapEntry(json, BATCH_ID, toBatch),
  },
  {
    operation: 'getBatch',
    title: 'batches.wait',
    run: async (client) => (await client.batches.wait(BATCH_ID, { waitTimeoutMs: 0 })).batch,
    relate: underId(BATCH_ID),
    expect: ({ json }) => mapEntry(json, BATCH_ID, toBatch),
  },
  {
    operation: 'listBatches',
    title: 'batches.list',
    run: (client) => all(client.batches.list()),
    expect: ({ json }) => mapEntries(json, toBatch),
  },
  {
    operation: 'previewBatch',
    title: 'batches.preview',
    run: (client) => client.batches.preview(ADDRESS, { format: 'csv' }),
    expect: ({ json }) => json,
  },
  {
    operation: 'listBatchFiles',
    title: 'batches.files',
    run: (client) => all(client.batches.files(BATCH_ID)),
    expect: ({ json }) => toDataSetFiles(json),
  },
];

const BYTES = new TextEncoder().encode('some bytes');
const files: Target[] = [
  {
    operation: 'uploadFile',
    title: 'files.put',
    run: (client) => client.files.put(ADDRESS, BYTES),
    expect: toNothing,
  },
  {
    operation: 'fileAction',
    title: 'files.initialize',
    run: (client) => client.files.initialize(ADDRESS),
    expect: toNothing,
  },
  {
    operation: 'uploadFilePart',
    title: 'files.uploadPart',
    run: (client) => client.files.uploadPart(ADDRESS, { start: 0 }, BYTES),
    expect: toNothing,
  },
  {
    operation: 'fileAction',
    title: 'files.complete',
    run: (client) => client.files.complete(ADDRESS),
    expect: ({ json }) => {
      if (typeof json !== 'object' || json === null) return undefined;
      const { name, sizeInBytes } = json as Json;
      const size = typeof sizeInBytes === 'number' && sizeInBytes >= 0 ? sizeInBytes : undefined;
      const isNamed = typeof name === 'string' && name !== '';
      return size === undefined
        ? undefined
        : { name: isNamed ? name : ADDRESS.path, sizeBytes: size };
    },
  },
  {
    operation: 'getReceivedRanges',
    title: 'files.receivedRanges',
    run: (client) => client.files.receivedRanges(ADDRESS),
    expect: ({ headers }) => toRanges(headers['range']),
  },
  {
    operation: 'headFile',
    title: 'files.head',
    run: (client) => client.files.head(FILE_ID, 'a'),
    expect: ({ headers }) => ({
      sizeBytes:
        headers['content-length'] === undefined ? undefined : Number(headers['content-length']),
      contentType: headers['content-type'],
      acceptsRanges: headers['accept-ranges']?.toLowerCase() === 'bytes',
    }),
  },
  {
    operation: 'getFile',
    title: 'files.parts',
    success: [200],
    run: (client) => all(client.files.parts(FILE_ID)),
    expect: ({ json }) => toParts(json, FILE_ID),
  },
  {
    operation: 'getFile',
    title: 'files.download',
    lines: 'RowError',
    success: [200],
    run: (client) => readText(client.files.download(FILE_ID, 'a')),
    expect: toText,
  },
  {
    ...{
      operation: 'getFile',
      title: 'files.download of a range',
      lines: 'RowError',
      success: [206],
    },
    run: async (client) => {
      const download = await client.files.download(FILE_ID, 'a', { range: { start: 0, end: 9 } });
      const { range, totalBytes } = download;
      return { range, totalBytes, text: await readText(Promise.resolve(download)) };
    },
    expect: (success) => {
      const [range] = toRanges(success.headers['content-range']) ?? [];
      const total = /\/(\d{1,20})$/.exec(success.headers['content-range'] ?? '')?.[1];
      const totalBytes = total === undefined ? undefined : Number(total);
      return { range, totalBytes, text: toText(success) };
    },
  },
];

const catalog: Target[] = [
  {
    operation: 'listDatasets',
    title: 'datasets.list',
    run: (client) => all(client.datasets.list()),
    expect: ({ json }) => mapEntries(json, toDataset),
  },
  {
    operation: 'getDataset',
    title: 'datasets.get',
    run: (client) => client.datasets.get(DATASET_ID),
    relate: underId(DATASET_ID),
    expect: ({ json }) => mapEntry(json, DATASET_ID, toDataset),
  },
  {
    operation: 'listLastBatches',
    title: 'datasets.lastBatches',
    run: (client) => client.datasets.lastBatches([DATASET_ID]),
    relate: underId(DATASET_ID),
    expect: ({ json }) =>
      mapEntries(json, (id, entry) => (id === DATASET_ID ? [toLastBatch(id, entry)] : [])).flat(),
  },
  {
    operation: 'getSchema',
    title: 'schemas.get',
    run: (client) => client.schemas.get(SCHEMA_ID),
    relate: (body) => ({ ...(body as Json), $id: SCHEMA_ID }),
    expect: ({ json }) => toSchema(json, SCHEMA_ID),
  },
  {
    operation: 'listDescriptors',
    title: 'schemas.descriptors',
    run: (client) => all(client.schemas.descriptors()),
    expect: ({ json }) => toDescriptors(json),
  },
];

/** Every file of the list is downloaded, and each has the same lines. */
const ofEachFile = (json: unknown, lines: readonly unknown[]) =>
  toRemoteFiles(json).flatMap(({ name }) => lines.map((line) => ({ name, line })));
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const diagnostics: Target[] = [
  {
    operation: 'getBatchMeta',
    title: 'diagnostics.rowErrors',
    lines: 'RowError',
    page: 'FilePage',
    run: (client) => all(client.diagnostics.rowErrors(BATCH_ID)),
    expect: ({ json, lines }) =>
      ofEachFile(json, lines).map(({ name, line }) => ({
        ...(line as Json),
        diagnosticFile: name,
      })),
    acceptsLines: areRows,
  },
  {
    operation: 'getBatchMeta',
    title: 'diagnostics.inputFiles',
    lines: 'InputFileRow',
    page: 'FilePage',
    run: (client) => all(client.diagnostics.inputFiles(BATCH_ID)),
    expect: ({ json, lines }) =>
      ofEachFile(json, lines).flatMap(({ line }) =>
        isObject(line) && typeof line['path'] === 'string' ? [line['path']] : [],
      ),
  },
  {
    operation: 'getFailedFiles',
    title: 'diagnostics.failedFiles',
    page: 'FilePage',
    run: (client) => all(client.diagnostics.failedFiles(BATCH_ID)),
    expect: ({ json }) => toRemoteFiles(json),
  },
  {
    operation: 'getFailedFiles',
    title: 'diagnostics.downloadFailed',
    lines: 'FailedRow',
    run: (client) => readText(client.diagnostics.downloadFailed(BATCH_ID, 'a')),
    expect: toText,
  },
  {
    operation: 'getFailedFiles',
    title: 'diagnostics.failedRows',
    lines: 'FailedRow',
    run: (client) => all(client.diagnostics.failedRows(BATCH_ID, 'a')),
    expect: ({ lines }) => [...lines],
  },
];

const token: Target = {
  operation: 'getToken',
  title: 'batches.get with a credential',
  // The server returns the authorization of the request that follows.
  run: async (client) => (await client.batches.get(BATCH_ID)).createdClient,
  expect: ({ json }) => `Bearer ${toToken(json)}`,
};

export const targets: readonly Target[] = [...batches, ...files, ...catalog, ...diagnostics, token];

/** A schema of the document by its name. */
export const namedSchema = (name: string): unknown =>
  ((document['components'] as Json)['schemas'] as Json)[name];
