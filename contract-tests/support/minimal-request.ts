/** The smallest valid request of an operation, built from the document and sent without the client. */
import { document } from '../../spec-tools/bundled-document.js';
import { dereference, type Json, type Operation } from '../../spec-tools/operations.js';
import { IDENTITY } from './client.js';

export interface MinimalRequest {
  method: string;
  path: string;
  /** By location and name; an empty text is sent, too. */
  params: Record<'path' | 'query' | 'header', Record<string, string>>;
  /** The credentials and the content type. */
  headers: Record<string, string>;
  body?: string;
}

const CREDENTIALS: Readonly<Record<string, [header: string, value: string]>> = {
  accessToken: ['authorization', `Bearer ${IDENTITY.credentials}`],
  apiKey: ['x-api-key', IDENTITY.apiKey],
  organization: ['x-gw-ims-org-id', IDENTITY.orgId],
};

/** The security schemes of an operation, and the header of each. */
export function listCredentials({ operation }: Operation): [scheme: string, header: string][] {
  const [demanded = {}] = (operation['security'] ?? document['security']) as Json[];
  return Object.keys(demanded).map((scheme) => [scheme, CREDENTIALS[scheme]?.[0] ?? '']);
}

export function buildMinimalRequest(entry: Operation): MinimalRequest {
  const { method, path, operation } = entry;
  const request: MinimalRequest = {
    method: method.toUpperCase(),
    path,
    params: { path: {}, query: {}, header: {} },
    headers: Object.fromEntries(
      listCredentials(entry).map(([scheme, header]) => [header, CREDENTIALS[scheme]?.[1] ?? '']),
    ),
  };
  for (const node of (operation['parameters'] ?? []) as unknown[]) {
    const parameter = dereference(document, node);
    if (parameter['required'] !== true) continue;
    const where = parameter['in'] as 'path' | 'query' | 'header';
    request.params[where][String(parameter['name'])] = String(parameter['example']);
  }
  const content = (operation['requestBody'] as Json | undefined)?.['content'];
  for (const [type, media] of Object.entries((content ?? {}) as Record<string, Json>)) {
    request.headers['content-type'] = type;
    const [example] = Object.values((media['examples'] ?? {}) as Json);
    request.body = formatBody(
      type,
      example === undefined ? 'x' : dereference(document, example)['value'],
    );
  }
  return request;
}

export function formatBody(type: string, value: unknown): string {
  if (type.includes('form')) return String(new URLSearchParams(value as Record<string, string>));
  return type.includes('json') ? JSON.stringify(value) : String(value);
}

export function sendRequest(
  origin: string,
  { method, path, params, headers, body }: MinimalRequest,
): Promise<Response> {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params.path[name] ?? ''),
  );
  return fetch(`${origin}${filled}?${new URLSearchParams(params.query)}`, {
    method,
    headers: { ...headers, ...params.header },
    ...(body === undefined ? {} : { body }),
  });
}
