/** Short public names for the document's types. Nothing about the wire is written here. */
import type { components } from '../../generated/openapi.js';

type Schemas = components['schemas'];

/** A closed list of the document, open for callers: the platform may say something new. */
type Open<Known extends string> = Known | (string & {});

/** What `batches.create()` takes. The document also knows an older spelling of the percentage. */
export type CreateBatchRequest = Omit<Schemas['CreateBatchRequest'], 'partialIngestionPercentage'>;
/** How the files of a new batch are to be read. */
export type InputFormat = Schemas['InputFormat'];
/** The format of the files in a batch. */
export type FileFormat = Schemas['FileFormat'];
/** Where a batch stands: one of the published values, or one that was not published yet. */
export type BatchStatus = Open<Schemas['BatchStatus']>;
/** An object of the platform that has to do with a batch. */
export type RelatedObject = Omit<Schemas['RelatedObject'], 'type'> & {
  type: Open<Schemas['RelatedObjectType']>;
};
/** What `batches.create()` answers. */
export type CreatedBatch = Omit<Schemas['CreatedBatch'], 'status' | 'relatedObjects'> & {
  /** Where the batch stands; right after it was created, `loading`. */
  status: BatchStatus;
  /** The dataset that the batch belongs to, and what else it has to do with. */
  relatedObjects: RelatedObject[];
};
