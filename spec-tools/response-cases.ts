/**
 * The response cases of the contract: every operation × status × named example, and one case for each
 * response without a body. A test has to run each of them; `make contract` shows which were.
 */
import { document } from './bundled-document.js';
import { dereference, type Json, listOperations } from './operations.js';

export interface ResponseCase {
  operation: string;
  status: number;
  /** `undefined` where the response has no body. */
  mediaType?: string;
  example?: string;
  /** The example's value. */
  value?: unknown;
  /** The response headers, with the document's example values. */
  headers: Record<string, string>;
}

export const formatCase = ({ operation, status, example }: Omit<ResponseCase, 'headers'>): string =>
  `${operation} ${status} ${example ?? '(no body)'}`;

export const responseCases: ResponseCase[] = listOperations(document).flatMap(({ id, operation }) =>
  Object.entries(operation['responses'] as Json).flatMap(([status, entry]) => {
    const response = dereference(document, entry);
    const headers = Object.fromEntries(
      Object.entries((response['headers'] ?? {}) as Json).map(([name, header]) => [
        name,
        String(dereference(document, header)['example']),
      ]),
    );
    const withoutBody = { operation: id, status: Number(status), headers };
    const content = Object.entries((response['content'] ?? {}) as Record<string, Json>);
    if (content.length === 0) return [withoutBody];
    return content.flatMap(([mediaType, media]) => {
      const examples = Object.entries((media['examples'] ?? {}) as Json);
      if (examples.length === 0) throw new Error(`${id} ${status} ${mediaType} has no example`);
      return examples.map(([example, node]) => {
        const { value } = dereference(document, node);
        return { ...withoutBody, mediaType, example, value };
      });
    });
  }),
);
