/** `upload`: files into an open batch. */
import type { Command } from 'commander';
import type { CommandClient } from '../../client.js';
import type { Walked } from '../../ingest/walk.js';
import { formatSize } from '../../shared/format.js';
import { omitUndefined } from '../../shared/options.js';
import type { UploadResult } from '../../upload/context.js';
import {
  addByteRateFlags,
  addCommand,
  addDatasetFlag,
  addUploadFlags,
  type ByteRateFlags,
  type CommonFlags,
  type UploadFlags,
} from '../flags.js';
import { formatQuantity } from '../format.js';
import { formatPause } from '../pause-text.js';
import { action, type Session, type Subcommand } from '../session.js';
import {
  addSourceFlags,
  findPaths,
  hideQueries,
  type SourceFlags,
  toFileChoice,
} from '../source-flags.js';

interface Flags extends CommonFlags, UploadFlags, ByteRateFlags, SourceFlags {
  dataset: string;
}

export function upload(program: Command): Subcommand {
  const description = 'Upload files to an open batch.';
  const command = addCommand(program, 'upload <batchId> [path...]', description, [
    'upload 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B day=1/ --dataset 5c8c3c555033b814b69f947f',
  ]);
  const withDataset = addDatasetFlag(command, 'dataset that the batch belongs to');
  addSourceFlags(addByteRateFlags(addUploadFlags(withDataset)));
  return action<Flags>(command, async (session, flags, [batchId = '', ...args]) => {
    const paths = await findPaths(args, flags, session.signal);
    const { files, skipped } = await findFiles(session, paths, flags);
    const client = await session.connect();
    const again = session.suggest(
      'upload',
      batchId,
      ...(await hideQueries(args)),
      ...toArgs(flags),
      '--dataset',
      flags.dataset,
    );
    session.afterSignal = {
      text: `Batch ${batchId} is still open. To upload the files again`,
      command: again,
    };
    const uploaded = await uploadAll(session, client, { files, batchId, flags });
    const total = uploaded.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const what = `${formatQuantity(uploaded.length, 'file')} (${formatSize(total)})`;
    const were = `${uploaded.length === 1 ? 'was' : 'were'} uploaded to batch ${batchId}`;
    return {
      json: { batchId, files: uploaded, skipped },
      text: `${what} ${were}.\nTo complete it: ${session.suggest('complete', batchId)}`,
      effect: `${what} ${were}`,
    };
  });
}

/** The files of the paths; warns of what may be wrong with them. */
async function findFiles(
  { out, signal }: Session,
  paths: readonly string[],
  flags: SourceFlags,
): Promise<Walked> {
  const { walk } = await import('../../ingest/walk.js');
  const { formatFinding } = await import('../../preflight/format-finding.js');
  const walked = await walk(paths, { ...toFileChoice(flags), signal });
  for (const warning of walked.warnings) out.say(`warning: ${formatFinding(warning)}`);
  return walked;
}

/** The flags that choose files, for a command that does the same again. */
const toArgs = ({ filesFrom, include = [], exclude = [] }: SourceFlags): string[] => [
  ...(filesFrom === undefined ? [] : ['--files-from', filesFrom]),
  ...include.flatMap((pattern) => ['--include', pattern]),
  ...exclude.flatMap((pattern) => ['--exclude', pattern]),
];

interface Uploads {
  files: Walked['files'];
  batchId: string;
  flags: Flags;
}

/** Compares the files with the batch, and uploads them. */
async function uploadAll(
  { out, signal }: Session,
  client: CommandClient,
  { files, batchId, flags }: Uploads,
): Promise<UploadResult[]> {
  const { assertFits } = await import('../../ingest/open-batch.js');
  const { uploadFiles } = await import('../../upload/upload-files.js');
  const { checkUploadPlan, DEFAULT_MAX_PART_RETRIES } = await import('../../upload/options.js');
  const { createPacer } = await import('../../upload/pace.js');
  const { toClock } = await import('../../http/retry.js');
  const { largeFileThresholdBytes, partSizeBytes, concurrency, timeoutMs, dataset } = flags;
  const address = { batchId, datasetId: dataset };
  const call = { signal, ...omitUndefined({ timeoutMs }) };
  for (const warning of await assertFits(client.batches, address, files, call)) {
    out.say(`warning: ${warning}`);
  }
  return uploadFiles(
    files,
    { calls: client.uploadCalls, ...address },
    {
      ...checkUploadPlan(omitUndefined({ largeFileThresholdBytes, partSizeBytes, concurrency })),
      sha256: true,
      maxPartRetries: DEFAULT_MAX_PART_RETRIES,
      timeoutMs,
      signal,
      pacer: createPacer(flags, toClock(undefined)),
    },
    {
      uploaded: ({ path, sizeBytes }) => out.note(`${path}: ${formatSize(sizeBytes)}`),
      paused: (pause) => pause && out.note(formatPause(pause, 'local')),
    },
  );
}
