/** `runs`: what this machine has loaded or left open. */
import type { Command } from 'commander';
import { omitUndefined } from '../../shared/options.js';
import { addCommand, type CommonFlags } from '../flags.js';
import { formatTable } from '../format.js';
import { listOpenIngests, type OpenIngest, readHistory } from '../open-ingests.js';
import { isRunning, type RunRecord } from '../run-history.js';
import { action, type Subcommand } from '../session.js';

/**
 * `ended`: the outcome is known, or the run failed and nothing is left to be resumed; `running`: a process
 * is at it; `open`: it broke off and can be resumed; `killed`: it broke off, and its journal is gone.
 */
type State = 'ended' | 'running' | 'open' | 'killed';

type Run = Partial<Omit<RunRecord, 'process' | 'files'>> &
  Pick<RunRecord, 'startedAt' | 'journal' | 'sandbox'> & { state: State };

export function runs(program: Command): Subcommand {
  const description = 'List what this machine has loaded or left open, newest first.';
  const command = addCommand(program, 'runs', description, ['runs', 'runs --json']);
  return action<CommonFlags>(command, async (session) => {
    const records = await readHistory();
    const open = await listOpenIngests(records);
    const found = await mergeRuns(records, open);
    const suggest = session.suggest.bind(session);
    return { json: { runs: found }, text: formatRuns(found, suggest) };
  });
}

/** Each record with its state, and the open ingests that have no record any more. */
async function mergeRuns(
  records: readonly RunRecord[],
  open: readonly OpenIngest[],
): Promise<Run[]> {
  const left = new Map(open.map((one) => [one.journal, one]));
  const runs: Run[] = [];
  for (const record of records) {
    const { process: _process, files: _files, batches: all, ...shown } = record;
    const batches = all?.map(({ files: _, ...batch }) => batch);
    const state = await findState(record, left.get(record.journal));
    runs.push({ ...shown, ...omitUndefined({ batches }), state });
    // Of several runs with one journal only the last one may still be open.
    left.delete(record.journal);
  }
  const others = [...left.values()].map((one): Run => {
    const { changedAt: startedAt, journal, running, batchId, ...target } = one;
    const { origin, orgId, sandbox, datasetId } = target;
    const state = running ? 'running' : 'open';
    const batch = batchId === undefined ? {} : { batchId };
    return { startedAt, origin, orgId, sandbox, datasetId, ...batch, journal, state };
  });
  return [...runs, ...others].sort((one, two) => (one.startedAt < two.startedAt ? 1 : -1));
}

async function findState(record: RunRecord, journal: OpenIngest | undefined): Promise<State> {
  if (journal?.running === true || (await isRunning(record))) return 'running';
  if (journal !== undefined) return 'open';
  return record.endedAt === undefined ? 'killed' : 'ended';
}

function formatRuns(runs: readonly Run[], suggest: (...args: string[]) => string): string {
  if (runs.length === 0) return 'No runs are recorded on this machine.';
  const rows = runs.map(({ startedAt, state, outcome, error, batchId, ...run }) => {
    const result = state === 'ended' ? (outcome ?? error ?? 'failed') : state;
    const { datasetId = '', sandbox, sources = [] } = run;
    return [startedAt, result, batchId ?? '', datasetId, sandbox, sources.join(' ')];
  });
  const head = ['STARTED', 'RESULT', 'BATCH', 'DATASET', 'SANDBOX', 'SOURCES'];
  const hint = runs.some(({ state }) => state === 'open')
    ? [`To see what can be resumed: ${suggest('resume')}`]
    : [];
  return [formatTable([head, ...rows]), ...hint].join('\n');
}
