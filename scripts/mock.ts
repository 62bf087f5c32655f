/** `make mock`: runs a mock of `spec/` on a port for interactive use. */
import { startMock } from '../spec-tools/mock.js';
import { startPrism } from '../spec-tools/prism.js';

const PORT = Number(process.env['PORT'] ?? 4010);
const { origin } = await startMock(await startPrism(), PORT);
console.log(`A mock (Prism) serves spec/ at ${origin}. Press Ctrl-C to stop it. Try:

curl -s ${origin}/data/foundation/import/batches \\
  -H 'authorization: Bearer any' -H 'x-api-key: any' -H 'x-gw-ims-org-id: any' \\
  -H 'x-sandbox-name: prod' -H 'content-type: application/json' \\
  -d '{"datasetId":"5c8c3c555033b814b69f947f"}'

An invalid request gets a problem that lists its violations. Add -H 'prefer: code=429' to get another
documented response.`);
