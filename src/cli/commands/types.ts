/** `types`: the schema of a dataset's rows as TypeScript types. */
import type { Command } from 'commander';
import { UsageError } from '../exit-codes.js';
import { addCommand } from '../flags.js';
import { writeTextFile } from '../output-file.js';
import {
  addSchemaFlags,
  formatSchemaName,
  type RowSchemaFlags,
  requireRowSchema,
  toSchemaJson,
} from '../row-schema.js';
import { action, type Subcommand } from '../session.js';

interface TypesFlags extends RowSchemaFlags {
  out?: string;
}

export function types(program: Command): Subcommand {
  const description = "Write TypeScript types of a dataset's rows, for `ingest<Row>({ records })`.";
  const command = addCommand(program, 'types', description, [
    'types --dataset 5c8c3c555033b814b69f947f --out rows.ts',
    'types --schema loyalty.schema.json --out rows.ts',
  ]);
  addSchemaFlags(command, 'write the types of').option('--out <file>', 'write them to this file');
  return action<TypesFlags>(command, async (session, flags) => {
    const { out, json } = flags;
    if (json === true && out === undefined) {
      throw new UsageError('--json needs --out <file>: the types are written there.');
    }
    const { rows } = await requireRowSchema(session, flags);
    const { generateTypes } = await import('../../schema/index.js');
    const text = generateTypes(rows).trimEnd();
    if (out === undefined) return { json: {}, text };
    await writeTextFile(out, text);
    return {
      json: { out, ...toSchemaJson(rows) },
      text: `The types of ${formatSchemaName(rows)} are written to ${out}.`,
      effect: `the types are written to ${out}`,
      isConfirmation: true,
    };
  });
}
