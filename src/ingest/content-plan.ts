/** Plans of batches that are looked up by their content. */
import { type Content, toExternalId } from './content.js';
import type { IngestContext } from './context.js';
import type { PlanEntry } from './journal-entries.js';

export type ContentPlan = PlanEntry & { content: Content };

export const hasContent = (plan: PlanEntry): plan is ContentPlan => plan.content !== undefined;

/**
 * Records the same plan with a higher number; nothing of it is in a batch yet.
 * @param isRestart whether it takes the place of a batch that was begun. Default: if the plan itself does.
 */
export async function recordNumber(
  context: IngestContext,
  { number, from }: Pick<Content, 'number' | 'from'>,
  isRestart?: boolean,
): Promise<void> {
  const { plan } = context.state;
  const { content, request, anew } = plan as ContentPlan;
  const next: PlanEntry = {
    ...plan,
    content: { id: content.id, number, from },
    externalId: toExternalId({ id: content.id, number }),
    request: { ...request, externalId: toExternalId({ id: content.id, number }) },
  };
  if (isRestart ?? anew !== undefined) next.anew = { givenExternalId: content.id, attempt: number };
  await context.recordAll(context.state.repeatPlan(next));
}
