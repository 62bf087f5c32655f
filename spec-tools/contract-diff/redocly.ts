/** Runs `redocly diff`, whose rules are not part of openapi-core. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Json } from '../operations.js';
import type { Report } from './report.js';

const CLI = fileURLToPath(new URL('../../node_modules/@redocly/cli/bin/cli.js', import.meta.url));

/** Compares two bundled documents. @throws {Error} with the output of the command if it fails. */
export async function runRedoclyDiff(base: Json, revision: Json): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'aep-batch-diff-'));
  try {
    await writeFile(join(folder, 'base.json'), JSON.stringify(base));
    await writeFile(join(folder, 'revision.json'), JSON.stringify(revision));
    await writeFile(join(folder, 'redocly.yaml'), 'extends:\n  - diff-recommended\n');
    const args = ['diff', 'base.json', 'revision.json', '--config', 'redocly.yaml'];
    const child = spawn(
      process.execPath,
      [CLI, ...args, '--format', 'json', '--fail-on', 'none', '--output', 'report.json'],
      {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      },
    );
    const [stderr, code] = await Promise.all([
      text(child.stderr),
      new Promise((resolve) => child.once('error', resolve).once('close', resolve)),
    ]);
    if (code !== 0) throw new Error(`redocly diff failed (${String(code)}):\n${stderr}`);
    return JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
