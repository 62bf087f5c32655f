import { describe, expect, test } from '@jest/globals';
import { InvalidInputError } from '../src/index.js';
import { clientFor, IDENTITY } from './support/client.js';
import { useWire } from './support/prism-proxy.js';
import {
  FORM,
  titleOf,
  verdictOf,
  type WrongRequest,
  wrongRequests,
} from './support/wrong-requests.js';

const wire = useWire();
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
  test.each(judged.map((wrong) => [titleOf(wrong), wrong] as const))('%s', async (_, wrong) => {
    wire.expectVerdict(verdictOf(wrong.operation));
    await send(wrong);

    // Which field Prism complains about; of one that is missing or too many, it names the parent.
    const parts = wrong.field.split('.');
    const named = /required|closed/.test(wrong.rule) ? parts.slice(0, -1) : parts;
    const location = ['request', 'body', ...named].map((part) => `"${part}"`).join(',');
    expect(wire.only.verdict).toContain(`"location":[${location}]`);
  });
});

describe('the client refuses what breaks the document, bounds too, and sends nothing', () => {
  const wrong = wrongRequests.filter(({ operation }) => operation === 'createBatch');
  test.each(wrong.map((entry) => [titleOf(entry), entry] as const))(
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
