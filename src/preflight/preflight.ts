/**
 * Preflight finds what the platform would reject before anything is sent: `preflight()` checks the
 * files of a batch, `StreamCheck` in stream.ts a stream. It works offline and may import upload,
 * resources, http and shared, never ingest.
 */
import type { FileFormat } from '../resources/types.js';
import { formatCount, formatSize } from '../shared/format.js';
import {
  ADVISED_BATCH_BYTES,
  ADVISED_FILES,
  MAX_BATCH_BYTES,
  MAX_FILES,
  MAX_PUT_BYTES,
} from '../shared/limits.js';
import { invalid, omitUndefined } from '../shared/options.js';
import type { SourceFile } from '../upload/source.js';
import { CsvBatch } from './csv-batch.js';
import { type BatchContext, checkFile, type FileReport } from './file.js';
import { createFinding, FileFindings, Findings, summarize } from './findings.js';
import { IdSet } from './id-set.js';
import { BatchColumns } from './parquet-columns.js';
import { checkPath, Paths, USUAL_URL_PREFIX_LENGTH } from './paths.js';
import { FORMATS } from './sniff.js';
import type { FindingRule, PreflightOptions, PreflightResult } from './types.js';

/** How many files are open at once. */
const MAX_OPEN_FILES = 4;
const MAX_BATCH_SIZE = `1 TB (2^40 bytes, ${formatSize(MAX_BATCH_BYTES)})`;

/**
 * Checks files before anything is sent: both ends of each or, with `deep`, every byte. Problems are
 * in the result; it throws only for invalid options and when the signal aborts.
 * @throws {InvalidInputError} for CSV options that the parser does not accept, or for files that are not CSV.
 */
export async function preflight(
  files: Iterable<SourceFile> | AsyncIterable<SourceFile>,
  options: PreflightOptions = {},
): Promise<PreflightResult> {
  const batch = new BatchCheck(options);
  const pending: Promise<FileReport>[] = [];
  try {
    for await (const file of files) {
      options.signal?.throwIfAborted();
      const check = batch.startFile(file);
      if (check === undefined) continue;
      check.catch(() => undefined); // it is awaited in its turn; until then it may fail
      pending.push(check);
      if (pending.length >= MAX_OPEN_FILES) await addNextReport(batch, pending);
    }
    while (pending.length > 0) await addNextReport(batch, pending);
  } finally {
    await Promise.allSettled(pending); // no file may stay open
  }
  return batch.toResult();
}

/** Adds reports in the order of the files, whichever was done first. */
async function addNextReport(batch: BatchCheck, pending: Promise<FileReport>[]): Promise<void> {
  const report = await pending.shift();
  if (report !== undefined) batch.addReport(report);
}

/** The check of a whole batch; of its files it keeps only counts and paths. */
class BatchCheck {
  readonly #options: PreflightOptions;
  readonly #findings = new Findings();
  /** Findings about the batch, apart: they are listed even if those of files are too many. */
  readonly #batchFindings = new Findings();
  readonly #paths = new Paths();
  readonly #columns = new BatchColumns();
  readonly #context: BatchContext;
  #files = 0;
  #bytes = 0;
  #isEstimate = false;
  #rows: number | undefined = 0;
  #firstFormat: { path: string; format: FileFormat } | undefined;
  #firstJson: { path: string; isArray: boolean } | undefined;

  readonly #csv: CsvBatch;

  constructor(options: PreflightOptions) {
    this.#options = options;
    this.#csv = new CsvBatch(options.csv ?? {});
    this.#context = { options, ids: new IdSet() };
  }

  /** Starts the check of a file, unless there are too many already: then they are only counted. */
  startFile(file: SourceFile): Promise<FileReport> | undefined {
    this.#files++;
    this.#bytes += file.sizeBytes;
    this.#isEstimate ||= file.stream !== undefined;
    if (this.#files > this.#maxFiles) return undefined;
    const { partialIngestionPercent = 0, urlPrefixLength = USUAL_URL_PREFIX_LENGTH } =
      this.#options;
    const findings = new FileFindings(file.path, partialIngestionPercent > 0 ? 'warning' : 'error');
    const isInParts = file.sizeBytes > (this.#options.largeFileThresholdBytes ?? MAX_PUT_BYTES);
    checkPath(findings, file.path, { urlPrefixLength, isInParts });
    this.#paths.check(findings, file.path);
    return checkFile(file, findings, this.#context);
  }

  get #maxFiles(): number {
    return this.#options.areOfManyBatches === true ? Number.POSITIVE_INFINITY : MAX_FILES;
  }

  addReport(report: FileReport): void {
    this.#compareFormat(report);
    this.#columns.compare(report.findings, report.path, report.columns ?? []);
    if (report.csv !== undefined) this.#csv.add(report.path, report.findings, report.csv);
    this.#findings.merge(report.findings);
    const { rows } = report;
    this.#rows = this.#rows === undefined || rows === undefined ? undefined : this.#rows + rows;
  }

  /** A batch has one format, and one kind of JSON: those of its first file. */
  #compareFormat({ path, format, isArray, findings }: FileReport): void {
    if (format === undefined) return;
    this.#firstFormat ??= { path, format };
    const first = this.#firstFormat;
    if (format !== first.format) {
      const problem = `the file is ${FORMATS[format].name}, but the first file, ${first.path}, is ${FORMATS[first.format].name}`;
      const details = { kind: 'several formats', rule: 'file-format' } as const;
      const fix = 'A batch has one format: make one batch for each.';
      findings.addError(`${problem}. ${fix}`, undefined, { ...details, fix });
    } else if (isArray !== undefined) {
      this.#firstJson ??= { path, isArray };
      if (isArray === this.#firstJson.isArray) return;
      const [is, was] = isArray ? ['one array', 'JSON Lines'] : ['JSON Lines', 'one array'];
      const problem = `the file is ${is}, but the first file, ${this.#firstJson.path}, is ${was}`;
      const fix = 'Make one batch for each.';
      const details = { kind: 'several kinds of JSON', fix };
      findings.addError(`${problem}. ${fix}`, undefined, details);
    }
  }

  #checkTotals(): void {
    const [files, bytes] = [this.#files, this.#bytes];
    const add = (level: 'error' | 'warning', message: string, rule: FindingRule = 'size') =>
      this.#batchFindings.add(
        createFinding(
          omitUndefined({
            level,
            effect: level === 'error' ? ('batch-fails' as const) : undefined,
            rule,
            message,
          }),
        ),
      );
    if (files === 0) add('error', 'No files to ingest. Pass at least one.', 'empty');
    if (this.#options.areOfManyBatches === true) return;
    const fix = 'Split it into several batches.';
    const [count, size] = [`The batch has ${formatCount(files)} files`, formatSize(bytes)];
    if (files > MAX_FILES) {
      add('error', `${count}; the maximum is ${formatCount(MAX_FILES)}. ${fix}`);
    } else if (files > ADVISED_FILES) {
      add('warning', `${count}; at most ${formatCount(ADVISED_FILES)} are advised. ${fix}`);
    }
    if (bytes > MAX_BATCH_BYTES) {
      add('error', `The batch has ${size}; the maximum is ${MAX_BATCH_SIZE}. ${fix}`);
    } else if (bytes > ADVISED_BATCH_BYTES) {
      const advised = formatSize(ADVISED_BATCH_BYTES);
      add('warning', `The batch has ${size}; at most ${advised} are advised. ${fix}`);
    }
  }

  toResult(): PreflightResult {
    this.#checkTotals();
    const format = this.#options.format ?? this.#firstFormat?.format;
    assertCsvOptionsFit(this.#options, format);
    const isMultiLine = this.#options.isMultiLineJson ?? this.#firstJson?.isArray;
    const findings = [
      ...this.#batchFindings.list(),
      ...this.#findings.list(),
      ...this.#csv.notes(),
    ];
    const areCounted = this.#files > 0 && this.#files <= this.#maxFiles;
    return {
      format,
      isMultiLineJson: format === 'json' ? (isMultiLine ?? false) : undefined,
      findings,
      summary: summarize(findings),
      errors: this.#count('error'),
      warnings: this.#count('warning'),
      files: this.#files,
      bytes: this.#bytes,
      ...(this.#isEstimate ? { isEstimate: true as const } : {}),
      ...(format === 'csv' ? { csv: this.#csv.options } : {}),
      ...(areCounted && this.#rows !== undefined ? { rows: this.#rows } : {}),
    };
  }

  #count(level: 'error' | 'warning'): number {
    return this.#batchFindings.count(level) + this.#findings.count(level);
  }
}

/** @throws {InvalidInputError} for options that would have no effect. */
function assertCsvOptionsFit({ csv = {} }: PreflightOptions, format: FileFormat | undefined): void {
  if (format === undefined || format === 'csv') return;
  const name = Object.keys(omitUndefined({ ...csv }))[0];
  if (name === undefined) return;
  const fix = 'Leave it out, or pass the format csv.';
  throw invalid(
    `csv.${name}`,
    `no option for CSV, since the files are ${FORMATS[format].name}`,
    csv[name as keyof typeof csv],
    fix,
  );
}
