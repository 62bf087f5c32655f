import type { Upload } from './upload.js';

/** A success before the body was sent: whatever sent it has not read the body. */
export class EarlyResponseError extends Error {
  override readonly name = 'EarlyResponseError';

  constructor(status: number, { handed, size }: Upload) {
    super(
      `the server responded ${status} after ${handed} of ${size} bytes were sent: something in front of the platform did not read the body`,
    );
  }
}
