/** Facts about datasets, schemas and descriptors. Every field of them may be missing. */
import {
  anyForm,
  anyObject,
  anyText,
  count,
  flag,
  integer,
  list,
  map,
  object,
  textOrInteger,
  type Values,
} from './values.js';

const SchemaRef = object({ id: anyText, contentType: anyText });
const DatasetTags = map(list(anyText));
const FileDescription = object({
  persisted: flag,
  containerFormat: anyText,
  format: anyText,
  delimiters: list(anyText),
  quotes: list(anyText),
  escapes: list(anyText),
  nullMarkers: list(anyText),
  header: flag,
  charset: anyText,
});
const DatasetClassification = object({ dataBehavior: anyText, managedBy: anyText });
const Dataset = object({
  name: anyText,
  description: anyText,
  imsOrg: anyText,
  sandboxId: anyText,
  created: count,
  updated: count,
  createdUser: anyText,
  updatedUser: anyText,
  createdClient: anyText,
  version: anyText,
  state: anyText,
  schemaRef: SchemaRef,
  tags: DatasetTags,
  files: anyText,
  viewId: anyText,
  lastBatchId: anyText,
  lastBatchStatus: anyText,
  lastSuccessfulBatch: anyText,
  lastFailedBatch: anyText,
  schema: anyText,
  fileDescription: FileDescription,
  observableSchema: anyObject,
  enableErrorDiagnostics: flag,
  classification: DatasetClassification,
  extensions: anyObject,
  basePath: anyText,
  dataSourceId: integer,
  persistence: anyObject,
});
const LastBatch = object({
  lastBatchId: anyText,
  lastBatchStatus: anyText,
  lastSuccessfulBatchId: anyText,
  lastFailedBatchId: anyText,
  imsOrg: anyText,
  sandboxId: anyText,
  created: count,
  updated: count,
});

/** Some names have two spellings. */
const RegistryMetadata = object({
  'repo:createdDate': integer,
  'repo:createDate': integer,
  'repo:lastModifiedDate': integer,
  'xdm:createdClientId': anyText,
  'xdm:createdUserId': anyText,
  'xdm:repositoryCreatedBy': anyText,
  'xdm:lastModifiedClientId': anyText,
  'xdm:lastModifiedUserId': anyText,
  eTag: anyText,
  etag: anyText,
  'meta:globalLibVersion': anyText,
  'meta:usageCount': integer,
});
const XdmSchema = object({
  $id: anyText,
  'meta:altId': anyText,
  'meta:resourceType': anyText,
  version: anyText,
  title: anyText,
  description: anyText,
  type: anyText,
  properties: anyObject,
  required: list(anyText),
  allOf: list(anyObject),
  imsOrg: anyText,
  'meta:extensible': flag,
  'meta:abstract': flag,
  'meta:extends': list(anyText),
  'meta:class': anyText,
  'meta:xdmType': anyText,
  'meta:containerId': anyText,
  'meta:sandboxId': anyText,
  'meta:sandboxType': anyText,
  'meta:tenantNamespace': anyText,
  'meta:immutableTags': list(anyText),
  'meta:registryMetadata': RegistryMetadata,
});
const Descriptor = object({
  '@id': anyText,
  '@type': anyText,
  'xdm:sourceSchema': anyText,
  'xdm:sourceVersion': integer,
  'xdm:sourceProperty': anyText,
  'xdm:namespace': textOrInteger,
  'xdm:property': anyText,
  'xdm:isPrimary': flag,
  'xdm:title': map(anyText),
  'xdm:description': map(anyText),
  created: integer,
  createdClient: anyText,
  createdUser: anyText,
  updated: integer,
  updatedUser: anyText,
  'meta:containerId': anyText,
  imsOrg: anyText,
  version: anyText,
});
/** The `start` of the next page; null on the last one. */
const next: Values = { accept: ['a', '', null], refuse: [7, true, [], {}] };
const DescriptorPage = object({
  'results!': list(Descriptor),
  _page: object({ orderby: anyText, next, count: integer }),
  _links: anyObject,
});
const DescriptorsByType = map(list(Descriptor));
const DescriptorLinks = map(list(anyText));

/** Whether all fields are lists of texts, or lists of objects without a known field: a form by type, too. */
const isByType = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const lists = Object.values(value);
  const items = lists.flat();
  const isText = items.every((item) => typeof item === 'string');
  return (
    lists.every(Array.isArray) && (isText || /^\[\{("a":"a")?\}\]$/.test(JSON.stringify(items)))
  );
};

export const DATASET_SCHEMAS: Readonly<Record<string, Values>> = {
  SchemaRef,
  DatasetTags,
  FileDescription,
  DatasetClassification,
  Dataset,
  Datasets: map(Dataset),
  LastBatch,
  LastBatches: map(LastBatch),
  RegistryMetadata,
  XdmSchema,
  Descriptor,
  DescriptorPage,
  DescriptorsByType,
  DescriptorLinks,
  DescriptorList: anyForm([DescriptorPage, DescriptorsByType, DescriptorLinks], isByType),
};
