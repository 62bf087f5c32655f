/** Checks the rows of an ingest by the schema of its dataset, before they are sent. */
import type { FileFindings } from '../preflight/findings.js';
import { createFinding, Findings } from '../preflight/findings.js';
import type { FileRowChecker, RowChecker } from '../preflight/row-check.js';
import type { Finding } from '../preflight/types.js';
import type { FileFormat } from '../resources/types.js';
import type { BatchCheck, RowSchema } from '../schema/index.js';
import { formatCount } from '../shared/format.js';
import { notify } from '../shared/notify.js';
import { omitUndefined } from '../shared/options.js';
import type { IngestClient } from './context.js';
import { PreflightError } from './errors.js';
import type { IngestOptions } from './types.js';

/** What a sample is: enough to find a mistake that all rows have, and read in no time. */
const SAMPLE = { maxRows: 200, maxFiles: 10 };
/** The label by which a batch names a mapping: its rows need not be those of the schema. */
const MAPPER_LABEL = 'aep_sip_mapper';
/** A sample is only advice: a registry that does not respond must not delay an ingest for long. */
const SAMPLE_CALL = { timeoutMs: 10_000, maxRetries: 0 };

/** The check of the rows of one ingest. */
export interface RowCheck {
  readonly checker: RowChecker;
  /** In how many files rows are checked. Missing: in all of them, and every row. */
  readonly maxFiles?: number;
  /**
   * What a sample found, as warnings; nothing for a complete check, whose findings are among those of the files.
   */
  listWarnings(): Finding[];
  /**
   * @param findings those of the files.
   * @throws {PreflightError} where more rows would be rejected than may be.
   */
  assertFewRejected(findings: readonly Finding[]): void;
}

/**
 * Reads the schema of the dataset. One that cannot be read is a note, and rows are not checked: the ingest itself
 * may work. A dataset without a schema has none.
 */
export async function openRowCheck(
  client: Pick<IngestClient, 'readRowSchema'>,
  options: IngestOptions,
): Promise<RowCheck | undefined> {
  const { checkRows = 'none', datasetId, signal, timeoutMs, onWarning, rowRules } = options;
  if (checkRows === 'none') return undefined;
  if (Object.hasOwn(options.tags ?? {}, MAPPER_LABEL)) {
    const message = `Rows are not checked: the label ${MAPPER_LABEL} has them mapped to the schema of dataset ${datasetId} first.`;
    notify(onWarning, { level: 'note', message });
    return undefined;
  }
  const isComplete = checkRows === 'all';
  const callOptions = isComplete ? { timeoutMs } : SAMPLE_CALL;
  try {
    const schemaOptions = omitUndefined({ signal, ...callOptions, ...rowRules });
    const schema = await client.readRowSchema(datasetId, schemaOptions);
    if (schema === undefined) return undefined;
    return isComplete ? openComplete(schema, options) : openSample(schema);
  } catch (error) {
    signal?.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    const message = `Rows are not checked by the schema of dataset ${datasetId}, which cannot be used: ${why}`;
    notify(onWarning, { level: 'note', message });
    return undefined;
  }
}

async function openComplete(schema: RowSchema, options: IngestOptions): Promise<RowCheck> {
  const { BatchCheck } = await import('../schema/index.js');
  const checker = new BatchCheck(schema);
  return {
    checker,
    listWarnings: () => [],
    assertFewRejected: (findings) =>
      assertFewRejected(checker, options.partialIngestionPercent ?? 0, findings),
  };
}

function assertFewRejected(
  { counts: { rows, rejected } }: BatchCheck,
  maxPercent: number,
  findings: readonly Finding[],
): void {
  if (rejected * 100 <= rows * maxPercent) return;
  const percent = Math.ceil((rejected / rows) * 1000) / 10;
  const fix = 'Correct them, or allow more.';
  const message = `${formatCount(rejected)} of ${formatCount(rows)} rows (${percent} %) would be rejected, and at most ${maxPercent} % may be. ${fix}`;
  const finding = { level: 'error', effect: 'batch-fails', rule: 'size', message, fix } as const;
  const reasons = findings.map((one) =>
    one.effect === 'row-rejected' ? { ...one, level: 'error' as const } : one,
  );
  throw new PreflightError([createFinding(finding), ...reasons]);
}

async function openSample(schema: RowSchema): Promise<RowCheck> {
  const { BatchCheck } = await import('../schema/index.js');
  const sample = new Sample(new BatchCheck(schema, SAMPLE));
  return {
    checker: sample,
    maxFiles: SAMPLE.maxFiles,
    listWarnings: () => sample.listWarnings(),
    assertFewRejected: () => undefined,
  };
}

/** Keeps what it finds apart from the findings of the files: it is no reason to reject them. */
class Sample implements RowChecker {
  readonly #check: BatchCheck;
  readonly #files: FileFindings[] = [];

  constructor(check: BatchCheck) {
    this.#check = check;
  }

  openFile(findings: FileFindings, format: FileFormat): FileRowChecker {
    const own = findings.fork();
    if (this.#files.length < SAMPLE.maxFiles) this.#files.push(own);
    return this.#check.openFile(own, format);
  }

  listWarnings(): Finding[] {
    const all = new Findings();
    for (const own of this.#files) all.merge(own);
    return all
      .list()
      .filter(({ level }) => level !== 'note')
      .map((finding) => ({ ...finding, level: 'warning' }));
  }
}
