/** What the Catalog tells about batches. */
import type { components } from '../../../generated/openapi.js';
import type { Batch } from '../platform/batch.js';
import type { Platform } from '../platform/platform.js';
import { catalogProblem } from '../server/error-bodies.js';
import type { Answer, Call, Handlers } from '../server/handler.js';
import { filterOf } from './filters.js';
import { ordered } from './order.js';

type Told = components['schemas']['CatalogBatch'];

const DEFAULT_LIMIT = 20;

export function catalog(platform: Platform): Pick<Handlers, 'getBatch' | 'listBatches'> {
  return {
    getBatch: (call) => getBatch(platform, call),
    listBatches: (call) => listBatches(platform, call),
  };
}

async function getBatch(platform: Platform, { path, query, sandbox }: Call<'getBatch'>) {
  const batch = platform.find(path.batchId);
  if (batch?.sandbox !== sandbox || lags(batch)) {
    throw catalogProblem(404, 'NotFoundError', `There is no batch ${path.batchId}`);
  }
  await platform.read(batch);
  return answer({ [batch.id]: batch.told() }, query.properties);
}

async function listBatches(platform: Platform, { query, sandbox }: Call<'listBatches'>) {
  const { start = 0, limit = DEFAULT_LIMIT } = query;
  const passes = filterOf(query);
  const found = platform
    .all()
    .filter((batch) => batch.sandbox === sandbox && passes(batch.told()) && !lags(batch))
    .sort(ordered(query.orderBy ?? query.sort))
    .slice(start, start + limit);
  const page: Record<string, Told> = {};
  for (const batch of found) {
    await platform.read(batch);
    page[batch.id] = batch.told();
  }
  return answer(page, query.properties);
}

/** Whether the Catalog does not know the batch yet; each time that it is looked for counts. */
function lags(batch: Batch): boolean {
  if (batch.lag === 0) return false;
  batch.lag -= 1;
  return true;
}

/** The batches, or of each what `properties` names. */
function answer(batches: Record<string, Told>, properties: string | undefined): Answer {
  if (properties === undefined) return { status: 200, json: batches };
  const names = properties.split(',').map((name) => name.trim());
  const picked = Object.entries(batches).map(([id, told]) => [
    id,
    Object.fromEntries(Object.entries(told).filter(([name]) => names.includes(name))),
  ]);
  const json: unknown = Object.fromEntries(picked);
  if (names.includes('status')) return { status: 200, json };
  return { status: 200, json, unchecked: 'the document says that `properties` names the status' };
}
