/** The reference upload with `curl -T`, uploads with rclone, and the file to upload. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type Measured, measureProgram } from './programs.js';

/** Writes a file of this size with varied bytes; it stays in the page cache. */
export function writeFile(path: string, bytes: number): void {
  const block = Buffer.alloc(64 * 1024 * 1024, 'aep-batch bench ');
  const file = openSync(path, 'w');
  for (let at = 0; at < bytes; at += block.length) writeSync(file, block);
  closeSync(file);
}

/** curl reports its time itself. */
export async function uploadWithCurl(path: string, origin: string): Promise<Measured> {
  // With `Expect` curl would wait a second for `100 Continue`.
  const args = ['-sS', '-f', '-T', path, '-H', 'Expect:', '-w', '%{time_total}'];
  const { stdout, ...measured } = await measureProgram(['curl', ...args, `${origin}/x.parquet`]);
  return { ...measured, seconds: Number(stdout) };
}

/** No PUT is larger, so with this a file is one request. */
export const ONE_REQUEST = ['--s3-upload-cutoff', '5G'];

/**
 * Uploads with rclone as to S3, the one of its protocols that the server speaks. `rcat` reads a stream.
 * @param options of rclone, beside those that keep it from asking the server what it has.
 */
export function uploadWithRclone(
  command: 'copyto' | 'rcat',
  path: string,
  origin: string,
  options: readonly string[],
): Promise<Measured> {
  const target = `:s3,provider=Other,access_key_id=a,secret_access_key=b,endpoint='${origin}':b/k`;
  const quiet = ['--config', '', '--s3-no-head', '--s3-no-check-bucket', '--no-check-dest'];
  const once = ['--retries', '1', '--low-level-retries', '1', '--log-level', 'ERROR'];
  const isStream = command === 'rcat';
  // The server reports no size of what it discarded.
  const files = isStream ? [target, '--ignore-size'] : [path, target];
  return measureProgram(
    ['rclone', command, ...files, ...quiet, ...once, ...options],
    isStream ? path : undefined,
    { HOME: '/nonexistent' },
  );
}
