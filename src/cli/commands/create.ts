/** `create`: an empty batch, for `upload` and `complete`. */
import type { Command } from 'commander';
import type { CreateBatchRequest } from '../../resources/types.js';
import { omitUndefined } from '../../shared/options.js';
import { UsageError } from '../exit-codes.js';
import {
  addBatchFlags,
  addCommand,
  addFormatFlags,
  type BatchFlags,
  type CommonFlags,
  csvOptions,
  type FormatFlags,
} from '../flags.js';
import { action, type Subcommand } from '../session.js';

type CreateFlags = CommonFlags & BatchFlags & FormatFlags;

export function create(program: Command): Subcommand {
  const command = addCommand(
    program,
    'create',
    'Create an empty batch, for `upload` and `complete`.',
    [
      'create --dataset 5c8c3c555033b814b69f947f',
      'create --dataset 5c8c3c555033b814b69f947f --format json --external-id nightly-2024-05-01',
    ],
  );
  addFormatFlags(addBatchFlags(command), 'parquet');
  return action<CreateFlags>(command, async (session, flags) => {
    const request = buildCreateRequest(flags);
    const client = await session.connect();
    const { signal } = session;
    if (flags.replace !== undefined) {
      const { lookUpReplaced } = await import('../../ingest/replace.js');
      const { replace, dataset } = flags;
      const sentences = await lookUpReplaced(client.batches, replace, dataset, { signal });
      for (const sentence of sentences) session.out.say(`warning: ${sentence}`);
    }
    session.afterSignal = {
      text: 'The batch may have been created. To look for it',
      command: session.suggest(...toSearch(flags)),
    };
    const batch = await client.batches.create(request, { signal });
    const { id, status } = batch;
    const upload = session.suggest('upload', id, '--dataset', flags.dataset);
    return {
      json: { batchId: id, status, batch },
      text: `Batch ${id} was created (${status}).\nTo upload files: ${upload} <path...>`,
      effect: `batch ${id} was created`,
    };
  });
}

/** The arguments of `list` that find a batch which may have been created. */
const toSearch = ({ externalId, dataset }: CreateFlags): string[] =>
  externalId === undefined
    ? ['list', '--dataset', dataset, '--since', '1h']
    : ['list', '--external-id', externalId];

/** The dataset alone, unless other flags were passed: the platform has its own defaults. */
function buildCreateRequest(flags: CreateFlags): CreateBatchRequest {
  const { format, multiline, replace } = flags;
  const details = { ...omitUndefined({ isMultiLineJson: multiline }), ...csvOptions(flags) };
  if (format === undefined && Object.keys(details).length > 0) {
    throw new UsageError('Missing --format: --multiline and the CSV options require it.');
  }
  const replay =
    replace === undefined
      ? undefined
      : { predecessors: [...new Set(replace)], reason: 'replace' as const };
  return {
    datasetId: flags.dataset,
    ...omitUndefined({
      externalId: flags.externalId,
      tags: flags.tag,
      enableErrorDiagnostics: flags.errorDiagnostics,
      partialIngestionPercent: flags.partialIngestionPercent,
      inputFormat: format === undefined ? undefined : { format, ...details },
      replay,
    }),
  };
}
