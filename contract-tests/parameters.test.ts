import { describe, expect, test } from '@jest/globals';
import { type BatchClient, InvalidInputError } from '../src/index.js';
import { ADDRESS, all } from './support/calls.js';
import { clientFor, IDENTITY } from './support/client.js';
import { useWire } from './support/prism-proxy.js';
import { titleOf, type WrongParameter, wrongParameters } from './support/wrong-parameters.js';
import { verdictOf } from './support/wrong-requests.js';

const wire = useWire();
/** Sends parameters as they are, past the client and its types. */
function send({ method, path, params, bytes }: WrongParameter) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => String(params.path[name]));
  const query = new URLSearchParams(params.query as Record<string, string>);
  return fetch(`${wire.origin}${filled}?${query}`, {
    method: method.toUpperCase(),
    headers: {
      ...(params.header as Record<string, string>),
      authorization: `Bearer ${IDENTITY.credentials}`,
      'x-api-key': IDENTITY.apiKey,
      'x-gw-ims-org-id': IDENTITY.orgId,
      ...(bytes ? { 'content-type': 'application/octet-stream' } : {}),
    },
    ...(bytes ? { body: 'x' } : {}),
  });
}

describe('a parameter that breaks the document is refused by Prism', () => {
  // Prism takes an empty parameter for none at all.
  const judged = wrongParameters.filter(
    ({ params, in: where, name }) => params[where][name] !== '',
  );
  test.each(judged.map((wrong) => [titleOf(wrong), wrong] as const))('%s', async (_, wrong) => {
    wire.expectVerdict(verdictOf(wrong.operation));
    await send(wrong);

    const name = wrong.name.toLowerCase(); // as Prism writes it
    const at = ['request', wrong.in, ...(wrong.rule === 'required' ? [] : [name])];
    expect(wire.only.verdict).toContain(`"location":${JSON.stringify(at)}`);
  });
});

type Query = Record<string, never>;
/** The method that sends an operation's query; where pages begin is the client's own affair. */
const METHODS: Record<string, (client: BatchClient, query: Query) => Promise<unknown>> = {
  listBatches: ({ batches }, { limit, ...rest }) =>
    all(batches.list({ ...rest, ...(limit === undefined ? {} : { pageSize: limit }) })),
  previewBatch: ({ batches }, query) => batches.preview(ADDRESS, query as never),
  getFailedFiles: ({ diagnostics }, { path = 'a' }) => diagnostics.downloadFailed('b', path),
  getFile: ({ files }, { path = 'a' }) => files.download('f', path),
  headFile: ({ files }, { path }) => files.head('f', path as never),
};
/** What the client calls a parameter, where that is not the document's name. */
const FIELDS: Readonly<Record<string, string>> = { limit: 'pageSize' };
const OWN: Readonly<Record<string, readonly string[]>> = {
  listBatches: ['start'],
  getFailedFiles: ['start', 'limit'],
  getFile: ['start', 'limit'],
};

describe('the client refuses a parameter that breaks the document, and sends nothing', () => {
  const wrong = wrongParameters.filter(
    ({ operation, name, in: where }) =>
      where === 'query' && METHODS[operation] && !OWN[operation]?.includes(name),
  );
  test.each(wrong.map((one) => [titleOf(one), one] as const))('%s', async (_, one) => {
    const call = METHODS[one.operation];
    const error = await call?.(clientFor(wire.origin), one.params.query as Query).catch(
      (thrown: unknown) => thrown,
    );

    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as InvalidInputError).field).toBe(FIELDS[one.name] ?? one.name);
    expect(wire.exchanges).toEqual([]);
  });
});
