/** The public surface, nothing else. */
export { type BatchClient, createBatchClient } from './client.js';
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
  InvalidInputError,
  NotFoundError,
  PermissionError,
  PreconditionRequiredError,
  RateLimitError,
  ServerError,
  TimeoutError,
  UnprocessableContentError,
  UnsupportedMediaTypeError,
  UriTooLongError,
} from './http/errors.js';
export type { Raw, RawInit } from './http/raw.js';
export type { CallOptions, ClientOptions, Credentials } from './http/settings.js';
export type { Batches } from './resources/batches.js';
export type {
  BatchStatus,
  CreateBatchRequest,
  CreatedBatch,
  FileFormat,
  InputFormat,
  RelatedObject,
} from './resources/types.js';
export { VERSION } from './version.js';
