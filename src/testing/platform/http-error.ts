/** Error responses, in the forms that the platform's gateway and services use. */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { omitUndefined } from '../../shared/options.js';

export interface ErrorResponse {
  readonly status: number;
  readonly json: object;
  /** Why the response may differ from the OpenAPI document, where there is a reason. */
  readonly undocumented?: string;
}

/** Thrown where a request is rejected; the dispatcher sends its response. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly response: ErrorResponse;

  constructor(response: ErrorResponse) {
    super(`rejected with status ${response.status}`);
    this.response = response;
  }
}

/** An error of the gateway, before any service is reached. Its code begins with the status. */
export const gatewayProblem = (code: string, message: string): HttpError =>
  new HttpError({ status: Number(code.slice(0, 3)), json: { error_code: code, message } });

/** An error of a service, as RFC 7807 has it. The code ends up at the end of `type`. */
export function problem(
  status: number,
  detail: string,
  { code, undocumented }: { code?: string; undocumented?: string } = {},
): HttpError {
  const type = code === undefined ? undefined : `http://ns.adobe.com/aep/errors/${code}`;
  const title = STATUS_CODES[status] ?? 'Error';
  const json = { ...omitUndefined({ type }), status, title, detail };
  return new HttpError({ status, json, ...omitUndefined({ undocumented }) });
}

/** An error of the Catalog, which has a title and a detail alone. */
export const catalogProblem = (status: number, title: string, detail: string): HttpError =>
  new HttpError({ status, json: { title, detail } });

/**
 * An error of the Schema Registry, in the form with a report and a code, or in the older one. What the
 * newer form has no code for is published in the older one alone.
 */
export function registryProblem(
  status: number,
  code: string | undefined,
  detail: string,
  form: 'report' | 'older',
): HttpError {
  if (code === undefined || form === 'older') {
    const title = `${(STATUS_CODES[status] ?? '').replaceAll(' ', '')}Error`;
    return new HttpError({
      status,
      json: { type: '/placeholder/type/uri', status, title, detail },
    });
  }
  const report = {
    registryRequestId: randomUUID(),
    'detailed-message': detail,
    'sub-errors': [],
  };
  const type = `http://ns.adobe.com/aep/errors/${code}`;
  const title = STATUS_CODES[status] ?? 'Error';
  return new HttpError({ status, json: { type, title, status, report, detail } });
}

/** An error of the token service, as RFC 6749 has it. */
export const tokenProblem = (status: number, error: string, description: string): HttpError =>
  new HttpError({ status, json: { error, error_description: description } });
