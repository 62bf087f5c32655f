/** Runs Prism in this process on the bundled document. */
import { fileURLToPath } from 'node:url';
import { getHttpOperationsFromSpec } from '@stoplight/prism-cli/dist/operations.js';
import { createLogger } from '@stoplight/prism-core';
import { createServer } from '@stoplight/prism-http-server';

const BUNDLED = fileURLToPath(new URL('../generated/openapi.json', import.meta.url));

type Operations = Awaited<ReturnType<typeof getHttpOperationsFromSpec>>;

export interface Prism {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  close(): Promise<void>;
}

/** Prism as the contract tests use it: it serves examples, and checks requests, credentials and responses. */
export const createPrismServer = (operations: Operations) =>
  createServer(operations, {
    cors: false,
    components: { logger: createLogger('prism', { level: 'silent' }) },
    config: {
      isProxy: false,
      checkSecurity: true,
      validateRequest: true,
      validateResponse: true,
      errors: false,
      upstreamProxy: undefined,
      mock: { dynamic: false },
    },
  });

/** Starts Prism on a loopback port; 0 picks a free one. */
export async function startPrism(port = 0): Promise<Prism> {
  const server = createPrismServer(await getHttpOperationsFromSpec(BUNDLED));
  const origin = await server.listen(port, '127.0.0.1');
  return { origin, close: () => server.close() };
}
