/** The public surface, nothing else. */
export { type BatchClient, createBatchClient } from './client.js';
export { type BytesInput, OpenFile } from './http/bytes.js';
export type { Credentials, OAuthCredentials } from './http/credentials.js';
export {
  AbortError,
  AepBatchError,
  AnswerError,
  ApiError,
  AuthenticationError,
  BadRequestError,
  CallError,
  type CallFacts,
  ConflictError,
  ConnectionError,
  ContentTooLargeError,
  CredentialsError,
  InvalidInputError,
  LineError,
  NotFoundError,
  PermissionError,
  PreconditionRequiredError,
  RangeNotSatisfiableError,
  RateLimitError,
  ServerError,
  SourceError,
  TimeoutError,
  UnprocessableContentError,
  UnsupportedMediaTypeError,
  UriTooLongError,
} from './http/errors.js';
export type { ParseAs, Raw, RawInit, RawResult } from './http/raw.js';
export type { Clock } from './http/retry.js';
export type {
  AnswerEvent,
  CallOptions,
  ClientOptions,
  RequestEvent,
  RetryEvent,
} from './http/settings.js';
export { IngestError, type IngestFailure, PreflightError } from './ingest/errors.js';
export { type CheckOptions, type CheckResult, checkFiles } from './ingest/inspect.js';
export type { ResumeOptions } from './ingest/resume.js';
export type { RejectedRow, UploadedSource } from './ingest/row-errors.js';
export type {
  Finding,
  IngestOptions,
  IngestOutcome,
  IngestProgress,
  IngestSource,
  Receipt,
  ReceiptFile,
} from './ingest/types.js';
export type { Batches } from './resources/batches.js';
export type { Diagnostics } from './resources/diagnostics.js';
export type { WaitWarning } from './resources/outage.js';
export { UndecidedError } from './resources/recovery.js';
export type {
  Batch,
  BatchFilter,
  BatchPreview,
  BatchStatus,
  ByteRange,
  CompletedFile,
  CreateBatchRequest,
  CreatedBatch,
  DataSetFile,
  Download,
  FailedRow,
  FileAddress,
  FileFormat,
  InputFormat,
  PreviewOptions,
  RelatedObject,
  RemoteFile,
  RowError,
} from './resources/types.js';
export type { Waited, WaitOptions, WaitOutcome } from './resources/wait.js';
export type { Uploaded, UploadingFiles, UploadOptions } from './upload/files.js';
export { JournalError } from './upload/journal.js';
export { FileRefusedError } from './upload/parts.js';
export { VERSION } from './version.js';
