/** Whether the client, Prism and the simulator agree about a request. */
import { sendToPrism } from '../../spec-tools/mock.js';
import { HttpClient } from '../../src/http/client.js';
import type { AttemptInfo } from '../../src/http/errors.js';
import { resolveOptions } from '../../src/http/options.js';
import { Secrets } from '../../src/http/redact.js';
import { InvalidInputError, type OAuthCredentials } from '../../src/index.js';
import type { Simulator } from '../../src/testing/index.js';
import { TypedClient } from '../../src/typed-client/client.js';
import { tokenService } from '../../src/typed-client/token.js';
import { IDENTITY } from '../support/client.js';
import { PRISM_DIFFERENCES } from './prism-differences.js';
import { BYTES, HEADER_TEXT, operations, type RequestCase } from './requests.js';
import { acceptFor, type Recorder, send, toWire, type WireRequest } from './wire.js';

export interface Parties {
  recorder: Recorder;
  /** The origin of Prism. */
  prism: string;
  simulator: Simulator;
}

const CREDENTIALS = {
  authorization: `Bearer ${IDENTITY.credentials}`,
  'x-api-key': IDENTITY.apiKey,
  'x-gw-ims-org-id': IDENTITY.orgId,
};
/** What the simulator says of a request that its document does not allow; others are about its state. */
const INVALID = /\bmust \b|is missing|content-type has to be|not valid JSON|^<html>/;

/** A function that sends a request through the check of the typed client. */
export function createTypedClient(origin: string) {
  const http = new HttpClient(
    resolveOptions({ ...IDENTITY, origin, maxRetries: 0 }, new Secrets()),
    async () => tokenService,
  );
  return { http, client: new TypedClient(http) };
}

/** A function of the client that requests a token, with the form of a case as its credential. */
async function sendToken(origin: string, { body }: RequestCase): Promise<void> {
  const form = body as Record<string, unknown>;
  const credentials = {
    clientId: form['client_id'],
    clientSecret: form['client_secret'],
    scopes: form['scope'],
    origin,
  } as OAuthCredentials; // the check of the options decides
  const options = { ...IDENTITY, credentials, origin, maxRetries: 0 };
  const http = new HttpClient(resolveOptions(options, new Secrets()), async () => tokenService);
  const { signal } = new AbortController();
  const limits = { timeoutMs: 10_000, maxRetries: 0, signal, info: NO_ATTEMPT };
  try {
    await http.tokens.request(limits);
  } finally {
    http.close();
  }
}

const NO_ATTEMPT: AttemptInfo = {
  operation: 'getBatch',
  method: 'GET',
  url: '',
  attempts: 1,
  maxAttempts: 1,
  requestId: undefined,
  stateUnknown: false,
  priorAttemptAmbiguous: false,
};

/** What the client takes for a credential: what no header can hold was read with a newline, for instance. */
const isCredential = ({ body }: RequestCase): boolean => {
  const form = body as Record<string, unknown>;
  return ['client_id', 'client_secret'].every((name) => HEADER_TEXT.test(String(form[name])));
};

/** Whether a violation of the form can come from a credential: the client writes the rest itself. */
const isInCredential = ({ violation }: RequestCase): boolean =>
  violation?.in === 'body' &&
  ['client_id', 'client_secret', 'scope'].includes(violation.name ?? '');

type Send = (path: string, init: unknown) => Promise<{ response: Response }>;

function sendTyped(client: TypedClient, { operation: id, params, body, contentType }: RequestCase) {
  const found = operations.find((one) => one.id === id);
  // By the method and path of a case, which only the types of the client tie to an operation.
  const methods = client.validated as unknown as Record<string, Send>;
  const bytes = contentType === BYTES ? Buffer.from(String(body), 'latin1') : body;
  const init = {
    params,
    headers: { accept: acceptFor(id) },
    ...(contentType === undefined ? {} : { body: bytes }),
  };
  return methods[found?.method.toUpperCase() ?? '']?.(found?.path ?? '', init);
}

const attempt = async (work: Promise<unknown> | undefined): Promise<unknown> => {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error;
  }
};

const SENT = ['accept', 'content-type', 'content-range', 'range', ...Object.keys(CREDENTIALS)];
const summarize = ({ method, target, headers, body }: WireRequest) =>
  JSON.stringify([
    method,
    target,
    body.toString('latin1'),
    SENT.map((name) => headers[name] ?? ''),
  ]);

/** @returns what is wrong with a request that the document allows, or `undefined`. */
export async function judgeValid(
  { recorder, prism, simulator }: Parties,
  client: TypedClient,
  request: RequestCase,
): Promise<string | undefined> {
  const wire = toWire(request, CREDENTIALS);
  const isToken = request.operation === 'getToken';
  if (!isToken || isCredential(request)) {
    recorder.requests.length = 0;
    const error = await attempt(
      isToken ? sendToken(recorder.origin, request) : sendTyped(client, request),
    );
    const isRefused = isToken ? error instanceof InvalidInputError : error !== undefined;
    if (isRefused) return `the client refused it: ${String(error)}`;
    const [sent] = recorder.requests;
    if (sent === undefined) return 'the client sent nothing';
    if (summarize(sent) !== summarize(wire)) {
      return `the client sent another request: expected ${summarize(wire)}, received ${summarize(sent)}`;
    }
  }
  const received = await sendToPrism(prism, wire);
  if (hasError(received.violations) || received.status >= 400) {
    return `Prism refused it: ${received.status} ${received.violations ?? received.body.toString()}`;
  }
  const own = await send(simulator.origin, toWire(request, simulatorCredentials(simulator)));
  if (own.status >= 400 && INVALID.test(readDetail(own.text)))
    return `the simulator refused it: ${own.status} ${own.text}`;
  if (simulator.violations.length > 0) return `the simulator failed: ${simulator.violations[0]}`;
  return undefined;
}

/** A deprecated parameter is a warning. */
function hasError(violations: string | undefined): boolean {
  const found = JSON.parse(violations ?? '[]') as { severity?: string }[];
  return found.some(({ severity }) => severity === 'Error');
}

function readDetail(text: string): string {
  try {
    const { detail, message, error_description: description } = JSON.parse(text);
    return String(detail ?? message ?? description ?? '');
  } catch {
    return text;
  }
}

/** @returns who accepted a request that the document forbids, or `undefined`. */
export async function judgeInvalid(
  { recorder, prism, simulator }: Parties,
  client: TypedClient,
  request: RequestCase,
): Promise<string | undefined> {
  const { violation } = request;
  const isToken = request.operation === 'getToken';
  const isChecked = isToken
    ? isInCredential(request)
    : violation?.in === 'query' || violation?.in === 'body';
  if (isChecked) {
    recorder.requests.length = 0;
    const error = await attempt(
      isToken ? sendToken(recorder.origin, request) : sendTyped(client, request),
    );
    if (!(error instanceof InvalidInputError))
      return `the client did not refuse it: ${String(error)}`;
    if (recorder.requests.length > 0) return 'the client refused it after it was sent';
  }
  if (
    !(await isRefusedByPrism(prism, request)) &&
    !PRISM_DIFFERENCES.some((one) => one.explains(request))
  )
    return 'Prism accepted it';
  const own = await send(simulator.origin, toWire(request, simulatorCredentials(simulator)));
  if (own.status < 400 || own.status >= 500)
    return `the simulator accepted it: ${own.status} ${own.text}`;
  return undefined;
}

/** Prism puts names of fields into a header, and its process ends if a header cannot hold one. */
const withLatinNames = (wire: WireRequest): WireRequest =>
  wire.headers['content-type'] === 'application/json'
    ? { ...wire, body: Buffer.from(wire.body.toString().replace(/[\u0100-\uffff]/g, '?')) }
    : wire;

export async function isRefusedByPrism(prism: string, request: RequestCase): Promise<boolean> {
  const received = await sendToPrism(prism, withLatinNames(toWire(request, CREDENTIALS)));
  const isProblem = received.body.toString().includes('https://stoplight.io/prism/errors');
  return (
    received.status >= 400 &&
    (hasError(received.violations) || isProblem || received.status === 400)
  );
}

/** The identity that the simulator knows, with a token that it accepts. */
export const SIMULATED = { accessToken: 'access-token-of-the-fuzz-tests' };

function simulatorCredentials({ clientOptions }: Simulator): Record<string, string> {
  const { orgId, credentials } = clientOptions;
  const apiKey = typeof credentials === 'object' ? credentials.clientId : '';
  return {
    authorization: `Bearer ${SIMULATED.accessToken}`,
    'x-api-key': apiKey,
    'x-gw-ims-org-id': orgId,
  };
}
