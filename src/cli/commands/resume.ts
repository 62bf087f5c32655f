/** `resume`: continues an interrupted ingest, or lists those that can be continued. */
import type { Command } from 'commander';
import type { CommandClient } from '../../client.js';
import { omitUndefined } from '../../shared/options.js';
import { UsageError } from '../exit-codes.js';
import { addCommand, addLogFlag, addTimeoutFlag, addWaitFlags } from '../flags.js';
import { formatQuantity, formatTable } from '../format.js';
import {
  addConcurrencyFlag,
  addResumeFlags,
  type LoadFlags,
  type ResumeFlags,
  toResumeOptions,
} from '../ingest-flags.js';
import { listOpenIngests, type OpenIngest } from '../open-ingests.js';
import type { Result } from '../output.js';
import { withProgress } from '../progress.js';
import { action, type Session, type Subcommand } from '../session.js';
import { findPaths } from '../source-flags.js';
import { finishIngest, recordStart } from './ingest.js';

interface Flags extends ResumeFlags, Pick<LoadFlags, 'batchConcurrency'> {
  latest?: boolean;
  filesFrom?: string;
}

export function resume(program: Command): Subcommand {
  const description =
    'Resume an interrupted ingest from its journal. Without a journal, list what can be resumed.';
  const command = addCommand(program, 'resume [journal]', description, [
    'resume',
    'resume --latest',
    'resume ~/.local/state/aep-batch/aep-batch-….journal',
  ])
    .option('--latest', 'resume the ingest of this sandbox that was interrupted last')
    .option('--files-from <file>', 'URLs that were signed anew, one a line; "-" is standard input');
  addConcurrencyFlag(
    addLogFlag(addResumeFlags(addTimeoutFlag(addWaitFlags(command)))),
    'default: as it began',
  );
  return action<Flags>(command, async (session, flags, [journal]) => {
    if (journal !== undefined && flags.latest === true) {
      throw new UsageError('Pass a journal or --latest, not both.');
    }
    if (journal === undefined && flags.latest !== true) return listResumable(session);
    const client = await session.connect();
    return runResume(session, flags, client, journal ?? (await findLatest(client)));
  });
}

async function runResume(
  session: Session,
  flags: Flags,
  client: CommandClient,
  journal: string,
): Promise<Result> {
  const { out, signal } = session;
  const { filesFrom } = flags;
  const sources = filesFrom === undefined ? undefined : await findPaths([], { filesFrom }, signal);
  await recordStart(session, client, { journal });
  const { isLoadJournal } = await import('../../load/inspect-load.js');
  if (await isLoadJournal(journal)) {
    const { resumeLoad } = await import('../load.js');
    return resumeLoad(session, client, flags, { journal, ...omitUndefined({ sources }) });
  }
  const options = { ...toResumeOptions(flags), ...omitUndefined({ sources }), signal };
  const receipt = await withProgress(out, (listeners) =>
    client.resume(journal, { ...options, ...listeners }),
  );
  return finishIngest(receipt, journal, session);
}

/** The ingests that no process is running. */
const findResumable = async (): Promise<OpenIngest[]> =>
  (await listOpenIngests()).filter(({ running }) => !running);

/** The journal that was changed last among those of the client's target. @throws {UsageError} */
async function findLatest({ origin, orgId, sandbox }: CommandClient): Promise<string> {
  const all = await findResumable();
  const own = all.filter(
    (one) => one.origin === origin && one.orgId === orgId && one.sandbox === sandbox,
  );
  if (own[0] !== undefined) return own[0].journal;
  const others =
    all.length === 0
      ? ''
      : ` ${formatQuantity(all.length, 'ingest')} of other sandboxes can: run \`aep-batch resume\` to see them.`;
  throw new UsageError(`No ingest of sandbox ${sandbox} can be resumed.${others}`);
}

async function listResumable(session: Session): Promise<Result> {
  const resumable = await findResumable();
  return {
    json: { resumable: resumable.map(({ running: _, ...one }) => one) },
    text: formatResumable(resumable, (...args) => session.suggest(...args)),
  };
}

function formatResumable(
  resumable: readonly OpenIngest[],
  suggest: (...args: string[]) => string,
): string {
  const [latest] = resumable;
  if (latest === undefined) return 'No ingest can be resumed on this machine.';
  const rows = resumable.map((one) => {
    const { changedAt, datasetId, sandbox, batchId = '', files, uploadedFiles, completed } = one;
    const done = completed ? 'completed' : `${uploadedFiles} of ${formatQuantity(files, 'file')}`;
    return [changedAt, datasetId, sandbox, batchId, done, one.journal];
  });
  const head = ['INTERRUPTED', 'DATASET', 'SANDBOX', 'BATCH', 'UPLOADED', 'JOURNAL'];
  return [
    formatTable([head, ...rows]),
    `To resume the latest: ${suggest('resume', latest.journal)}`,
  ].join('\n');
}
