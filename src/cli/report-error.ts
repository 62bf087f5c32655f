/** Reports an error: a message that says what to do, a JSON object, and an exit code. */
import {
  AuthenticationError,
  CallError,
  ConnectionError,
  CredentialsError,
  PermissionError,
} from '../http/errors.js';
import {
  AlreadyLoadingError,
  IngestError,
  JournalError,
  PreflightError,
} from '../ingest/errors.js';
import type { RecordedFile } from '../ingest/journal-sources.js';
import { LoadError } from '../load/errors.js';
import { InvalidInputError, SourceError, SourceUnavailableError } from '../shared/errors.js';
import { omitUndefined } from '../shared/options.js';
import { EXIT, isSystemFailure, UsageError } from './exit-codes.js';
import type { Session } from './session.js';
import { discardJournal } from './state-dir.js';

/** Errors found before anything was sent. */
const INPUT_ERRORS = [UsageError, InvalidInputError, SourceError, PreflightError, CredentialsError];

/** Codes where too few files may be open; Node then also says that it cannot find a module. */
const NO_DESCRIPTORS = new Set(['EMFILE', 'ENFILE', 'ERR_MODULE_NOT_FOUND']);

/** Prints the error, and returns the exit code. */
export async function reportError(error: unknown, session: Session): Promise<number> {
  const { out, signals } = session;
  const exitCode = signals.received === undefined ? chooseExitCode(error) : EXIT[signals.received];
  const files = await readFiles(error, session); // before the journal may be deleted
  const kept = await settleJournal(error, session);
  await recordFailure(error, { ...kept, files }, session);
  const message = withFlags(error instanceof Error ? error.message : String(error), session);
  const hints = [
    ...listHints(exitCode, error, message, session, kept.journal),
    ...(await findOwnIngest(error, session)),
  ];
  const lines = error instanceof PreflightError ? message.split('\n') : [message];
  for (const line of lines.slice(0, -1)) out.sayError(line);
  out.sayError([lines.at(-1), ...hints].join('\n'));
  const name = error instanceof Error ? error.name : 'Error';
  const shown = omitUndefined({ name, code: findCode(error), message, ...kept });
  if (out.isJson) await out.printResult({ json: { outcome: null, error: shown } });
  return exitCode;
}

/** The library cannot know the flags that a command was given, such as the sandbox. */
const withFlags = (message: string, session: Session): string =>
  message.replace(
    /`aep-batch wait ([\w.:-]+)`/g,
    (_, batchId: string) => `\`${session.suggest('wait', batchId)}\``,
  );

/** Names what is left of the ingest. Our own journal is deleted if nothing can be resumed from it. */
async function settleJournal(error: unknown, { journal }: Session) {
  if (!(error instanceof IngestError || error instanceof LoadError)) {
    if (journal !== undefined) await discardJournal(journal);
    const mayNameBatch =
      error instanceof CallError ||
      error instanceof CredentialsError ||
      error instanceof AlreadyLoadingError;
    return { batchId: mayNameBatch ? error.batchId : undefined, journal: undefined };
  }
  const kept = isInvalidIngest(error) ? undefined : error.journal;
  if (kept === undefined && journal !== undefined) await discardJournal(journal);
  return { batchId: error.batchId, journal: kept };
}

/** The files of a batch that may still be loaded: `errors` finds the lines of its rejected rows in them. */
async function readFiles(
  error: unknown,
  { journal }: Session,
): Promise<RecordedFile[] | undefined> {
  if (!(error instanceof IngestError)) return undefined;
  const { batchId, journal: path = journal } = error;
  if (batchId === undefined || path === undefined) return undefined;
  const { readRecordedFiles } = await import('../ingest/journal-sources.js');
  return readRecordedFiles(path, batchId);
}

interface Leftover {
  batchId: string | undefined;
  journal: string | undefined;
  files: RecordedFile[] | undefined;
}

/** A run that left neither a batch nor a journal is not worth a record. */
async function recordFailure(
  error: unknown,
  { batchId, journal, files }: Leftover,
  { history }: Session,
): Promise<void> {
  const isOfOther = error instanceof AlreadyLoadingError;
  if (isOfOther || (batchId === undefined && journal === undefined)) return history?.discard();
  const name = error instanceof Error ? error.name : 'Error';
  await history?.end({ outcome: null, error: name, ...omitUndefined({ batchId, files }) });
}

/** How to go on with the ingest that has the batch, if it is one of this machine. */
async function findOwnIngest(error: unknown, session: Session): Promise<string[]> {
  const refused = listCauses(error).find((cause) => cause instanceof AlreadyLoadingError);
  if (refused === undefined) return [];
  const { batchId } = refused;
  const { listOpenIngests } = await import('./open-ingests.js');
  const own = (await listOpenIngests()).find((ingest) => ingest.batchId === batchId);
  if (own === undefined) return [];
  if (own.running)
    return [`A process on this machine is running it, with the journal ${own.journal}.`];
  return [`It broke off on this machine. To resume it: ${session.suggest('resume', own.journal)}`];
}

const isInputError = (error: unknown): boolean =>
  INPUT_ERRORS.some((Class) => error instanceof Class);

/** Whether an ingest was rejected before anything was sent. */
const isInvalidIngest = (error: unknown): boolean =>
  error instanceof IngestError && error.batch === 'none' && isInputError(error.cause);

/** A URL that refuses access, mostly because it has expired. */
const isExpired = (error: unknown): boolean =>
  error instanceof SourceUnavailableError &&
  error.status !== undefined &&
  [400, 401, 403].includes(error.status);

function chooseExitCode(error: unknown): number {
  if (error instanceof LoadError) return chooseExitCode(error.cause);
  if (isInputError(error) || isInvalidIngest(error)) return EXIT.usage;
  if (error instanceof JournalError) {
    // A journal that cannot be written is a failure of the system; any other is the wrong journal.
    return isSystemFailure(findCode(error)) ? EXIT.error : EXIT.usage;
  }
  const isAccess = listCauses(error).some(
    (cause) =>
      cause instanceof AuthenticationError || cause instanceof PermissionError || isExpired(cause),
  );
  return isAccess ? EXIT.access : EXIT.error;
}

/** The error and its causes. */
function listCauses(error: unknown): Error[] {
  return error instanceof Error ? [error, ...listCauses(error.cause)] : [];
}

/** The first code of the platform or the system among the error and its causes. */
function findCode(error: unknown): string | undefined {
  for (const cause of listCauses(error)) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return undefined;
}

/** What to do next, where the message does not say it. */
function listHints(
  exitCode: number,
  error: unknown,
  message: string,
  session: Session,
  journal: string | undefined,
): string[] {
  const hints: string[] = [];
  if (listCauses(error).some(isExpired)) {
    if (journal !== undefined) {
      hints.push(
        `To go on with new URLs: ${session.suggest('resume', journal, '--files-from', '<file>')}`,
      );
    }
  } else if (exitCode === EXIT.access) {
    hints.push(
      'Check AEP_ORG_ID, AEP_SANDBOX, AEP_API_KEY and the credential (AEP_CLIENT_ID, AEP_CLIENT_SECRET, AEP_SCOPES, or AEP_ACCESS_TOKEN, which expires after a day).',
    );
  }
  if (error instanceof JournalError) {
    const other =
      session.journal === undefined ? '' : ' Pass --journal <file> to use another file.';
    hints.push(`Nothing was sent.${other}`);
  }
  if (listCauses(error).some((cause) => cause instanceof ConnectionError)) {
    hints.push('Check the network and, if set, AEP_ORIGIN, AEP_IMS_ORIGIN and HTTPS_PROXY.');
  }
  if (NO_DESCRIPTORS.has(findCode(error) ?? '')) {
    hints.push('Allow more open files, for example: ulimit -n 1024');
  }
  if (findCode(error) === 'EADDRINUSE') hints.push('Pass another --port; 0 picks a free one.');
  const { signals, afterSignal } = session;
  if (signals.received !== undefined && afterSignal !== undefined) {
    const { text, command } = afterSignal;
    if (!message.includes(`\`${command}\``)) hints.push(`${text}: ${command}`);
  }
  if (journal !== undefined) hints.push(`To resume: ${session.suggest('resume', journal)}`);
  return hints;
}
