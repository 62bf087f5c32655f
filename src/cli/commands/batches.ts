/** `status`, `wait` and `list`: the state of batches. */
import type { Command } from 'commander';
import { summarizeBatch, toOutcome } from '../../resources/outcome.js';
import type { Batch } from '../../resources/types.js';
import { nearestName, omitUndefined } from '../../shared/options.js';
import { formatBatch, formatOutcome, nextCommand } from '../batch-text.js';
import { OUTCOME_EXIT, UsageError } from '../exit-codes.js';
import {
  addCommand,
  addLogFlag,
  addTimeoutFlag,
  addWaitFlags,
  type CommonFlags,
  integerArg,
  type WaitFlags,
} from '../flags.js';
import { findDatasetId, formatTable, formatTime } from '../format.js';
import { action, type Subcommand } from '../session.js';
import { timeArg } from '../time-arg.js';

export function status(program: Command): Subcommand {
  const command = addCommand(program, 'status <batchId>', "Show a batch's status.", [
    'status 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B --json',
  ]);
  return action<CommonFlags>(command, async (session, _flags, [batchId = '']) => {
    const client = await session.connect();
    const batch = await client.batches.get(batchId, { signal: session.signal });
    const suggest = session.suggest.bind(session);
    const { status } = batch;
    const outcome = toOutcome(batch);
    const state = { batchId, status, ...summarizeBatch(batch) };
    const json = {
      ...state,
      ...omitUndefined({ outcome, next: nextCommand(state, outcome, suggest) }),
      batch,
    };
    return { json, text: formatBatch(batch, suggest) };
  });
}

/** Prints and exits like `ingest`. */
export function wait(program: Command): Subcommand {
  const description = 'Wait until a batch has ended, or the platform has stopped retrying.';
  const command = addCommand(program, 'wait <batchId>', description, [
    'wait 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B --wait-timeout-ms 600000',
  ]);
  addLogFlag(addTimeoutFlag(addWaitFlags(command)));
  return action<CommonFlags & WaitFlags>(command, async (session, flags, [batchId = '']) => {
    const { out, signal } = session;
    const client = await session.connect();
    session.afterSignal = {
      text: 'The batch is not affected. To wait again',
      command: session.suggest('wait', batchId),
    };
    const { pollIntervalMs, waitTimeoutMs, timeoutMs } = flags;
    out.note(`Waiting for batch ${batchId}. A new batch may take a while to appear.`);
    const { batch, outcome, ...summary } = await client.batches.wait(batchId, {
      ...omitUndefined({ pollIntervalMs, waitTimeoutMs, timeoutMs }),
      signal,
      onStatus: ({ status }) => out.note(`Batch ${batchId}: ${status}`),
      onWarning: ({ message }) => out.say(`warning: ${message}`),
    });
    const suggest = session.suggest.bind(session);
    const result = { batchId, status: batch.status, outcome, ...summary };
    const next = nextCommand(result, outcome, suggest);
    return {
      json: { ...result, ...omitUndefined({ next }) },
      text: formatOutcome(result, suggest),
      exitCode: OUTCOME_EXIT[outcome],
      isConfirmation: true,
    };
  });
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100_000;
/** The largest page of the Catalog. */
const MAX_PAGE_SIZE = 100;

/** Not `timeArg` itself: commander passes the previous value as well. */
const parseTimeArg = (text: string): number => timeArg(text);

interface ListFlags extends CommonFlags {
  dataset?: string;
  status?: string;
  externalId?: string;
  since?: number;
  until?: number;
  limit: number;
}

export function list(program: Command): Subcommand {
  const command = addCommand(program, 'list', 'List batches, newest first.', [
    'list --status failed --since 24h',
    'list --dataset 5c8c3c555033b814b69f947f --limit 5',
    'list --external-id nightly-2026-01-31',
  ])
    .option('--dataset <id>', 'only batches of this dataset')
    .option('--status <status>', 'only batches with this status, or one of several: failed,stalled')
    .option('--external-id <id>', 'only the batch with this id of your own')
    .option(
      '--since <time>',
      'only batches created after this time, or this age: 24h',
      parseTimeArg,
    )
    .option('--until <time>', 'only batches created before this time, or this age', parseTimeArg)
    .option(
      '--limit <n>',
      'maximum number of batches',
      integerArg(1, MAX_LIMIT, 'batches'),
      DEFAULT_LIMIT,
    );
  return action<ListFlags>(command, async (session, flags) => {
    const { limit } = flags;
    const filter = await buildFilter(flags);
    const client = await session.connect();
    const query = { ...filter, pageSize: Math.min(limit, MAX_PAGE_SIZE) };
    const batches: Batch[] = [];
    for await (const batch of client.batches.list(query, { signal: session.signal })) {
      batches.push(batch);
      if (batches.length === limit) break;
    }
    return { json: { batches }, text: formatBatches(batches) };
  });
}

/** The filter of the Catalog for these flags. @throws {UsageError} */
async function buildFilter({ dataset, status, externalId, since, until }: ListFlags) {
  if (since !== undefined && until !== undefined && since >= until) {
    throw new UsageError('Invalid --since: expected a time before that of --until.');
  }
  if (status !== undefined) await checkStatus(status);
  return omitUndefined({
    dataSet: dataset,
    status,
    externalId,
    createdAfter: since,
    createdBefore: until,
  });
}

/** A mistyped status would silently match no batch. @throws {UsageError} */
async function checkStatus(text: string): Promise<void> {
  const { ENDS } = await import('../../resources/statuses.js');
  const known = [...ENDS.keys()];
  for (const status of text.replace(/^!/, '').split(',')) {
    if (known.includes(status)) continue;
    const near = nearestName(status, known);
    const hint = near === undefined ? '' : ` Did you mean ${near}?`;
    throw new UsageError(
      `Invalid --status: expected one of ${known.join(', ')}, received "${status}".${hint}`,
    );
  }
}

/** So many codes of a batch fit on its line. */
const MAX_CODES = 3;

function formatCodes(errors: Batch['errors'] = []): string {
  const codes = [...new Set(errors.flatMap(({ code }) => code || []))];
  const more = codes.length > MAX_CODES ? [`and ${codes.length - MAX_CODES} more`] : [];
  return [...codes.slice(0, MAX_CODES), ...more].join(', ');
}

function formatBatches(batches: readonly Batch[]): string {
  if (batches.length === 0) return 'No batches found.';
  const rows = batches.map((batch) => {
    const { id, status, created, recordCount, errors } = batch;
    const count = recordCount === undefined ? '' : `${recordCount}`;
    const dataset = findDatasetId(batch) ?? '';
    return [id, status, dataset, formatTime(created), count, formatCodes(errors)];
  });
  return formatTable([['BATCH', 'STATUS', 'DATASET', 'CREATED', 'ROWS', 'ERRORS'], ...rows]);
}
