/** The bodies of refusals, in the forms that the platform's gateway and services have. */
import { STATUS_CODES } from 'node:http';
import { type Answer, Refusal } from './handler.js';

/** A refusal of the gateway, before any service is reached. */
export const gateway = (code: string, message: string): Answer => ({
  status: Number(code.slice(0, 3)),
  json: { error_code: code, message },
});

/** A refusal of a service, after RFC 7807. The code ends up at the end of `type`. */
export function problem(status: number, detail: string, code?: string): Refusal {
  const type = code === undefined ? {} : { type: `http://ns.adobe.com/aep/errors/${code}` };
  const title = STATUS_CODES[status] ?? 'Refused';
  return new Refusal({ status, json: { ...type, status, title, detail } });
}

/** A refusal of the Catalog, which has a title and a detail alone. */
export const catalogProblem = (status: number, title: string, detail: string): Refusal =>
  new Refusal({ status, json: { title, detail } });

/** A refusal of the token service, after RFC 6749. */
export const tokenProblem = (status: number, error: string, description: string): Refusal =>
  new Refusal({ status, json: { error, error_description: description } });
