/** Whether the mutants still fit the source: each `find` must occur in its file exactly once. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { batchMutants } from './batch-mutants.js';
import { callMutants } from './call-mutants.js';
import { credentialMutants } from './credential-mutants.js';
import { edgeCallMutants } from './edge-call-mutants.js';
import { edgeIngestMutants } from './edge-ingest-mutants.js';
import { edgeResourceMutants } from './edge-resource-mutants.js';
import { edgeSharedMutants } from './edge-shared-mutants.js';
import { httpMutants } from './http-mutants.js';
import { listMutants } from './list-mutants.js';
import type { Mutant } from './mutant.js';
import { resourceMutants } from './resource-mutants.js';
import { transferMutants } from './transfer-mutants.js';
import { uploadFlowMutants } from './upload-flow-mutants.js';
import { uploadMutants } from './upload-mutants.js';
import { waitMutants } from './wait-mutants.js';

export const mutants: readonly Mutant[] = [
  ...httpMutants,
  ...callMutants,
  ...credentialMutants,
  ...resourceMutants,
  ...batchMutants,
  ...listMutants,
  ...transferMutants,
  ...waitMutants,
  ...uploadMutants,
  ...uploadFlowMutants,
  ...edgeCallMutants,
  ...edgeResourceMutants,
  ...edgeIngestMutants,
  ...edgeSharedMutants,
];

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** One line for each mutant that no longer fits. */
export function listStale(): string[] {
  return mutants.flatMap(({ file, find, fault }) => {
    const found = readFileSync(`${ROOT}${file}`, 'utf8').split(find).length - 1;
    return found === 1
      ? []
      : [`${file}: "${fault}": expected its text once, found it ${found} times`];
  });
}
