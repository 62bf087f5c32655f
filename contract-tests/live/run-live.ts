/** One live run: reads, a batch that is created and aborted, and what differs from the document. */
import { randomUUID } from 'node:crypto';
import { type Json, listOperations } from '../../spec-tools/operations.js';
import { createClient } from '../../src/client.js';
import { Secrets } from '../../src/http/redact.js';
import type { ClientOptions } from '../../src/index.js';
import { callBatch } from './batch-calls.js';
import type { LiveContext, Step } from './context.js';
import { findDifferences, type LiveDifference } from './differences.js';
import { OpenBatches } from './open-batches.js';
import { type Finding, Findings } from './questions.js';
import { READ_STEPS } from './read-calls.js';
import { Recorder } from './recorder.js';

export interface LiveOptions {
  client: ClientOptions;
  /** The bundled document that the responses are held against. */
  document: Json;
  /** Sends the requests. */
  fetch: typeof fetch;
  /** Ends the calls; the batch is aborted nevertheless. */
  signal: AbortSignal;
  /** Where the batch is created. Default: the first dataset of the sandbox that has a schema. */
  datasetId?: string | undefined;
  /** The time between two reads of the same thing, in milliseconds. Default 500. */
  pauseMs?: number;
}

export interface LiveReport {
  sandbox: string;
  orgId: string;
  origin: string;
  /** When it was made, as a date. */
  date: string;
  /** `info.version` of the document. */
  document: string;
  differences: LiveDifference[];
  findings: Finding[];
  /** For each operation of the document, how many responses had which status. */
  responses: { operation: string; statuses: Record<string, number> }[];
  /** Calls that could not be made, one sentence each. */
  failures: string[];
  /** The ids of the batches that were created and are aborted. */
  batches: string[];
  /** What the run could not remove. */
  left: string[];
  isStopped: boolean;
}

const STEPS: readonly Step[] = [...READ_STEPS, { operation: 'createBatch', run: callBatch }];

/** Never rejects for what the sandbox does: that is in the report. */
export async function runLive(options: LiveOptions): Promise<LiveReport> {
  const { document, signal, datasetId, pauseMs = 500 } = options;
  const secrets = new Secrets();
  const recorder = new Recorder(document, options.fetch);
  const client = createClient({ ...options.client, fetch: recorder.fetch }, secrets);
  const batches = new OpenBatches(client, `contract-live-${randomUUID()}`, pauseMs);
  const findings = new Findings();
  const found = datasetId === undefined ? {} : { datasetId };
  const context = { client, recorder, batches, findings, found, signal, pauseMs };
  let failures: string[] = [];
  let left: string[] = [];
  try {
    failures = await runSteps(context, secrets);
  } finally {
    left = await batches.abortAll();
    await client.close();
  }
  const { sandbox, orgId, origin } = client;
  return {
    sandbox,
    orgId,
    origin,
    date: new Date().toISOString().slice(0, 10),
    document: String((document['info'] as Json)['version']),
    differences: await findDifferences(document, recorder.exchanges, secrets.redact),
    findings: findings.list(),
    responses: countResponses(document, recorder),
    failures,
    batches: batches.aborted,
    left,
    isStopped: signal.aborted,
  };
}

async function runSteps(context: LiveContext, secrets: Secrets): Promise<string[]> {
  const failures: string[] = [];
  for (const { operation, run } of STEPS) {
    if (context.signal.aborted) break;
    try {
      await run(context);
    } catch (error) {
      if (context.signal.aborted) break;
      const message = error instanceof Error ? error.message : String(error);
      failures.push(`${operation}: ${secrets.redact(message)}`);
    }
  }
  return failures;
}

function countResponses(document: Json, { exchanges }: Recorder): LiveReport['responses'] {
  return listOperations(document).map(({ id }) => {
    const statuses: Record<string, number> = {};
    for (const { operation, status } of exchanges) {
      if (operation === id) statuses[status] = (statuses[status] ?? 0) + 1;
    }
    return { operation: id, statuses };
  });
}
