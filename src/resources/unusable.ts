import { AnswerError, failed } from '../http/errors.js';
import { callOf } from '../http/light.js';

/** A success that says nothing that could be handed on. */
export function unusable(
  { response }: { response: Response },
  what: string,
  toDo?: string,
): AnswerError {
  const call = callOf(response);
  return new AnswerError(failed(call, what, toDo), call, response.status);
}
