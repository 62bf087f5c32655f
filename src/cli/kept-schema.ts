/** `--offline`: the schema of a dataset as it was read last, without credentials and without a request. */
import type { DatasetSchema } from '../schema/dataset-schema.js';
import { omitUndefined } from '../shared/options.js';
import { UsageError } from './exit-codes.js';
import type { FoundSchema, RowRuleFlags } from './row-schema.js';
import type { Session } from './session.js';
import { findSchemaFolder } from './state-dir.js';

/** What was kept of a dataset, and where that was read. */
interface Kept {
  readonly found: DatasetSchema;
  readonly origin: string;
  readonly orgId: string;
  readonly sandbox: string;
}

/**
 * The schema that was kept, of any age.
 * @throws {UsageError} where there is none, or one of each of several sandboxes.
 */
export async function readKeptSchema(
  session: Session,
  datasetId: string,
  { identities = false, empty, unknown, strict }: RowRuleFlags,
  sandbox: string | undefined,
): Promise<FoundSchema> {
  const { toRowSchema, withDescriptors } = await import('../schema/dataset-schema.js');
  const kept = await findKept(session, datasetId, sandbox);
  const { found } = kept;
  if (identities && found.descriptors === undefined) {
    throw new UsageError(
      `The identities of dataset ${datasetId} were not read before. Run the same once without --offline.`,
    );
  }
  const readAt = found.fetchedAtMs ?? 0;
  const time = new Date(readAt).toISOString();
  const rules = omitUndefined({ empty, unknown, strict });
  const rows = toRowSchema(withDescriptors(found, identities), rules);
  return {
    rows,
    readAt: time,
    origin: `kept of sandbox ${kept.sandbox}, read ${formatAge(Date.now() - readAt)} (${time})`,
  };
}

async function findKept(
  session: Session,
  datasetId: string,
  sandboxFlag: string | undefined,
): Promise<Kept> {
  const { AEP_ORIGIN, AEP_ORG_ID, AEP_SANDBOX } = session.environment();
  const wanted = { origin: AEP_ORIGIN, orgId: AEP_ORG_ID, sandbox: sandboxFlag ?? AEP_SANDBOX };
  const all = await listKept(datasetId);
  const matching = all.filter(
    ({ origin, orgId, sandbox }) =>
      (wanted.origin === undefined || new URL(origin).host === toHost(wanted.origin)) &&
      (wanted.orgId === undefined || orgId === wanted.orgId) &&
      (wanted.sandbox === undefined || sandbox === wanted.sandbox),
  );
  const [only, ...others] = matching;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) {
    const list = matching.map((one) => `${one.sandbox} of ${one.orgId} at ${one.origin}`);
    throw new UsageError(
      `The schema of dataset ${datasetId} was kept of several sandboxes: ${list.join('; ')}. Pass --sandbox <name>, or set AEP_ORG_ID and AEP_ORIGIN.`,
    );
  }
  const elsewhere = [...new Set(all.map(({ sandbox }) => sandbox))];
  const other = elsewhere.length === 0 ? '' : ` It was kept of sandbox ${elsewhere.join(', ')}.`;
  throw new UsageError(
    `The schema of dataset ${datasetId} was not read before.${other} Run the same once without --offline.`,
  );
}

const toHost = (origin: string): string | undefined =>
  URL.canParse(origin) ? new URL(origin).host : undefined;

async function listKept(datasetId: string): Promise<Kept[]> {
  const folder = findSchemaFolder();
  if (folder === undefined) return [];
  const { FileSchemaStore } = await import('../schema/file-store.js');
  const { parseKey } = await import('../schema/cache.js');
  const kept: Kept[] = [];
  for await (const { key, entry } of new FileSchemaStore(folder).list()) {
    const target = parseKey(key);
    const { dataset } = entry;
    if (target?.id !== `dataset:${datasetId}` || dataset === undefined) continue;
    const { origin, orgId, sandbox } = target;
    kept.push({ found: { ...entry, dataset }, origin, orgId, sandbox });
  }
  return kept;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** How long ago something was, in its largest unit. */
export function formatAge(ms: number): string {
  for (const [unit, size] of UNITS) {
    const count = Math.floor(ms / size);
    if (count > 0) return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}
