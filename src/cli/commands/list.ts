import type { Command } from 'commander';
import type { Batch } from '../../resources/types.js';
import { omitUndefined } from '../../shared/options.js';
import { type CommonFlags, examples, subcommand, whole } from '../flags.js';
import { isoTime, table } from '../format.js';
import { runs } from '../session.js';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100_000;
/** What the Catalog gives at a time, at most. */
const MAX_PAGE = 100;

interface ListFlags extends CommonFlags {
  dataset?: string;
  status?: string;
  limit: number;
}

/** `aep-batch list`: the newest batches first. */
export function list(program: Command): void {
  const command = subcommand(program, 'list', 'List batches, the newest first.')
    .option('--dataset <id>', 'of this dataset alone')
    .option('--status <status>', 'with this status alone, for instance failed')
    .option('--limit <n>', 'how many at most', whole(1, MAX_LIMIT, 'batches'), DEFAULT_LIMIT);
  examples(command, 'list --status failed --limit 5', 'list --dataset 5c8c3c555033b814b69f947f');
  runs<ListFlags>(command, async (session, { dataset, status, limit }) => {
    const client = await session.connect();
    const filter = omitUndefined({ dataSet: dataset, status });
    const batches: Batch[] = [];
    const found = client.batches.list(
      { ...filter, pageSize: Math.min(limit, MAX_PAGE) },
      { signal: session.signal },
    );
    for await (const batch of found) {
      batches.push(batch);
      if (batches.length === limit) break;
    }
    return { json: { batches }, text: textOf(batches) };
  });
}

function textOf(batches: readonly Batch[]): string {
  if (batches.length === 0) return 'There is no such batch.';
  const rows = batches.map(({ id, status, created, recordCount, errors }) => [
    id,
    status,
    isoTime(created),
    recordCount === undefined ? '' : `${recordCount}`,
    errors?.[0]?.code ?? '',
  ]);
  return table([['BATCH', 'STATUS', 'CREATED', 'ROWS', 'ERROR'], ...rows]);
}
