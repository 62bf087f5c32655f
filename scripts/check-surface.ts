/** Prints every line of the contract that was added or removed since it was accepted. */
import { readFileSync } from 'node:fs';
import { diffSurface } from '../spec-tools/surface.js';
import { bundleDocument } from './bundle.js';

const accepted = readFileSync(new URL('../contract-tests/surface.txt', import.meta.url), 'utf8');
const changes = diffSurface(accepted, await bundleDocument());
for (const line of changes) console.log(line);
process.exitCode = changes.length === 0 ? 0 : 1;
