/**
 * The response cases of the contract: every operation × status × named example, and one case for each
 * response without a body. A test has to run each of them; `make contract` prints the table.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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

/** Where runs are recorded, one file per test process. */
export const RUN_LOG = fileURLToPath(new URL('../.cache/contract-cases/', import.meta.url));

/** Records that a case was run, and who sent the response: Prism, or the proxy in front of it. */
export function recordRun(run: Omit<ResponseCase, 'headers'>, by: 'Prism' | 'proxy'): void {
  mkdirSync(RUN_LOG, { recursive: true });
  appendFileSync(`${RUN_LOG}${process.pid}.txt`, `${by} ${formatCase(run)}\n`);
}
