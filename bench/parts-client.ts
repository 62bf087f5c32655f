/** One client of the upload in parts, one upload per process: `parts-client.js <client> <origin> <file>`. */
import { createReadStream } from 'node:fs';
import { measureOnce } from './measure-once.js';
import { createOurClient } from './peer.js';

const [, , name = '', origin = '', path = ''] = process.argv;

const BATCH = '01KBATCH0000000000000000AB';
const DATASET = '5c8c3c555033b814b69f947f';

async function uploadWithOurs(sha256: boolean): Promise<void> {
  const client = createOurClient(origin);
  const address = { batchId: BATCH, datasetId: DATASET, path: 'x.parquet' };
  await client.files.upload(address, path, {
    sha256,
    partSizeBytes: 64 * 1024 * 1024,
    concurrency: 4,
  });
  await client.close();
}

/** @param plain without its CRC32, and without the sha256 that it signs over plain HTTP. */
async function uploadWithAws(plain: boolean): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const [{ S3Client }, { Upload }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/lib-storage'),
  ]);
  const client = new S3Client({
    endpoint: origin,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    ...(plain
      ? {
          requestChecksumCalculation: 'WHEN_REQUIRED',
          signer: { sign: async (request) => request },
        }
      : {}),
  });
  const upload = new Upload({
    client,
    params: { Bucket: 'bench', Key: 'x.parquet', Body: createReadStream(path) },
    partSize: 8 * 1024 * 1024,
    queueSize: 4,
  });
  await upload.done();
  client.destroy();
}

const peers: Record<string, () => Promise<void>> = {
  ours: () => uploadWithOurs(false),
  'ours-sha256': () => uploadWithOurs(true),
  aws: () => uploadWithAws(false),
  'aws-plain': () => uploadWithAws(true),
};

const peer = peers[name];
if (peer === undefined) throw new Error(`Unknown client ${name}.`);

measureOnce(peer);
