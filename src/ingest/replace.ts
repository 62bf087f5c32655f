/** Batches that a new one is to replace: they are looked up before it is created. */
import { NotFoundError } from '../http/errors.js';
import type { CallOptions } from '../http/options.js';
import type { Batches } from '../resources/batches.js';
import { ENDS } from '../resources/statuses.js';
import type { Batch } from '../resources/types.js';
import { checkId } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';

/**
 * Looks up each batch: the platform takes any id, and replaces nothing where it does not fit, so that the rows
 * are there twice. One request for each.
 * @returns what will be replaced, a sentence for each.
 * @throws {InvalidInputError} for a batch that does not exist, is of another dataset, or was not loaded.
 */
export async function lookUpReplaced(
  batches: Pick<Batches, 'get'>,
  replace: readonly string[],
  datasetId: string,
  options: CallOptions,
): Promise<string[]> {
  const ids = [...new Set(replace)];
  for (const id of ids) checkId('replace', id);
  const sentences: string[] = [];
  for (const id of ids) {
    const batch = await findBatch(batches, id, options);
    assertReplaceable(id, batch, datasetId);
    sentences.push(
      `Batch ${id} (${batch.status}) will be replaced: the platform deletes all its rows once the new batch is loaded.`,
    );
  }
  return sentences;
}

/** The id may have the `$` before it that some requests have. */
async function findBatch(
  batches: Pick<Batches, 'get'>,
  id: string,
  options: CallOptions,
): Promise<Batch> {
  try {
    return await batches.get(id.replace(/^\$/, ''), options);
  } catch (cause) {
    if (!(cause instanceof NotFoundError)) throw cause;
    throw invalid(
      `there is no batch ${id} in this sandbox`,
      'Check the id and the sandbox.',
      cause,
    );
  }
}

function assertReplaceable(id: string, batch: Batch, datasetId: string): void {
  const datasets = (batch.relatedObjects ?? []).filter(({ type }) => type === 'dataSet');
  if (!datasets.some((dataset) => dataset.id === datasetId)) {
    const [other] = datasets;
    const whose = other === undefined ? 'names no dataset' : `belongs to dataset ${other.id}`;
    throw invalid(`batch ${id} ${whose}, not ${datasetId}`, 'Check the id and the dataset.');
  }
  if (ENDS.get(batch.status) === 'loaded') return;
  const fix = 'Only a batch that was loaded can be replaced. Load the files without it.';
  throw invalid(`batch ${id} is ${batch.status}`, fix);
}

const invalid = (why: string, fix: string, cause?: unknown): InvalidInputError =>
  new InvalidInputError('replace', `Invalid replace: ${why}. ${fix} No batch was created.`, {
    cause,
  });
