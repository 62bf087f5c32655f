/** Short public names for the document's types, and what the wire's oddities become. */
import type { components, operations } from '../../generated/openapi.js';

type Schemas = components['schemas'];
/** Extended by an interface, a type of the document hovers by its short name. */
type Wire<Name extends keyof Schemas> = Schemas[Name];

/** What `batches.create()` takes. The document also knows an older spelling of the percentage. */
export interface CreateBatchRequest
  extends Omit<Schemas['CreateBatchRequest'], 'partialIngestionPercentage'> {
  /** How the files of the batch are to be read. */
  inputFormat?: InputFormat;
}
/** How the files of a new batch are to be read. */
export interface InputFormat extends Wire<'InputFormat'> {}
/** The format of the files in a batch. */
export type FileFormat = Schemas['FileFormat'];
/** Where a batch stands: one of the published values, or one that was not published yet. */
export type BatchStatus = Schemas['BatchStatus'];
/** An object of the platform that has to do with a batch. */
export interface RelatedObject extends Wire<'RelatedObject'> {}
/** What `batches.create()` returns. */
export interface CreatedBatch extends Wire<'CreatedBatch'> {}

type CatalogBatch = Schemas['CatalogBatch'];
/** A batch as the Catalog has it. Everything but its id and status may be missing. */
export interface Batch
  extends Omit<CatalogBatch, 'id' | 'status' | 'inputFormat' | 'availableDates'> {
  /** The batch's id. */
  id: string;
  /** Where the batch stands. A value that is not listed is not an error. */
  status: BatchStatus;
  /** How the files of the batch are read. */
  inputFormat?: BatchInputFormat;
  /** The span of time that the data is about, in seconds since 1970-01-01 UTC. */
  availableDates?: NonNullable<CatalogBatch['availableDates']>;
}

/** How the files of a batch are read, as the Catalog has it. */
export interface BatchInputFormat extends Omit<Schemas['CatalogInputFormat'], 'header'> {
  /** Whether the first row of CSV holds the names of the columns. */
  header?: boolean;
}

type ListQuery = NonNullable<operations['listBatches']['parameters']['query']>;
/** Which batches `batches.list()` gives, and in which order; the pages are its own affair. */
export interface BatchFilter extends Omit<ListQuery, 'limit' | 'start' | 'sort'> {
  /** How many batches are asked for at a time, 1 to 100. Default 100. */
  pageSize?: number;
}

/** A dataset as the Catalog has it. Everything but its id may be missing. */
export interface Dataset extends DatasetEntry {
  /** The dataset's id: what a batch is created with. */
  id: string;
}
type DatasetEntry = Schemas['Dataset'];

type GetDatasetQuery = NonNullable<operations['getDataset']['parameters']['query']>;
/** What `datasets.get()` returns of a dataset. */
export interface DatasetQuery extends GetDatasetQuery {}

/** The last batches of a dataset. Everything but the dataset's id may be missing. */
export interface LastBatch extends LastBatchEntry {
  /** The dataset's id. */
  datasetId: string;
}
type LastBatchEntry = Schemas['LastBatch'];

type DatasetListQuery = NonNullable<operations['listDatasets']['parameters']['query']>;
/** Which datasets `datasets.list()` gives, and in which order. */
export interface DatasetFilter extends Omit<DatasetListQuery, 'limit' | 'start'> {
  /** How many datasets are asked for at a time, 1 to 100. Default 100. */
  pageSize?: number;
}

/** A reference to a schema, such as the `schemaRef` of a dataset. */
export interface SchemaReference {
  /** The schema's URI. */
  id?: string;
  /** Names the major version: `application/vnd.adobe.xed+json;version=1`. Without a version it is 1. */
  contentType?: string;
}

/** Which version `schemas.get()` returns. */
export interface SchemaQuery {
  /** The major version, from 1. Default: that of the reference, else 1. */
  version?: number;
}

type SchemaEntry = Schemas['XdmSchema'];
/**
 * A schema of the Schema Registry: JSON Schema with `meta:` keywords. Everything but its id and version may
 * be missing.
 */
export interface XdmSchema extends SchemaEntry {
  /** The schema's URI. */
  $id: string;
  /** The version, major and minor: `1.4`. The major version alone where the registry names none. */
  version: string;
}

type DescriptorEntry = Schemas['Descriptor'];
/** A statement about a field of a schema. Everything but its type may be missing. */
export interface Descriptor extends Omit<DescriptorEntry, 'xdm:namespace'> {
  /** The type, such as `xdm:descriptorIdentity`. */
  '@type': string;
  /** The code or id of the identity namespace. */
  'xdm:namespace'?: string;
}

/** Which descriptors `schemas.descriptors()` gives. */
export interface DescriptorFilter {
  /** A condition of the registry, such as `@type==xdm:descriptorIdentity`. Default: all descriptors. */
  property?: string;
}

type PreviewQuery = operations['previewBatch']['parameters']['query'];
/** How `batches.preview()` is to read the files. */
export interface PreviewOptions extends PreviewQuery {}
/** The first rows of what was uploaded so far. */
export interface BatchPreview extends Wire<'BatchPreview'> {}

/** A batch and its dataset. */
export interface BatchAddress {
  /** The batch's id. */
  batchId: string;
  /** The id of the dataset that the batch belongs to. */
  datasetId: string;
}

/** Where a file is in a batch. */
export interface FileAddress extends BatchAddress {
  /**
   * The name that the file gets, with folders if you like: `day=1/part-0.parquet`. No empty parts,
   * no `.` and `..`.
   */
  path: string;
}

/** Some bytes of a file: from `start` to before `end`, counted from 0. */
export interface ByteRange {
  /** The first byte, from 0. */
  start: number;
  /** The byte after the last. */
  end: number;
}

/** A large file that was completed, as far as the platform describes it. */
export interface CompletedFile {
  /** The file's path in the batch. */
  name: string;
  /** Its size in bytes. */
  sizeBytes: number;
}

/** A file that can be downloaded. */
export interface RemoteFile {
  /** Its name; what it is asked for with. */
  name: string;
  /** Its size in bytes, if the platform states it. */
  sizeBytes: number | undefined;
}

/** A part of a file that a batch left in its dataset. */
export interface FilePart extends RemoteFile {
  /** The id of the file that it is a part of; what it is downloaded with. */
  dataSetFileId: string;
}

/** A file that a batch left in its dataset: one file, or a folder of parts. */
export interface DataSetFile {
  /** The id that its parts are listed and downloaded with. */
  id: string;
  /** The id of the view of the dataset that it is in. */
  dataSetViewId?: string;
  /** The version of this record. */
  version?: string;
  /** When it was created, in milliseconds since 1970-01-01 UTC. */
  created: number | undefined;
  /** When it last changed, in milliseconds since 1970-01-01 UTC. */
  updated: number | undefined;
  /** How many rows it has. */
  records: number | undefined;
  /** Its size in bytes. */
  sizeBytes: number | undefined;
  /** A mark of the platform's own; `false` in good files, too. */
  isValid?: boolean;
}

type DocumentedRowError = Schemas['RowError'];
/** A row that was rejected, and why. A row that could be read has its own columns beside these. */
export interface RowError extends DocumentedRowError {
  /** The file of the diagnostics that the row is in. */
  diagnosticFile: string;
}
/** A row of a failed batch; which form it has depends on how it came. */
export type FailedRow = Schemas['FailedRow'];

/** Bytes that are being downloaded. Read them, or cancel the stream: until then a connection is held. */
export interface Download {
  /** The bytes. A failure on the way makes reading throw one of this library's errors. */
  body: ReadableStream<Uint8Array>;
  /**
   * Whether the end of `body` is known to be the end of the file. False where the response has neither
   * a Content-Length nor chunks: a connection that broke then looks like the end, so check the bytes.
   */
  isProven: boolean;
  /** How many bytes follow, if the platform states it. */
  sizeBytes: number | undefined;
  /** Which bytes come, where a range was asked for and given. */
  range: ByteRange | undefined;
  /** How many bytes the whole file has, if the platform states it. */
  totalBytes: number | undefined;
  /** The type that the platform gives the file; it need not be right. */
  contentType: string | undefined;
}
