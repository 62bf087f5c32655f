/** What each batch of a load holds, where batches are looked up by that. */
import { computeContentId } from '../ingest/content.js';
import type { IngestPlan } from '../ingest/plan.js';
import { listOriginals } from '../packing/originals.js';
import type { SourceFile } from '../upload/source.js';

/** @param plan that of the whole load. @returns `undefined` where nothing is looked up. */
export function toBatchContent(
  { content, request }: IngestPlan,
  files: readonly SourceFile[],
): IngestPlan['content'] {
  if (content === undefined) return undefined;
  const hashed = listOriginals(files).map(({ path }) => ({
    path,
    hashed: content.hashed.get(path),
  }));
  return { ...content, id: computeContentId(request, hashed) };
}
