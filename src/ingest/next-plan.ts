/** What may follow a plan in a journal, and whether a plan has the files that its content is of. */
import { computeContentId } from './content.js';
import type { FileEntry, MemberEntry, PlanEntry } from './journal-entries.js';

/** Whether the batch of a plan takes the place of that of the plan before it. */
export function isNextPlan(
  { externalId, anew: before, content: contentBefore }: PlanEntry,
  { anew, content }: PlanEntry,
): boolean {
  if (content !== undefined || contentBefore !== undefined)
    return (
      content?.id === contentBefore?.id && Number(content?.number) > Number(contentBefore?.number)
    );
  return (
    anew?.givenExternalId === (before?.givenExternalId ?? externalId) &&
    anew.attempt === (before?.attempt ?? 1) + 1
  );
}

/** @param originals the files of the plan, those of packed ones one by one. */
export function hasOwnContent(
  { content, request }: PlanEntry,
  originals: Iterable<{ entry: FileEntry | MemberEntry }>,
): boolean {
  if (content === undefined) return true;
  const entries = Array.from(originals, ({ entry }) => entry);
  return content.id === computeContentId(request, entries);
}
