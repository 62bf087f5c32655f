/** What was thrown, as a message that says what to do, a JSON object and an exit code. */

import {
  AuthenticationError,
  CallError,
  ConnectionError,
  CredentialsError,
  PermissionError,
} from '../http/errors.js';
import { IngestError, PreflightError } from '../ingest/errors.js';
import { JournalError } from '../ingest/journal.js';
import { InvalidInputError, SourceError } from '../shared/errors.js';
import { EXIT, SYSTEM_FAILURES, UsageError } from './exit-codes.js';
import { type Output, red } from './output.js';
import { shellArgument } from './shell.js';
import type { Signals } from './signals.js';
import { discard } from './state-dir.js';

/** What of a run is needed to tell of its failure. */
interface Session {
  readonly out: Output;
  readonly signals: Signals;
  /** The journal that was named or made for it, if it was an ingest. */
  readonly journal: string | undefined;
  readonly sandboxFlag: string | undefined;
}

/** Wrong before anything was sent. */
const INPUT = [UsageError, InvalidInputError, SourceError, PreflightError, CredentialsError];

/** Shows the failure, and gives the exit code. */
export async function report(error: unknown, session: Session): Promise<number> {
  const { out, signals } = session;
  const exitCode = signals.received === undefined ? codeOf(error) : EXIT[signals.received];
  const { batchId, journal } = await keptOf(error, session);
  const message = messageOf(error);
  const lines = [`${red('error:')} ${message}`, ...hints(exitCode, error, session, journal)];
  out.say(lines.join('\n'));
  if (!out.json) return exitCode;
  const code = systemCodeOf(error);
  const told = {
    name: error instanceof Error ? error.name : 'Error',
    ...(code === undefined ? {} : { code }),
    message,
    ...(batchId === undefined ? {} : { batchId }),
    ...(journal === undefined ? {} : { journal }),
  };
  await out.result({ json: { outcome: null, error: told }, text: '' });
  return exitCode;
}

/** What is left of the ingest. A journal of ours that nothing can be done with is deleted. */
async function keptOf(error: unknown, { journal }: Session) {
  if (!(error instanceof IngestError)) {
    if (journal !== undefined) await discard(journal);
    const isOfWait = error instanceof CallError || error instanceof CredentialsError;
    return { batchId: isOfWait ? error.batchId : undefined, journal: undefined };
  }
  const nothingSent = error.batch === 'none' && isInput(error.cause);
  const kept = nothingSent ? undefined : error.journal;
  if (kept === undefined && journal !== undefined) await discard(journal);
  return { batchId: error.batchId, journal: kept };
}

const isInput = (error: unknown): boolean => INPUT.some((Class) => error instanceof Class);

function codeOf(error: unknown): number {
  if (isInput(error)) return EXIT.usage;
  if (error instanceof JournalError) {
    // A journal that cannot be written, as against one that is the wrong one.
    return SYSTEM_FAILURES.has(systemCodeOf(error) ?? '') ? EXIT.error : EXIT.usage;
  }
  if (error instanceof IngestError && error.batch === 'none' && isInput(error.cause)) {
    return EXIT.usage;
  }
  const refused = causesOf(error).some(
    (one) => one instanceof AuthenticationError || one instanceof PermissionError,
  );
  return refused ? EXIT.access : EXIT.error;
}

function causesOf(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

/** The platform's code or the system's, wherever in the causes it is. */
function systemCodeOf(error: unknown): string | undefined {
  for (const one of causesOf(error)) {
    if (one instanceof Error && 'code' in one && typeof one.code === 'string') return one.code;
  }
  return undefined;
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return String(error);
}

/** What to do next, beside what the message says already. */
function hints(
  exitCode: number,
  error: unknown,
  session: Session,
  journal: string | undefined,
): string[] {
  const told: string[] = [];
  if (exitCode === EXIT.access) {
    told.push(
      'Check AEP_ORG_ID, AEP_SANDBOX, AEP_API_KEY and the credential (AEP_CLIENT_ID, AEP_CLIENT_SECRET, AEP_SCOPES, or AEP_ACCESS_TOKEN, which runs out after a day).',
    );
  }
  if (error instanceof JournalError) {
    const other =
      session.journal === undefined ? '' : ' --journal <file> names another file for it.';
    told.push(`Nothing was sent.${other}`);
  }
  if (causesOf(error).some((one) => one instanceof ConnectionError)) {
    told.push(
      'Check the network and, where they are set, AEP_ORIGIN, AEP_IMS_ORIGIN and HTTPS_PROXY.',
    );
  }
  if (systemCodeOf(error) === 'EADDRINUSE') {
    told.push('Pass another --port; 0 is any that is free.');
  }
  if (journal !== undefined) {
    const sandbox =
      session.sandboxFlag === undefined ? '' : ` --sandbox ${shellArgument(session.sandboxFlag)}`;
    told.push(`To go on with it: aep-batch resume ${shellArgument(journal)}${sandbox}`);
  }
  return told;
}
