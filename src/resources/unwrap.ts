import { AnswerError, apiError, failed } from '../http/errors.js';
import { callOf } from '../http/light.js';
import type { Redactor } from '../http/secrets.js';

/** What every call of `raw` gives. */
interface RawResult<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * The data of a raw result, or the error that it stands for.
 * `response.ok` decides: a refusal with an empty body has no `error` to look at.
 * @throws {ApiError} for a refusal, {AnswerError} for a success that lacks its body.
 */
export function unwrap<T>(result: RawResult<T>, redact: Redactor): NonNullable<T> {
  const { data, error, response } = result;
  const call = callOf(response);
  if (!response.ok) {
    const text =
      typeof error === 'string' ? error : error === undefined ? '' : JSON.stringify(error);
    throw apiError({ status: response.status, headers: response.headers, text }, call, redact);
  }
  if (data === undefined || data === null) {
    const message = failed(call, `${response.status} with an empty body where there has to be one`);
    throw new AnswerError(message, call, response.status);
  }
  return data;
}
