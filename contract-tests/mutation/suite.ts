/** Runs the contract suite on a changed document: a copy of the project with other generated code. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateFiles } from '../../spec-tools/generate-files.js';
import type { Json } from '../../spec-tools/operations.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = [
  'src',
  'generated',
  'spec-tools',
  'contract-tests',
  'jest.config.js',
  'package.json',
];
/** Facts, types and the surface have been judged before, or are counted apart. */
const TESTS = [
  ...['responses', 'requests', 'parameters', 'create-batch', 'guard', 'addresses'],
  ...['published', 'simulator'],
].map((name) => `contract-tests/${name}.test.ts`);

/** @returns the first test that fails. */
export async function runSuite(document: Json, workspace: string): Promise<string | undefined> {
  if (!existsSync(workspace)) createWorkspace(workspace);
  const files = await generateFiles(document);
  for (const [name, text] of Object.entries(files))
    writeFileSync(`${workspace}/generated/${name}`, text);
  return runJest(workspace);
}

/** Inside the project, so that the copy finds its dependencies. */
function createWorkspace(workspace: string): void {
  // The configuration of jest names the folders of other projects, too.
  mkdirSync(`${workspace}/test/package`, { recursive: true });
  for (const name of COPIED) cpSync(ROOT + name, `${workspace}/${name}`, { recursive: true });
}

async function runJest(workspace: string): Promise<string | undefined> {
  const report = `${workspace}/report.json`;
  const child = spawn(
    process.execPath,
    [
      ...['--experimental-vm-modules', `${ROOT}node_modules/jest/bin/jest.js`],
      ...['--selectProjects', 'contract', '--runInBand', '--bail', '--silent'],
      ...['--json', `--outputFile=${report}`, ...TESTS],
    ],
    { cwd: workspace, stdio: 'ignore' },
  );
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code === 0) return undefined;
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  );
  return failed[0]?.fullName ?? testResults.find(({ status }) => status === 'failed')?.message;
}

interface JestReport {
  testResults: {
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
}
