/** Prints what `spec/` describes and the code lacks, and the file where each belongs. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { listMissingPlaces } from '../spec-tools/places.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const missing = listMissingPlaces(
  JSON.parse(readFileSync(`${root}generated/openapi.json`, 'utf8')),
  root,
);
for (const line of missing) console.log(line);
process.exitCode = missing.length === 0 ? 0 : 1;
