/**
 * Limits of the platform, and what its pages advise. A kilobyte is 1000 bytes, as there; its terabyte for a
 * batch is 2^40.
 * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/guardrails.html
 */
export const MAX_FILES = 25_000;
export const ADVISED_FILES = 10_000;
export const MAX_BATCH_BYTES = 2 ** 40;
export const ADVISED_BATCH_BYTES = 100_000_000_000;
export const ADVISED_EVENT_BYTES = 10_000;
export const ADVISED_RECORD_BYTES = 100_000;
/** The most fields of a row, and so the most columns of a file. */
export const MAX_FIELDS = 10_000;
/** The largest file that one PUT may carry; larger ones are uploaded in parts. */
export const MAX_PUT_BYTES = 256_000_000;
/** The largest part of a file. */
export const MAX_PART_BYTES = 512_000_000;
/** The platform rejects longer URLs with 414. */
export const MAX_URL_LENGTH = 2000;
/** What the platform ingests in an hour, as its guardrails state for batches. */
export const INGESTED_BYTES_PER_HOUR = 20_000_000_000;
/** How many batches may run at a time. Our own limit: more would compete for the same link. */
export const MAX_BATCH_CONCURRENCY = 16;
/** What a packed file has at most by default: the platform advises files of 256 MB or more. */
export const DEFAULT_PACK_BYTES = 256 * 1024 * 1024;
