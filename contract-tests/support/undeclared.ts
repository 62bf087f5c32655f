/** Finds what a request sends although the document does not declare it. Prism lets unknown names pass. */
import { document } from '../../spec-tools/bundled-document.js';
import { dereference, type Json, listOperations } from '../../spec-tools/operations.js';

/** Headers of HTTP itself, those that Node's own `fetch` adds, the client's name, and the request id. */
const OTHER_HEADERS: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'accept', 'user-agent'],
  ...['accept-language', 'accept-encoding', 'sec-fetch-mode', 'x-request-id'],
]);

interface SentRequest {
  operation: string | undefined;
  target: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: Buffer;
}

/** The names of undeclared parameters, such as `query limit`; empty for an unknown operation. */
export function listUndeclared({ operation: id, target, headers, body }: SentRequest): string[] {
  const found = listOperations(document).find((one) => one.id === id);
  if (found === undefined) return [];
  const { operation } = found;
  const parameters = ((operation['parameters'] ?? []) as unknown[]).map((one) =>
    dereference(document, one),
  );
  // Names of headers have no case; those of query parameters do.
  const declared = new Set(
    parameters.map(({ in: where, name }) =>
      where === 'header' ? `header ${String(name).toLowerCase()}` : `${where} ${name}`,
    ),
  );
  for (const name of listCredentialHeaders(operation)) declared.add(`header ${name}`);
  const hasBody = operation['requestBody'] !== undefined || body.length > 0;
  if (hasBody) declared.add('header content-type');
  const sent = [
    ...[...new URLSearchParams(target.split('?')[1] ?? '').keys()].map((name) => `query ${name}`),
    ...headers.map(([name]) => `header ${name.toLowerCase()}`),
  ];
  return sent.filter((one) => !declared.has(one) && !OTHER_HEADERS.has(one.replace('header ', '')));
}

function listCredentialHeaders(operation: Json): string[] {
  const schemes = (document['components'] as Json)['securitySchemes'] as Record<string, Json>;
  const demanded = (operation['security'] ?? document['security'] ?? []) as Json[];
  return demanded.flatMap(Object.keys).map((name) => {
    const scheme = schemes[name];
    return scheme?.['type'] === 'http' ? 'authorization' : String(scheme?.['name']);
  });
}
