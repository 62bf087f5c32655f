import { failed, InvalidResponseError } from '../http/errors.js';
import { callOf } from '../http/lazy.js';

/** A success that says nothing that could be handed on. */
export function invalidResponse(
  { response }: { response: Response },
  what: string,
  toDo?: string,
): InvalidResponseError {
  const call = callOf(response);
  return new InvalidResponseError(failed(call, what, toDo), call, response.status);
}
