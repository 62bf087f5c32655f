/** What the simulator does for each operation of the document. */

import type { Platform } from '../platform/platform.js';
import type { Handlers } from '../server/handler.js';
import { catalog } from './catalog.js';
import { dataAccess } from './data-access.js';
import { preview } from './preview.js';
import { uploads } from './uploads.js';

/** @param origin where the simulator is; known once it listens. */
export function handlersOf(platform: Platform, origin: () => string): Handlers {
  return {
    createBatch: ({ body, sandbox, headers }) => {
      const client = String(headers['x-api-key']);
      return { status: 201, json: platform.create(body, { sandbox, client }).created() };
    },
    batchAction: async ({ path, query, sandbox }) => {
      await platform.act(platform.batchIn(sandbox, path.batchId), query.action);
      return { status: 200 };
    },
    previewBatch: (call) => preview(platform, call),
    getToken: (call) => platform.tokens.issue(call),
    ...uploads(platform),
    ...catalog(platform),
    ...dataAccess(platform, origin),
  };
}
