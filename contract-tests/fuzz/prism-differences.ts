/** Where Prism accepts what the document forbids, each with its reason and a request that shows it. */
import { BYTES, FORM, type RequestCase } from './requests.js';

export interface PrismDifference {
  reason: string;
  /** Whether it explains that Prism accepts an invalid request. */
  explains: (request: RequestCase) => boolean;
  /** A request that Prism still accepts. When it no longer does, the entry goes. */
  shown: RequestCase;
}

const list = (
  query: Record<string, unknown>,
  violation: RequestCase['violation'],
): RequestCase => ({
  operation: 'listBatches',
  params: { path: {}, query, header: {} },
  ...(violation === undefined ? {} : { violation }),
});

export const PRISM_DIFFERENCES: readonly PrismDifference[] = [
  {
    reason: 'It takes an empty parameter for one that is missing.',
    explains: ({ violation, params }) =>
      (violation?.in === 'query' || violation?.in === 'header') &&
      params[violation.in][violation.name ?? ''] === '',
    shown: list({ externalId: '' }, { rule: 'minLength', in: 'query', name: 'externalId' }),
  },
  {
    reason: 'It lets unknown fields of a form through.',
    explains: ({ contentType, violation }) => contentType === FORM && violation?.rule === 'closed',
    shown: {
      operation: 'getToken',
      params: { path: {}, query: {}, header: {} },
      contentType: FORM,
      body: {
        grant_type: 'client_credentials',
        client_id: 'a',
        client_secret: 'b',
        scope: 'c',
        noSuchField: 'x',
      },
      violation: { rule: 'closed', in: 'body', name: 'noSuchField' },
    },
  },
];

export const usesBytes = ({ contentType }: RequestCase): boolean => contentType === BYTES;
