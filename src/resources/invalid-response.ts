import { formatCallError, InvalidResponseError } from '../http/errors.js';
import { attemptInfo } from '../http/lazy-response.js';

/** A success that says nothing that could be handed on. */
export function invalidResponse(
  { response }: { response: Response },
  what: string,
  toDo?: string,
): InvalidResponseError {
  const call = attemptInfo(response);
  return new InvalidResponseError(formatCallError(call, what, toDo), call, response.status);
}
