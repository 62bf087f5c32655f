/** The schema that rows are checked by, for the commands that take `--dataset` or `--schema`. */
import { type Command, Option } from 'commander';
import type { CommandClient } from '../client.js';
import type { DatasetReadOptions, DatasetSchema } from '../schema/dataset-schema.js';
import type { RowSchema, RowSchemaOptions, Severity } from '../schema/index.js';
import { formatSize } from '../shared/format.js';
import { describeJsonError } from '../shared/json-error.js';
import { openRegularFile } from '../shared/open-file.js';
import { omitUndefined } from '../shared/options.js';
import { UsageError } from './exit-codes.js';
import type { CommonFlags } from './flags.js';
import { readKeptSchema } from './kept-schema.js';
import type { Session } from './session.js';
import { findStateFolder, makeFolder } from './state-dir.js';

/** How rows are checked by a schema. */
export interface RowRuleFlags {
  empty?: Severity;
  unknown?: Severity;
  strict?: boolean;
  identities?: boolean;
}

export interface RowSchemaFlags extends CommonFlags, RowRuleFlags {
  dataset?: string;
  schema?: string;
  offline?: boolean;
}

const SEVERITIES: readonly Severity[] = ['error', 'warn', 'ignore'];

export const addRowRuleFlags = (command: Command): Command =>
  command
    .addOption(
      new Option('--empty <level>', 'what "", {} and [] are (default: warn)').choices(SEVERITIES),
    )
    .addOption(
      new Option(
        '--unknown <level>',
        'what a field is that the schema does not have (default: warn)',
      ).choices(SEVERITIES),
    )
    .option('--strict', 'a value that the platform converts, such as "12" for 12, is an error')
    .option('--identities', 'check that rows have the primary identity of the schema');

export const addRowSchemaFlags = (command: Command): Command =>
  addRowRuleFlags(addSchemaFlags(command, 'check rows by'));

/** @param what what is done by the schema, before the words that name it. */
export const addSchemaFlags = (command: Command, what: string): Command =>
  command
    .option('--dataset <id>', `${what} the schema of this dataset, read from the platform`)
    .option('--schema <file>', `${what} the schema in this file; sends nothing`)
    .option('--offline', 'with --dataset: use the schema as it was read last, send nothing');

/** A schema, and what is said of where it comes from. */
export interface FoundSchema {
  readonly rows: RowSchema;
  /** Such as `read 2026-01-31T12:00:00.000Z`. */
  readonly origin: string;
  /** When the platform was asked for it; missing for one of a file. */
  readonly readAt?: string;
}

/**
 * The schema that the flags name; `undefined` where they name none.
 * @throws {UsageError | InvalidInputError} for a schema that cannot be used, or is not there.
 */
export async function findRowSchema(
  session: Session,
  flags: RowSchemaFlags,
): Promise<FoundSchema | undefined> {
  assertRowSchemaFlags(flags);
  if (flags.schema !== undefined) {
    return { rows: await readSchemaFile(flags.schema, flags), origin: `from ${flags.schema}` };
  }
  if (flags.dataset === undefined) return undefined;
  if (flags.offline === true) {
    return readKeptSchema(session, flags.dataset, flags, flags.sandbox);
  }
  return readSchemaOfDataset(await session.connect(), flags.dataset, flags, session.signal);
}

/**
 * The schema that the flags name.
 * @throws {UsageError | InvalidInputError} where they name none, or one that cannot be used.
 */
export async function requireRowSchema(
  session: Session,
  flags: RowSchemaFlags,
): Promise<FoundSchema> {
  const found = await findRowSchema(session, flags);
  if (found === undefined) throw new UsageError('Pass --dataset <id> or --schema <file>.');
  return found;
}

/** @throws {UsageError} for flags that do nothing. */
function assertRowSchemaFlags(flags: RowSchemaFlags): void {
  const { dataset, schema, offline } = flags;
  if (dataset !== undefined && schema !== undefined) {
    throw new UsageError('Pass either --dataset or --schema, not both.');
  }
  if (offline === true && dataset === undefined) {
    throw new UsageError('--offline goes with --dataset.');
  }
  if (dataset !== undefined || schema !== undefined) return;
  for (const name of ['empty', 'unknown', 'strict', 'identities'] as const) {
    if (flags[name] === undefined) continue;
    throw new UsageError(`--${name} goes with --dataset <id> or --schema <file>.`);
  }
}

/** The rules for rows that the flags set. */
const toRules = ({ empty, unknown, strict }: RowRuleFlags) =>
  omitUndefined({ empty, unknown, strict });

/** @throws {UsageError | InvalidInputError} that names the file. */
async function readSchemaFile(path: string, flags: RowRuleFlags): Promise<RowSchema> {
  const { RowSchema } = await import('../schema/index.js');
  const text = await readText(path);
  const rules: RowSchemaOptions = {
    ...toRules(flags),
    // Those in the schema's own `meta:descriptors` are added.
    ...(flags.identities === true ? { identities: [] } : {}),
    source: path,
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const problem = describeJsonError(text);
    throw new UsageError(
      `Invalid ${path}: expected a schema as JSON; ${problem}. \`aep-batch schema <datasetId> --out <file>\` writes one.`,
    );
  }
  return RowSchema.from(json, rules);
}

/** The largest schemas of the registry have a few megabytes. */
const MAX_SCHEMA_BYTES = 64 * 1024 * 1024;

const tooLarge = (path: string, bytes: number): UsageError =>
  new UsageError(
    `Invalid ${path}: expected a schema of at most ${formatSize(MAX_SCHEMA_BYTES)}, received ${formatSize(bytes)}. Is it a file of rows?`,
  );

async function readText(path: string): Promise<string> {
  try {
    const { handle, stats } = await openRegularFile(path);
    try {
      if (stats.size > MAX_SCHEMA_BYTES) throw tooLarge(path, stats.size);
      return (await handle.readFile('utf8')).replace(/^\ufeff/, '');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`Cannot read the schema ${path}: ${code ?? message}. Check the path.`);
  }
}

/** A schema of the platform, read at most five minutes ago. */
export async function readSchemaOfDataset(
  client: CommandClient,
  datasetId: string,
  { identities, ...rules }: RowRuleFlags,
  signal: AbortSignal,
): Promise<FoundSchema> {
  const { toRowSchema } = await import('../schema/dataset-schema.js');
  const options = { ...omitUndefined({ identities }), seenFields: true, signal };
  const found = await readDataset(client, datasetId, options);
  const { fetchedAtMs = Date.now() } = found;
  const time = new Date(fetchedAtMs).toISOString();
  return { rows: toRowSchema(found, toRules(rules)), origin: `read ${time}`, readAt: time };
}

/**
 * A dataset with its schema. One that is not there is a mistake in the input, not a failure of the platform.
 * @throws {UsageError} that says so.
 */
export async function readDataset(
  client: CommandClient,
  datasetId: string,
  options: DatasetReadOptions,
): Promise<DatasetSchema> {
  const folder = findStateFolder();
  // Without it the schema is not kept, which is no reason to fail.
  if (folder !== undefined) await makeFolder(folder).catch(() => undefined);
  try {
    return await client.datasetSchema(datasetId, options);
  } catch (error) {
    const { NotAcceptableError, NotFoundError } = await import('../http/errors.js');
    const isMissing = error instanceof NotFoundError || error instanceof NotAcceptableError;
    if (!isMissing) throw error;
    const hint = `Check the id and the sandbox: what another sandbox than ${client.sandbox} has is not found. To list its datasets: aep-batch datasets`;
    throw new UsageError(`${error.message}\n${hint}`, { cause: error });
  }
}

/** What `--json` says of a schema. */
export const toSchemaJson = ({ id, title, version, eTag, kind }: RowSchema) =>
  omitUndefined({ id, title, version, eTag, kind });

/** A schema in a message: `Loyalty Members 1.4 (https://…)`. */
export function formatSchemaName({ id, title, version }: RowSchema): string {
  const name = [title ?? 'schema', ...(version === undefined ? [] : [version])].join(' ');
  return id === undefined ? name : `${name} (${id})`;
}
