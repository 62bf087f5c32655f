import { readFile, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

export type Step = Record<string, unknown>;

/** A line of a journal, as the file has it. */
export function journalLine(step: object): string {
  const json = JSON.stringify(step);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}`;
}

/** The steps of a journal; their checksums are not verified. */
export const readSteps = async (path: string): Promise<Step[]> =>
  (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line.slice(9)) as Step);

/** Rewrites a journal, with new checksums. */
export async function changeSteps(
  path: string,
  change: (steps: Step[]) => object[],
): Promise<void> {
  const lines = change(await readSteps(path)).map(journalLine);
  await writeFile(path, `${lines.join('\n')}\n`);
}
