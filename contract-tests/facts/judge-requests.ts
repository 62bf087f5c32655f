/** Holds the requests that Prism takes and refuses against the facts. */
import { SCHEMAS } from './judge-schemas.js';
import { OPERATIONS, type OperationFact } from './operations.js';
import { PARAMETERS } from './parameters.js';

type Headers = Record<string, string>;
export interface Sent {
  headers: Headers;
  query?: Record<string, string>;
  body?: unknown;
}
export interface Verdict {
  status: number;
  /** What Prism reports of the request. */
  violations: string[];
}
/** Sends a request to Prism; `call` is its method and path. */
export type Send = (call: string, sent: Sent) => Promise<Verdict>;

const VALUES: Headers = {
  authorization: 'Bearer a-token',
  'x-api-key': 'a-key',
  'x-gw-ims-org-id': 'AN_ORG@AdobeOrg',
};

/** The smallest request that an operation takes. */
function buildRequest(id: string, fact: OperationFact): { call: string; sent: Sent } {
  const parameters = Object.entries(PARAMETERS[id] ?? {});
  const pick = (where: string) =>
    parameters
      .filter(([, one]) => one.in === where && one.isRequired)
      .map(([name, { accept }]): [string, string] => [name, accept[0] ?? '']);
  const path = Object.fromEntries(pick('path'));
  const [type, schema] = Object.entries(fact.request ?? {})[0] ?? [];
  const credentials = fact.credentials.map((name): [string, string] => [name, VALUES[name] ?? '']);
  const minimal = SCHEMAS[schema ?? '']?.accept[0];
  const isForm = type?.includes('form');
  const form = () => new URLSearchParams(minimal as Record<string, string>).toString();
  return {
    call: fact.call.replace(/\{(\w+)\}/g, (_, name: string) => path[name] ?? ''),
    sent: {
      headers: Object.fromEntries([
        ...credentials,
        ...pick('header').map(([name, value]) => [name.toLowerCase(), value]),
        ...(type === undefined ? [] : [['content-type', type]]),
      ]),
      query: Object.fromEntries(pick('query')),
      ...(type === undefined
        ? {}
        : { body: schema === 'bytes' ? 'bytes' : isForm ? form() : minimal }),
    },
  };
}

const without = (headers: Headers, name: string): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));

/** An operation takes its smallest request, and no other one: without a credential, a body or a required field. */
export async function judgeOperation(send: Send, id: string): Promise<string[]> {
  const fact = OPERATIONS[id];
  if (fact === undefined) return [`the document lacks the operation ${id}`];
  const { call, sent } = buildRequest(id, fact);
  const { headers, query = {} } = sent;
  const problems: string[] = [];
  const expectStatus = async (
    what: string,
    request: Sent,
    isExpected: (verdict: Verdict) => boolean,
  ) => {
    const verdict = await send(call, request);
    if (isExpected(verdict)) return;
    problems.push(`${id} ${what}: received ${verdict.status} ${verdict.violations.join('; ')}`);
  };
  const isTaken = ({ status, violations }: Verdict) => status < 300 && violations.length === 0;
  const isRefused = ({ status, violations }: Verdict) => status >= 400 && violations.length > 0;
  await expectStatus('with all that is required', sent, isTaken);
  for (const name of fact.credentials)
    await expectStatus(
      `without ${name}`,
      { ...sent, headers: without(headers, name) },
      ({ status }) => status === 401,
    );
  if (fact.credentials.length > 0)
    await expectStatus(
      'with another scheme',
      { ...sent, headers: { ...headers, authorization: 'Basic YTpi' } },
      ({ status }) => status === 401,
    );
  for (const name of Object.keys(query))
    await expectStatus(`without ${name}`, { ...sent, query: without(query, name) }, isRefused);
  if (fact.request !== undefined) {
    await expectStatus(
      'without a body',
      { headers: without(headers, 'content-type'), query },
      isRefused,
    );
  }
  return problems;
}
