/** What Prism reports of a request, beside the response that it sends. */
import type { PrismResponse } from '../../spec-tools/mock.js';

/** The problem that Prism reported instead of sending the selected response. */
export const findPrismProblem = ({ violations, body }: PrismResponse): string | undefined =>
  findErrors(violations) ?? findProblemBody(body.toString('utf8'));

/** Violations that are errors; a deprecated parameter is only a warning. */
const findErrors = (violations: string | undefined): string | undefined =>
  violations?.includes('"severity":"Error"') ? violations : undefined;

/** Finds Prism's own problem bodies, including the form that its body parser sends. */
function findProblemBody(text: string): string | undefined {
  let body: { type?: unknown; error?: { code?: unknown } } | null;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isProblem =
    typeof body?.type === 'string' && body.type.startsWith('https://stoplight.io/prism/');
  return isProblem || body?.error?.code !== undefined ? text : undefined;
}
