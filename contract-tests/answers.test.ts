import { describe, expect, test } from '@jest/globals';
import { operationsOf } from '../scripts/document.js';
import {
  type ApiError,
  AuthenticationError,
  BadRequestError,
  ContentTooLargeError,
  PermissionError,
  RateLimitError,
  ServerError,
  UnprocessableContentError,
  UnsupportedMediaTypeError,
  UriTooLongError,
} from '../src/index.js';
import { type AnswerExample, answerExamples, document } from './support/bundled.js';
import { calls } from './support/calls.js';
import { clientFor } from './support/client.js';
import { useWire } from './support/wire.js';

const wire = useWire();

/** Which class a refusal becomes; a status that is documented and not listed here fails below. */
const CLASSES: Record<number, typeof ApiError> = {
  400: BadRequestError,
  401: AuthenticationError,
  403: PermissionError,
  413: ContentTooLargeError,
  414: UriTooLongError,
  415: UnsupportedMediaTypeError,
  422: UnprocessableContentError,
  429: RateLimitError,
  500: ServerError,
  503: ServerError,
};

const call = (operation: string) => calls[operation as keyof typeof calls](clientFor(wire.origin));
const title = ({ operation, status, name }: AnswerExample) => `${operation} ${status} ${name}`;

describe('every example of a success is served without a violation and read by the client', () => {
  const successes = answerExamples.filter(({ status }) => status < 300);
  test.each(successes.map((entry) => [title(entry), entry] as const))('%s', async (_, entry) => {
    wire.answerWith({ status: entry.status, example: entry.name });

    expect(await call(entry.operation)).toEqual(entry.value);
  });
});

describe('every example of a refusal becomes an error of the class of its status', () => {
  const refusals = answerExamples.filter(({ status }) => status >= 400);
  test.each(refusals.map((entry) => [title(entry), entry] as const))('%s', async (_, entry) => {
    wire.answerWith({ status: entry.status, example: entry.name });

    const error = await call(entry.operation).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

    expect(error).toBeInstanceOf(CLASSES[entry.status]);
    expect(error).toMatchObject({ status: entry.status, body: entry.value, attempts: 1 });
    expect((error as ApiError).detail).toEqual(expect.any(String));
    expect((error as ApiError).message).toContain(`${entry.status}`);
  });
});

test('every answer of the document has a named example', () => {
  const documented = operationsOf(document).flatMap(({ id, operation }) =>
    Object.keys(operation['responses'] as object).map((status) => `${id} ${status}`),
  );
  const shown = new Set(answerExamples.map(({ operation, status }) => `${operation} ${status}`));
  expect(documented.filter((answer) => !shown.has(answer))).toEqual([]);
});
