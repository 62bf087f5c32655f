/** Writes contract-tests/surface.txt: this is what the contract is from now on. */
import { writeFile } from 'node:fs/promises';
import { bundleDocument } from './bundle.js';
import { surfaceOf } from './surface.js';

const lines = surfaceOf(await bundleDocument());
await writeFile(new URL('../contract-tests/surface.txt', import.meta.url), `${lines.join('\n')}\n`);
console.log(`contract-tests/surface.txt: ${lines.length} lines`);
