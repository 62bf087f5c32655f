/**
 * What the methods of late-methods.ts import. The import()s stand in a module of the main entry: rollup would put what the
 * entry shares with a module that only late ones import into the entry's own chunk, and a program with a top-level await
 * would wait for itself.
 */
export const LATE = {
  ingest: () => import('./ingest/ingest.js'),
  resume: () => import('./ingest/resume.js'),
  rejectedRows: () => import('./ingest/rejected-rows.js'),
  load: () => import('./load/load.js'),
  datasetSchema: () => import('./schema/dataset-schema.js'),
};
export type LateImports = typeof LATE;
