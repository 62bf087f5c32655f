// @ts-check
/**
 * A process that ingests, or resumes, and prints the receipt; tests kill it. It runs the build: compiling
 * it on the fly would take longer than the ingest.
 */
import { createBatchClient } from 'aep-batch';

const [kind, journal = '', partSizeBytes, ...paths] = process.argv.slice(2);
const client = createBatchClient(JSON.parse(process.env['CLIENT'] ?? '{}'));
const options = { pollIntervalMs: 10 };
const receipt =
  kind === 'resume'
    ? await client.resume(journal, options)
    : await client.ingest(paths, {
        ...options,
        datasetId: 'd1',
        journal,
        partSizeBytes: Number(partSizeBytes),
        largeFileThresholdBytes: Number(partSizeBytes),
      });
console.log(JSON.stringify(receipt));
await client.close();
