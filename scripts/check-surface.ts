/** Prints every line of the contract that came or went since it was accepted. */
import { readFileSync } from 'node:fs';
import { bundleDocument } from './bundle.js';
import { surfaceChanges } from './surface.js';

const accepted = readFileSync(new URL('../contract-tests/surface.txt', import.meta.url), 'utf8');
const changes = surfaceChanges(accepted, await bundleDocument());
for (const line of changes) console.log(line);
process.exitCode = changes.length === 0 ? 0 : 1;
