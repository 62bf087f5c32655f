import { describe, expect, test } from '@jest/globals';
import { type BatchClient, InvalidInputError } from '../src/index.js';
import { ADDRESS, all } from './support/calls.js';
import { createClient, IDENTITY } from './support/client.js';
import { usePrismProxy } from './support/prism-proxy.js';
import { formatTitle, type WrongParameter, wrongParameters } from './support/wrong-parameters.js';
import { findRejectionStatus } from './support/wrong-requests.js';

const proxy = usePrismProxy();
/** Sends the parameters without the client and its types. */
function send({ method, path, params, isBinary }: WrongParameter) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => String(params.path[name]));
  const query = new URLSearchParams(params.query as Record<string, string>);
  return fetch(`${proxy.origin}${filled}?${query}`, {
    method: method.toUpperCase(),
    headers: {
      ...(params.header as Record<string, string>),
      authorization: `Bearer ${IDENTITY.credentials}`,
      'x-api-key': IDENTITY.apiKey,
      'x-gw-ims-org-id': IDENTITY.orgId,
      ...(isBinary ? { 'content-type': 'application/octet-stream' } : {}),
    },
    ...(isBinary ? { body: 'x' } : {}),
  });
}

describe('a parameter that violates the document is rejected by Prism', () => {
  // Prism treats an empty parameter as a missing one.
  const rejected = wrongParameters.filter(
    ({ params, in: where, name }) => params[where][name] !== '',
  );
  test.each(rejected.map((wrong) => [formatTitle(wrong), wrong] as const))(
    '%s',
    async (_, wrong) => {
      proxy.expectPrismProblem(findRejectionStatus(wrong.operation));
      await send(wrong);

      const name = wrong.name.toLowerCase(); // Prism reports names in lower case
      const at = ['request', wrong.in, ...(wrong.rule === 'required' ? [] : [name])];
      expect(proxy.only.prismProblem).toContain(`"location":${JSON.stringify(at)}`);
    },
  );
});

type Query = Record<string, never>;
/** The method that sends an operation's query. */
const METHODS: Record<string, (client: BatchClient, query: Query) => Promise<unknown>> = {
  listBatches: ({ batches }, { limit, ...rest }) =>
    all(batches.list({ ...rest, ...(limit === undefined ? {} : { pageSize: limit }) })),
  listDatasets: ({ datasets }, { limit, ...rest }) =>
    all(datasets.list({ ...rest, ...(limit === undefined ? {} : { pageSize: limit }) })),
  getDataset: ({ datasets }, query) => datasets.get('d', query),
  listDescriptors: ({ schemas }, query) => all(schemas.descriptors(query)),
  previewBatch: ({ batches }, query) => batches.preview(ADDRESS, query as never),
  getFailedFiles: ({ diagnostics }, { path = 'a' }) => diagnostics.downloadFailed('b', path),
  getFile: ({ files }, { path = 'a' }) => files.download('f', path),
  headFile: ({ files }, { path }) => files.head('f', path as never),
};
/** Fields of the client that differ from the document's parameter name. */
const FIELDS: Readonly<Record<string, string>> = { limit: 'pageSize' };
/** Parameters that only the client sets. */
const SET_BY_CLIENT: Readonly<Record<string, readonly string[]>> = {
  listBatches: ['start'],
  listDatasets: ['start'],
  listDescriptors: ['start', 'limit', 'orderby'],
  getFailedFiles: ['start', 'limit'],
  getFile: ['start', 'limit'],
};

describe('the client rejects a parameter that violates the document and sends nothing', () => {
  const wrong = wrongParameters.filter(
    ({ operation, name, in: where }) =>
      where === 'query' && METHODS[operation] && !SET_BY_CLIENT[operation]?.includes(name),
  );
  test.each(wrong.map((one) => [formatTitle(one), one] as const))('%s', async (_, one) => {
    const call = METHODS[one.operation];
    const error = await call?.(createClient(proxy.origin), one.params.query as Query).catch(
      (thrown: unknown) => thrown,
    );

    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as InvalidInputError).field).toBe(FIELDS[one.name] ?? one.name);
    expect(proxy.exchanges).toEqual([]);
  });
});
