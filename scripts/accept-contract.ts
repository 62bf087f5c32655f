/** `make accept-contract`: writes the document's surface to contract-tests/surface.txt. */
import { writeFile } from 'node:fs/promises';
import { listSurface } from '../spec-tools/surface.js';
import { bundleDocument } from './bundle.js';

const lines = listSurface(await bundleDocument());
await writeFile(new URL('../contract-tests/surface.txt', import.meta.url), `${lines.join('\n')}\n`);
console.log(`contract-tests/surface.txt: ${lines.length} lines`);
