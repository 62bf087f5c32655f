/** `upload`: files into an open batch. */
import type { Command } from 'commander';
import { formatSize } from '../../shared/format.js';
import { omitUndefined } from '../../shared/options.js';
import {
  addCommand,
  addDatasetFlag,
  addUploadFlags,
  type CommonFlags,
  type UploadFlags,
} from '../flags.js';
import { formatQuantity } from '../format.js';
import { action, type Subcommand } from '../session.js';

interface Flags extends CommonFlags, UploadFlags {
  dataset: string;
}

export function upload(program: Command): Subcommand {
  const description = 'Upload files to an open batch.';
  const command = addCommand(program, 'upload <batchId> <path...>', description, [
    'upload 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B day=1/ --dataset 5c8c3c555033b814b69f947f',
  ]);
  addUploadFlags(addDatasetFlag(command, 'dataset that the batch belongs to'));
  return action<Flags>(command, async (session, flags, [batchId = '', ...paths]) => {
    const { walk } = await import('../../ingest/walk.js');
    const { formatFinding } = await import('../../preflight/findings.js');
    const { uploadFiles } = await import('../../upload/upload-files.js');
    const { checkUploadPlan, DEFAULT_MAX_PART_RETRIES } = await import('../../upload/options.js');
    const { largeFileThresholdBytes, partSizeBytes, concurrency, timeoutMs, dataset } = flags;
    const { files, skipped, warnings } = await walk(paths);
    for (const warning of warnings) session.out.say(`warning: ${formatFinding(warning)}`);
    const client = await session.connect();
    const again = session.suggest('upload', batchId, ...paths, '--dataset', dataset);
    session.afterSignal = {
      text: `Batch ${batchId} is still open. To upload the files again`,
      command: again,
    };
    const { assertFits } = await import('../../ingest/open-batch.js');
    const address = { batchId, datasetId: dataset };
    const call = { signal: session.signal, ...omitUndefined({ timeoutMs }) };
    for (const warning of await assertFits(client.batches, address, files, call)) {
      session.out.say(`warning: ${warning}`);
    }
    const uploaded = await uploadFiles(
      files,
      { calls: client.uploadCalls, batchId, datasetId: dataset },
      {
        ...checkUploadPlan(omitUndefined({ largeFileThresholdBytes, partSizeBytes, concurrency })),
        sha256: true,
        maxPartRetries: DEFAULT_MAX_PART_RETRIES,
        timeoutMs,
        signal: session.signal,
      },
      { uploaded: ({ path, sizeBytes }) => session.out.note(`${path}: ${formatSize(sizeBytes)}`) },
    );
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
