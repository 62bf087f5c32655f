import { describe, expect, test } from '@jest/globals';
import { InvalidInputError } from '../src/index.js';
import { createClient, IDENTITY } from './support/client.js';
import { usePrismProxy } from './support/prism-proxy.js';
import {
  FORM,
  findRejectionStatus,
  formatTitle,
  type WrongRequest,
  wrongRequests,
} from './support/wrong-requests.js';

const proxy = usePrismProxy();
/** Sends the body without the client and its types. */
const send = ({ path, method, mediaType, body }: WrongRequest) =>
  fetch(`${proxy.origin}${path}`, {
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

describe('a request that violates the document is rejected by Prism', () => {
  // Prism accepts unknown form fields; the types do not.
  const rejected = wrongRequests.filter(
    ({ mediaType, rule }) => mediaType !== FORM || rule !== 'closed',
  );
  test.each(rejected.map((wrong) => [formatTitle(wrong), wrong] as const))(
    '%s',
    async (_, wrong) => {
      proxy.expectPrismProblem(findRejectionStatus(wrong.operation));
      await send(wrong);

      // Prism names the invalid field, or the parent of a missing or unknown one.
      const parts = wrong.field.split('.');
      const named = /required|closed/.test(wrong.rule) ? parts.slice(0, -1) : parts;
      const location = ['request', 'body', ...named].map((part) => `"${part}"`).join(',');
      expect(proxy.only.prismProblem).toContain(`"location":[${location}]`);
    },
  );
});

describe('the client rejects a request that violates the document, including its bounds, and sends nothing', () => {
  const wrong = wrongRequests.filter(({ operation }) => operation === 'createBatch');
  test.each(wrong.map((entry) => [formatTitle(entry), entry] as const))(
    '%s',
    async (_, { body, field }) => {
      // As called without types, for example with a request read from a file.
      const create = createClient(proxy.origin).batches.create as (
        request: unknown,
      ) => Promise<unknown>;
      const client = createClient(proxy.origin);
      const error = await create.call(client.batches, body).catch((thrown: unknown) => thrown);

      expect(error).toBeInstanceOf(InvalidInputError);
      expect((error as InvalidInputError).field).toBe(field);
      expect(proxy.exchanges).toEqual([]);
    },
  );
});
