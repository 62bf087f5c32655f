import type { Command } from 'commander';
import type { ReceiptFile } from '../../ingest/types.js';
import { omitUndefined } from '../../shared/options.js';
import {
  type CommonFlags,
  examples,
  needDataset,
  subcommand,
  type UploadFlags,
  uploadOptions,
} from '../flags.js';
import { bytes, files as filesText } from '../format.js';
import { runs } from '../session.js';

interface Flags extends CommonFlags, UploadFlags {
  dataset: string;
}

/** `aep-batch upload`: files into a batch that there is. */
export function upload(program: Command): void {
  const command = subcommand(
    program,
    'upload <batchId> <path...>',
    'Upload files into a batch that is open; complete it afterwards.',
  )
    .option('--dataset <id>', 'the dataset that the batch belongs to (required)')
    .hook('preAction', needDataset);
  uploadOptions(command);
  examples(command, 'upload 01H0J5QJ5Y8Q3W0Z6K2Y4S9V7B day=1/ --dataset 5c8c3c555033b814b69f947f');
  runs<Flags>(command, async (session, flags, [batchId = '', ...paths]) => {
    const { filesAt, uploadFiles } = await import('./uploads.js');
    const { largeFileThresholdBytes, partSizeBytes, concurrency, timeoutMs, dataset } = flags;
    const plan = omitUndefined({ largeFileThresholdBytes, partSizeBytes, concurrency });
    const { files, skipped } = await filesAt(paths);
    const client = await session.connect();
    const sent: ReceiptFile[] = await uploadFiles(
      client.files,
      { batchId, datasetId: dataset, files, plan, timeoutMs, signal: session.signal },
      ({ path, sizeBytes }) => session.out.note(`${path}: ${bytes(sizeBytes)}`),
    );
    const total = sent.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const next = `\`aep-batch complete ${batchId}\` hands it over.`;
    const where = `${filesText(sent.length)}, ${bytes(total)}, are in batch ${batchId}`;
    return {
      json: { batchId, files: sent, skipped },
      text: `${where}; ${next}`,
      done: where,
    };
  });
}
