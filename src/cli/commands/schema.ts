/** `schema`: the schema of a dataset's rows, shown or saved for `check --schema`. */
import type { Command } from 'commander';
import { UsageError } from '../exit-codes.js';
import { addCommand, type CommonFlags } from '../flags.js';
import { writeTextFile } from '../output-file.js';
import { formatSchemaName, readDataset, toSchemaJson } from '../row-schema.js';
import { action, type Subcommand } from '../session.js';

interface SchemaFlags extends CommonFlags {
  out?: string;
}

export function schema(program: Command): Subcommand {
  const description = "Show or save the schema of a dataset's rows, for `check --schema`.";
  const command = addCommand(program, 'schema <datasetId>', description, [
    'schema 5c8c3c555033b814b69f947f',
    'schema 5c8c3c555033b814b69f947f --out loyalty.schema.json',
  ]).option('--out <file>', 'write the schema to this file');
  return action<SchemaFlags>(command, async (session, { out, json }, [datasetId = '']) => {
    if (json === true && out === undefined) {
      throw new UsageError('--json needs --out <file>: the schema is written there.');
    }
    const client = await session.connect();
    const found = await readDataset(client, datasetId, { signal: session.signal });
    const { toRowSchema } = await import('../../schema/dataset-schema.js');
    // Fails for a dataset without a schema, and for a schema that no row can be checked by.
    const rows = toRowSchema(found, {});
    const text = JSON.stringify(found.schema, undefined, 2);
    if (out === undefined) return { json: {}, text };
    await writeTextFile(out, text);
    return {
      json: { out, datasetId, ...toSchemaJson(rows) },
      text: `${formatSchemaName(rows)} written to ${out}.`,
      effect: `the schema is written to ${out}`,
      isConfirmation: true,
    };
  });
}
