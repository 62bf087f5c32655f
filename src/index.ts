/** The public surface, in seven groups. Nothing else is imported from outside. */

// The client, its options and events.

export { type BatchClient, createBatchClient } from './client.js';
export type { Credentials, OAuthCredentials } from './http/auth.js';
export { type BytesInput, OpenFile } from './http/body.js';
export type { DriftEvent, RequestEvent, ResponseEvent, RetryEvent } from './http/events.js';
export type { CallOptions, ClientOptions } from './http/options.js';
export type { Clock } from './http/retry.js';
export type {
  Telemetry,
  TelemetryAttributes,
  TelemetryCounter,
  TelemetrySpan,
  TelemetryStart,
} from './http/telemetry.js';
export { VERSION } from './version.js';

// Resources: batches, datasets, files and diagnostics.

export type { Batches } from './resources/batches.js';
export { type CodeCount, type CodeInfo, explainCode, type LoadAgain } from './resources/codes.js';
export type { Datasets } from './resources/datasets.js';
export type { Diagnostics, ReportOptions } from './resources/diagnostics.js';
export type { DownloadOptions, PartInfo } from './resources/downloads.js';
export type {
  BatchSummary,
  CodeSummary,
  RecordCounts,
  WaitOutcome,
} from './resources/outcome.js';
export type {
  Batch,
  BatchAddress,
  BatchFilter,
  BatchInputFormat,
  BatchPreview,
  BatchStatus,
  ByteRange,
  CompletedFile,
  CreateBatchRequest,
  CreatedBatch,
  DataSetFile,
  Dataset,
  DatasetFilter,
  DatasetQuery,
  Descriptor,
  DescriptorFilter,
  Download,
  FailedRow,
  FileAddress,
  FileFormat,
  FilePart,
  InputFormat,
  LastBatch,
  PreviewOptions,
  RelatedObject,
  RemoteFile,
  RowError,
  SchemaQuery,
  SchemaReference,
  XdmSchema,
} from './resources/types.js';
export type { WaitOptions, WaitResult } from './resources/wait.js';
export type { WaitWarning } from './resources/wait-warnings.js';
export type { Pause } from './upload/budget.js';
export type { UploadResult } from './upload/context.js';
export type { Files } from './upload/files.js';
export type { UploadOptions } from './upload/options.js';

// Ingest and preflight.

export { checkFiles } from './check-files.js';
export type { RejectedRow, RejectedRowsOptions, UploadedSource } from './ingest/rejected-rows.js';
export type { ResumeOptions } from './ingest/resume.js';
export type {
  IngestOptions,
  IngestOutcome,
  IngestProgress,
  IngestSource,
  IngestWarning,
  PackedInto,
  Receipt,
  ReceiptFile,
  RowRules,
} from './ingest/types.js';
export type { PackOptions } from './packing/options.js';
export type {
  CheckOptions,
  CheckResult,
  CsvOptions,
  Finding,
  FindingPlace,
  FindingRule,
  FindingSummary,
} from './preflight/types.js';

export type { Source } from './sources/source.js';

// Loads of many batches.

export { type FailedBatch, LoadError } from './load/errors.js';
export type { LoadResumeOptions } from './load/options.js';
export {
  type LoadFile,
  type LoadLimits,
  type PlannedBatch,
  planLoad,
} from './load/plan-load.js';
export type {
  BatchReceipt,
  LoadedFile,
  LoadOptions,
  LoadProgress,
  LoadReceipt,
} from './load/types.js';

// Rows against the schema of their dataset.

export type { DatasetRowOptions, DatasetSchemaOptions } from './schema/dataset-schema.js';
export type { RowSchema } from './schema/row-schema.js';

// The typed openapi-fetch client.

export type { ParseAs, Raw, RawInit, RawResult } from './typed-client/types.js';

// Errors.

export {
  AbortError,
  ApiError,
  AuthenticationError,
  BadRequestError,
  CallError,
  type CallInfo,
  ConflictError,
  ConnectionError,
  ContentTooLargeError,
  CredentialsError,
  InvalidResponseError,
  NotAcceptableError,
  NotFoundError,
  PermissionError,
  PreconditionRequiredError,
  RangeNotSatisfiableError,
  RateLimitError,
  ServerError,
  TimeoutError,
  UnprocessableContentError,
  UnsupportedMediaTypeError,
  UriTooLongError,
} from './http/errors.js';
export {
  AlreadyLoadingError,
  CatalogDelayError,
  IngestError,
  type IngestFailure,
  JournalError,
  PreflightError,
} from './ingest/errors.js';
export { UnknownOutcomeError } from './resources/errors.js';
export {
  AepBatchError,
  InvalidInputError,
  ParseError,
  SourceError,
  SourceUnavailableError,
} from './shared/errors.js';
export { FileRejectedError } from './upload/errors.js';
