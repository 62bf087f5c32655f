/**
 * What the simulator does for each operation of the OpenAPI document. This folder imports the platform, and of
 * `server/` the types of a handler alone.
 */
import type { Platform } from '../platform/platform.js';
import type { Handlers } from '../server/handler.js';
import { createCatalogHandlers } from './catalog.js';
import { createDataAccessHandlers } from './data-access.js';
import { createDatasetHandlers } from './datasets.js';
import { createImportHandlers } from './import.js';
import { preview } from './preview.js';
import { createRegistryHandlers } from './registry.js';

/** @param getOrigin the simulator's origin, which is known once it listens. */
export function createHandlers(platform: Platform, getOrigin: () => string): Handlers {
  return {
    ...createImportHandlers(platform),
    ...createCatalogHandlers(platform),
    ...createDatasetHandlers(platform),
    ...createRegistryHandlers(platform),
    ...createDataAccessHandlers(platform, getOrigin),
    previewBatch: (request) => preview(platform, request),
    getToken: ({ body }) => ({ status: 200, json: platform.tokens.issue(body) }),
  };
}
