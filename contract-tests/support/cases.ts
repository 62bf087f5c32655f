/**
 * The cells of the contract: every operation × status × named example, and one for each answer that
 * has no body. Each has to be run by some test; `make contract` prints the table.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { follow, type Json, operationsOf } from '../../scripts/document.js';
import { document } from './bundled.js';

export interface Cell {
  operation: string;
  status: number;
  /** `undefined` where the answer has no body. */
  mediaType?: string;
  example?: string;
  /** The example's value. */
  value?: unknown;
  /** The headers of the answer, as the document shows them. */
  headers: Record<string, string>;
}

export const cellName = ({ operation, status, example }: Omit<Cell, 'headers'>): string =>
  `${operation} ${status} ${example ?? '(no body)'}`;

export const cells: Cell[] = operationsOf(document).flatMap(({ id, operation }) =>
  Object.entries(operation['responses'] as Json).flatMap(([status, entry]) => {
    const response = follow(document, entry);
    const headers = Object.fromEntries(
      Object.entries((response['headers'] ?? {}) as Json).map(([name, header]) => [
        name,
        String(follow(document, header)['example']),
      ]),
    );
    const cell = { operation: id, status: Number(status), headers };
    const content = Object.entries((response['content'] ?? {}) as Record<string, Json>);
    if (content.length === 0) return [cell];
    return content.flatMap(([mediaType, media]) => {
      const examples = Object.entries((media['examples'] ?? {}) as Json);
      if (examples.length === 0) throw new Error(`${id} ${status} ${mediaType} has no example`);
      return examples.map(([example, node]) => {
        return { ...cell, mediaType, example, value: follow(document, node)['value'] };
      });
    });
  }),
);

/** Where the runs are noted; each process has a file of its own. */
export const NOTES = fileURLToPath(new URL('../../.cache/contract-cells/', import.meta.url));

/** Notes that a cell was run, and what answered it. */
export function noteRun(cell: Omit<Cell, 'headers'>, by: 'Prism' | 'socket'): void {
  mkdirSync(NOTES, { recursive: true });
  appendFileSync(`${NOTES}${process.pid}.txt`, `${by} ${cellName(cell)}\n`);
}
