/** `make mock`: Prism on a port, for people. */
import { startPrism } from './prism.js';

const PORT = Number(process.env['PORT'] ?? 4010);
const { origin } = await startPrism(PORT);
console.log(`Prism answers from spec/ at ${origin}; Ctrl-C ends it. Try:

curl -s ${origin}/data/foundation/import/batches \\
  -H 'authorization: Bearer any' -H 'x-api-key: any' -H 'x-gw-ims-org-id: any' \\
  -H 'x-sandbox-name: prod' -H 'content-type: application/json' \\
  -d '{"datasetId":"5c8c3c555033b814b69f947f"}'

Add -H 'prefer: code=429' for another answer of the document.`);
