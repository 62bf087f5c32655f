/** `datasets`: the datasets of the sandbox, with the ids that `--dataset` takes. */
import type { Command } from 'commander';
import type { Dataset } from '../../resources/types.js';
import { addCommand, type CommonFlags } from '../flags.js';
import { formatTable, formatTime } from '../format.js';
import { action, type Subcommand } from '../session.js';

/** What is shown of a dataset. All fields, the schema of what was loaded included, would be megabytes. */
const PROPERTIES = 'name,description,schemaRef,tags,state,created,updated,lastBatchStatus';

interface DatasetsFlags extends CommonFlags {
  name?: string;
}

export function datasets(program: Command): Subcommand {
  const description = 'List datasets with their ids, by name.';
  const command = addCommand(program, 'datasets', description, [
    'datasets',
    'datasets --name loyalty',
  ]).option('--name <text>', 'only datasets whose name contains this text, in upper or lower case');
  return action<DatasetsFlags>(command, async (session, { name = '' }) => {
    const client = await session.connect();
    const found: Dataset[] = [];
    const query = { properties: PROPERTIES };
    for await (const dataset of client.datasets.list(query, { signal: session.signal })) {
      if (hasName(dataset, name)) found.push(dataset);
    }
    found.sort((one, two) => (one.name ?? '').localeCompare(two.name ?? ''));
    return { json: { datasets: found }, text: formatDatasets(found, name) };
  });
}

/** Compared here: whether a pattern of the Catalog respects the case was never published. */
const hasName = (dataset: Dataset, text: string): boolean =>
  (dataset.name ?? '').toLowerCase().includes(text.toLowerCase());

function formatDatasets(datasets: readonly Dataset[], name: string): string {
  if (datasets.length === 0) {
    return name === '' ? 'No datasets found.' : `No dataset has "${name}" in its name.`;
  }
  const rows = datasets.map(({ id, name: own = '', created, lastBatchStatus = '', schemaRef }) => [
    ...[id, own, formatTime(created), lastBatchStatus, schemaRef?.id ?? ''],
  ]);
  return formatTable([['DATASET', 'NAME', 'CREATED', 'LAST BATCH', 'SCHEMA'], ...rows]);
}
