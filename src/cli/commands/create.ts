import type { Command } from 'commander';
import type { CreateBatchRequest } from '../../resources/types.js';
import { omitUndefined } from '../../shared/options.js';
import { UsageError } from '../exit-codes.js';
import {
  type BatchFlags,
  batchOptions,
  type CommonFlags,
  csvOptions,
  examples,
  type FormatFlags,
  formatOptions,
  subcommand,
} from '../flags.js';
import { runs } from '../session.js';

type CreateFlags = CommonFlags & BatchFlags & FormatFlags;

/** `aep-batch create`: an empty batch, for `upload` and `complete`. */
export function create(program: Command): void {
  const command = subcommand(program, 'create', 'Open an empty batch.');
  formatOptions(batchOptions(command), 'parquet');
  examples(
    command,
    'create --dataset 5c8c3c555033b814b69f947f',
    'create --dataset 5c8c3c555033b814b69f947f --format json --external-id nightly-2024-05-01',
  );
  runs<CreateFlags>(command, async (session, flags) => {
    const request = buildCreateRequest(flags);
    const client = await session.connect();
    const batch = await client.batches.create(request, { signal: session.signal });
    const text = `Batch ${batch.id} is ${batch.status}.`;
    const json = { batchId: batch.id, status: batch.status, batch };
    return { json, text, done: `batch ${batch.id} was created` };
  });
}

/** The dataset alone, unless more was said. */
function buildCreateRequest(flags: CreateFlags): CreateBatchRequest {
  const { format, multiline, replace } = flags;
  const more = { ...omitUndefined({ isMultiLineJson: multiline }), ...csvOptions(flags) };
  if (format === undefined && Object.keys(more).length > 0) {
    throw new UsageError('--format is missing: the other options about the files go with it.');
  }
  const told = omitUndefined({
    externalId: flags.externalId,
    enableErrorDiagnostics: flags.errorDiagnostics,
    partialIngestionPercent: flags.partialIngestionPercent,
    inputFormat: format === undefined ? undefined : { format, ...more },
    replay:
      replace === undefined ? undefined : { predecessors: replace, reason: 'replace' as const },
  });
  return { datasetId: flags.dataset, ...told };
}
