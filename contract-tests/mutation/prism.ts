/** Prism on a changed document, in this process and without a socket. */
import { getHttpOperationsFromSpec } from '@stoplight/prism-cli/dist/operations.js';
import type { Json } from '../../spec-tools/operations.js';
import { createPrismServer } from '../../spec-tools/prism.js';
import type { Send } from '../facts/judge-requests.js';

export async function createPrism(document: Json): Promise<Send> {
  // Prism replaces the references of the document that it is given.
  const operations = await getHttpOperationsFromSpec(structuredClone(document));
  const { prism } = createPrismServer(operations);
  return async (call, { headers, query = {}, body }) => {
    const [method = '', path = ''] = call.split(' ');
    const url = { path, query };
    const request = { method: method.toLowerCase() as 'get', url, headers, body };
    const result = await prism.request(request, operations)();
    if (result._tag === 'Left') {
      const { status = 500, message } = result.left as { status?: number; message: string };
      return { status, violations: [message] };
    }
    const { output, validations } = result.right;
    const violations = validations.input.map(({ message }) => message);
    return { status: output.statusCode, violations };
  };
}
