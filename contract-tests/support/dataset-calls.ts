/** The calls for datasets and their schemas. */
import type { operations } from '../../generated/openapi.js';
import { all, type Entry, get, never } from './call.js';
import { ADDRESS } from './ids.js';

const DATASETS = '/data/foundation/catalog/dataSets';
const LAST_BATCHES = '/data/foundation/catalog/lastBatches';

/** An example of a dataset has the id of its own as its key. */
const getDataset = (id: string, ...examples: string[]): Entry => ({
  title: `datasets.get of ${id}`,
  run: ({ datasets }) => datasets.get(id),
  expected: [get(`${DATASETS}/${id}`)],
  handles: ({ example: name = '' }) => examples.includes(name),
});

const REGISTRY = '/data/foundation/schemaregistry';
const LOYALTY = 'https://ns.adobe.com/{TENANT_ID}/schemas/533ca5da28087c44344810891b0f03d9';
const HOTELS = 'https://ns.adobe.com/{TENANT_ID}/schemas/d4ad4b8463a67f6755f2aabbeb9e02c7';
const DESCRIPTORS = `${REGISTRY}/tenant/descriptors`;
const XED_FULL = 'application/vnd.adobe.xed-full+json; version=1';
const XDM = 'application/vnd.adobe.xdm+json';
const schemaTarget = (id: string) => `${REGISTRY}/tenant/schemas/${encodeURIComponent(id)}`;

/** A schema in a form that only `raw` asks for. */
const getRawSchema = (example: string, schemaId: string, form: string): Entry => {
  const accept = `application/vnd.adobe.${form}+json; version=1`;
  return {
    title: `raw, in the form ${form}`,
    run: ({ raw }) =>
      raw.GET('/data/foundation/schemaregistry/{container}/schemas/{schemaId}', {
        params: { path: { container: 'tenant', schemaId } },
        headers: { accept },
      }),
    expected: [{ ...get(schemaTarget(schemaId)), accept }],
    handles: (response) => response.example === example,
  };
};
/** Descriptors in a form that only `raw` asks for. */
const getRawDescriptors = (example: string, accept: string): Entry => ({
  title: `raw, as ${accept}`,
  run: ({ raw }) =>
    raw.GET('/data/foundation/schemaregistry/tenant/descriptors', { headers: { accept } }),
  expected: [{ ...get(DESCRIPTORS), accept }],
  handles: (response) => response.example === example,
});

type Operation =
  | 'listDatasets'
  | 'getDataset'
  | 'listLastBatches'
  | 'getSchema'
  | 'listDescriptors';

/** Every public call for datasets and schemas, by the operation that it calls. */
export const datasetCalls: Record<Operation & keyof operations, Entry[]> = {
  listDatasets: [
    {
      title: 'datasets.list',
      run: ({ datasets }) => all(datasets.list()),
      expected: [get(`${DATASETS}?limit=100&start=0`), get(`${DATASETS}?limit=100&start=5`)],
    },
    {
      title: 'datasets.list with a filter',
      run: ({ datasets }) =>
        all(
          datasets.list({
            name: 'Loyalty members',
            tags: 'unifiedProfile:*',
            property: 'name~^Loyal',
            properties: 'name,schemaRef',
            orderBy: 'asc:name',
            pageSize: 50,
          }),
        ),
      expected: [
        get(
          `${DATASETS}?name=Loyalty%20members&tags=unifiedProfile%3A*&property=name~%5ELoyal&properties=name%2CschemaRef&orderBy=asc%3Aname&limit=50&start=0`,
        ),
      ],
      responses: [{ status: 200, example: 'catalog-datasets-none' }],
      handles: never,
    },
  ],
  getDataset: [
    getDataset('5b020a27e7040801dedbf46e', 'catalog-dataset-profile', 'catalog-dataset-upsert'),
    getDataset('59c93f3da7d0c00000798f68', 'catalog-dataset-parquet'),
    getDataset('5ba9452f7de80400007fc52a', 'catalog-dataset-look-up'),
    getDataset('5ab540d0864cf0267448ead4', 'catalog-dataset-every-field'),
    {
      title: 'datasets.get with properties',
      run: ({ datasets }) => datasets.get(ADDRESS.datasetId, { properties: 'name,schemaRef' }),
      expected: [get(`${DATASETS}/${ADDRESS.datasetId}?properties=name%2CschemaRef`)],
    },
  ],
  listLastBatches: [
    {
      title: 'datasets.lastBatches',
      run: ({ datasets }) => datasets.lastBatches(['5ab540d0864cf0267448ead4']),
      expected: [get(`${LAST_BATCHES}?dataSetId=5ab540d0864cf0267448ead4&limit=100&start=0`)],
    },
    {
      title: 'datasets.lastBatches of several',
      run: ({ datasets }) => datasets.lastBatches(['5ab540d0864cf0267448ead4', 'b', 'b']),
      expected: [
        get(`${LAST_BATCHES}?dataSetId=5ab540d0864cf0267448ead4%2Cb&limit=100&start=0`),
        get(`${LAST_BATCHES}?dataSetId=5ab540d0864cf0267448ead4%2Cb&limit=100&start=1`),
      ],
      responses: [{ status: 200, example: 'catalog-last-batches' }],
      handles: never,
    },
  ],
  getSchema: [
    getRawSchema('schema-loyalty-members-notext', LOYALTY, 'xed-full-notext'),
    getRawSchema('schema-hotels', HOTELS, 'xed'),
    {
      title: 'schemas.get',
      run: ({ schemas }) => schemas.get(LOYALTY),
      expected: [{ ...get(schemaTarget(LOYALTY)), accept: XED_FULL }],
    },
    {
      title: 'schemas.get by a meta:altId',
      run: ({ schemas }) => schemas.get('_{TENANT_ID}.schemas.533ca5da28087c44344810891b0f03d9'),
      expected: [
        {
          ...get(schemaTarget('_{TENANT_ID}.schemas.533ca5da28087c44344810891b0f03d9')),
          accept: XED_FULL,
        },
      ],
      responses: [{ status: 200, example: 'schema-loyalty-members' }],
      handles: never,
    },
  ],
  listDescriptors: [
    getRawDescriptors('descriptors-page', 'application/vnd.adobe.xdm-v2+json'),
    getRawDescriptors('descriptor-links', 'application/vnd.adobe.xdm-link+json'),
    {
      title: 'schemas.descriptors',
      run: ({ schemas }) => all(schemas.descriptors()),
      expected: [{ ...get(DESCRIPTORS), accept: XDM }],
    },
    {
      title: 'schemas.descriptors with a filter',
      run: ({ schemas }) => all(schemas.descriptors({ property: '@type==xdm:descriptorIdentity' })),
      expected: [
        {
          ...get(`${DESCRIPTORS}?property=%40type%3D%3Dxdm%3AdescriptorIdentity`),
          accept: XDM,
        },
      ],
      responses: [{ status: 200, example: 'descriptors-by-type' }],
      handles: never,
    },
  ],
};
