/** `make contract-live`: reads the environment, rejects production, prints the report and returns the exit code. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Json } from '../../spec-tools/operations.js';
import { readEnvironment, toClientOptions, type Values } from '../../src/cli/environment.js';
import { EXIT, UsageError } from '../../src/cli/exit-codes.js';
import type { ClientOptions } from '../../src/index.js';
import { formatReport, proposeRows } from './report.js';
import { type LiveReport, runLive } from './run-live.js';

export interface LiveCommand {
  /** The folder whose `.env` is read. */
  folder: string;
  /** `AEP_*`, as of the command; `DATASET`, `DOCUMENT` and `ALLOW_PROD`. */
  env: NodeJS.ProcessEnv;
  /** The document, unless `DOCUMENT` names another one. */
  documentPath: string;
  /** Where the report goes as JSON. */
  reportPath: string;
  signal: AbortSignal;
  say: (text: string) => void;
  fetch?: typeof fetch;
  pauseMs?: number;
}

const SKIPPED =
  'contract-live: skipped, because no credentials are set (AEP_ACCESS_TOKEN, or AEP_CLIENT_ID and AEP_CLIENT_SECRET).';

/** @returns the exit code: 1 for a difference, a failed call or something that was left behind. */
export async function runLiveCommand(command: LiveCommand): Promise<number> {
  try {
    return await run(command);
  } catch (error) {
    command.say(error instanceof Error ? error.message : String(error));
    return error instanceof UsageError ? EXIT.usage : EXIT.error;
  }
}

async function run(command: LiveCommand): Promise<number> {
  const { env, say, signal, reportPath, pauseMs } = command;
  const { values, warnings } = readEnvironment(command.folder, env);
  for (const warning of warnings) say(`warning: ${warning}`);
  if (!hasCredentials(values)) {
    say(SKIPPED);
    return EXIT.done;
  }
  const client = toClientOptions(values, undefined);
  assertNotProduction(client, env);
  const document = readDocument(env['DOCUMENT'] || command.documentPath);
  say(
    `Calling sandbox ${client.sandbox} of ${client.orgId}; Ctrl-C ends it, and aborts its batch.`,
  );
  const report = await runLive({
    client,
    signal,
    document,
    fetch: command.fetch ?? fetch,
    datasetId: env['DATASET'] || undefined,
    ...(pauseMs === undefined ? {} : { pauseMs }),
  });
  mkdirSync(dirname(reportPath), { recursive: true });
  const json = { ...report, proposedRows: proposeRows(report) };
  writeFileSync(reportPath, `${JSON.stringify(json, undefined, 2)}\n`);
  say(`${formatReport(report)}\n\n${reportPath} has the report as JSON.`);
  return toExitCode(report);
}

const hasCredentials = ({ AEP_ACCESS_TOKEN, AEP_CLIENT_SECRET }: Values): boolean =>
  AEP_ACCESS_TOKEN !== undefined || AEP_CLIENT_SECRET !== undefined;

function assertNotProduction({ sandbox }: ClientOptions, env: NodeJS.ProcessEnv): void {
  if (sandbox.toLowerCase() !== 'prod' || env['ALLOW_PROD'] === '1') return;
  throw new UsageError(
    'Invalid AEP_SANDBOX: expected a development sandbox, received prod. Nothing was sent. To use it nevertheless: ALLOW_PROD=1.',
  );
}

function readDocument(path: string): Json {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(
      `Invalid DOCUMENT: expected a bundled OpenAPI document as JSON, received ${path}: ${(error as Error).message}`,
    );
  }
}

function toExitCode({ differences, failures, left, isStopped }: LiveReport): number {
  if (isStopped) return EXIT.SIGINT;
  return differences.length + failures.length + left.length === 0 ? EXIT.done : EXIT.error;
}
