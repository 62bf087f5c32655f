import { describe, expect, test } from '@jest/globals';
import { follow, type Json, operationsOf } from '../scripts/document.js';
import { InvalidInputError } from '../src/index.js';
import { document } from './support/bundled.js';
import { clientFor, IDENTITY } from './support/client.js';
import { errorsOf } from './support/compile.js';
import { useWire } from './support/wire.js';
import { FORM, verdictOf, type WrongRequest, wrongRequests } from './support/wrong-requests.js';

const wire = useWire();
const title = ({ operation, rule, field, body }: WrongRequest) =>
  `${operation}: ${field} breaks its ${rule} with ${JSON.stringify(body)}`;

const PREAMBLE = `import type { TokenRaw } from '../../src/http/raw.js'; import type { BatchClient } from '../../src/index.js'; declare const client: BatchClient & { token: TokenRaw };`;
/** The call for a token is not one of `raw`: it has its own, under the same types. */
const raw = (method: string, path: string, body: unknown) =>
  `await client.${path.startsWith('/ims/') ? 'token' : 'raw'}.${method.toUpperCase()}(${JSON.stringify(path)}, { body: ${JSON.stringify(body)} });`;

/** Sends a body as it is, past the client and its types. */
const send = ({ path, method, mediaType, body }: WrongRequest) =>
  fetch(`${wire.origin}${path}`, {
    method: method.toUpperCase(),
    headers: {
      'content-type': mediaType,
      authorization: `Bearer ${IDENTITY.credentials}`,
      'x-api-key': IDENTITY.apiKey,
      'x-gw-ims-org-id': IDENTITY.orgId,
    },
    body:
      mediaType === FORM
        ? new URLSearchParams(body as Record<string, string>)
        : JSON.stringify(body),
  });

describe('a request that breaks the document is refused by Prism', () => {
  // Prism lets a field too many of a form pass; the types do not.
  const judged = wrongRequests.filter(
    ({ mediaType, rule }) => mediaType !== FORM || rule !== 'closed',
  );
  test.each(judged.map((wrong) => [title(wrong), wrong] as const))('%s', async (_, wrong) => {
    wire.expectVerdict(verdictOf(wrong.operation));
    await send(wrong);

    // Which field Prism complains about; of one that is missing or too many, it names the parent.
    const parts = wrong.field.split('.');
    const named = /required|closed/.test(wrong.rule) ? parts.slice(0, -1) : parts;
    const location = ['request', 'body', ...named].map((part) => `"${part}"`).join(',');
    expect(wire.only.verdict).toContain(`"location":[${location}]`);
  });
});

test('a request that breaks a required field, an enum, a type or a closed object does not compile', () => {
  const wrong = wrongRequests.filter(({ rule }) => rule !== 'bound');
  const errors = errorsOf(
    PREAMBLE,
    wrong.map(({ method, path, body }) => raw(method, path, body)),
  );

  expect(wrong.filter((_, index) => errors[index] === undefined).map(title)).toEqual([]);
});

test('every request example of the document compiles', () => {
  const right = operationsOf(document).flatMap(({ method, path, operation }) => {
    const body = operation['requestBody'] as Json | undefined;
    const json = (body?.['content'] as Record<string, Json> | undefined)?.['application/json'];
    const examples = Object.values((json?.['examples'] ?? {}) as Json);
    return examples.map((entry) => raw(method, path, follow(document, entry)['value']));
  });

  expect(right.length).toBeGreaterThan(0);
  expect(errorsOf(PREAMBLE, right).filter((error) => error !== undefined)).toEqual([]);
});

describe('the client refuses what breaks the document, bounds too, and sends nothing', () => {
  const wrong = wrongRequests.filter(({ operation }) => operation === 'createBatch');
  test.each(wrong.map((entry) => [title(entry), entry] as const))(
    '%s',
    async (_, { body, field }) => {
      // A caller without types, for instance one that read the request from a file.
      const create = clientFor(wire.origin).batches.create as (
        request: unknown,
      ) => Promise<unknown>;
      const client = clientFor(wire.origin);
      const error = await create.call(client.batches, body).catch((thrown: unknown) => thrown);

      expect(error).toBeInstanceOf(InvalidInputError);
      expect((error as InvalidInputError).field).toBe(field);
      expect(wire.exchanges).toEqual([]);
    },
  );
});
