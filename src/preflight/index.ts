/** Looks at what is to be ingested before anything is sent. Offline. */
export { preflight } from './preflight.js';
export { StreamCheck } from './stream-check.js';
export type { CsvOptions, PreflightOptions, PreflightResult } from './types.js';
