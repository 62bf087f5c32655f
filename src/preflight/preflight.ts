import type { FileFormat } from '../resources/types.js';
import type { SourceFile } from '../upload/source.js';
import { checkFile, type FileReport } from './file.js';
import { FileFindings, Findings } from './findings.js';
import {
  ADVISED_BATCH_BYTES,
  ADVISED_FILES,
  countText,
  MAX_BATCH_BYTES,
  MAX_FILES,
  MAX_FINDINGS,
  MAX_OPEN_FILES,
  sizeText,
} from './limits.js';
import { checkPath, Paths, USUAL_URL_PREFIX_LENGTH } from './paths.js';
import { LOOKS } from './sniff.js';
import type { PreflightOptions, PreflightResult } from './types.js';

/** Above this a file goes in parts, unless the caller says otherwise. */
const LARGE_FILE_BYTES = 256_000_000;
/** What the platform takes a batch for that has no format. */
const DEFAULT_FORMAT: FileFormat = 'parquet';

/**
 * Looks at files before anything is sent, at both ends of each, or, when it is to be `deep`, at
 * every byte. What it finds is in the result: it throws only for options that cannot be used and
 * for a signal. Streams are the affair of `StreamCheck`.
 * @throws {InvalidInputError} for CSV options that no reader takes.
 */
export async function preflight(
  files: Iterable<SourceFile> | AsyncIterable<SourceFile>,
  options: PreflightOptions = {},
): Promise<PreflightResult> {
  const batch = new BatchCheck(options);
  const underWay: Promise<FileReport>[] = [];
  try {
    for await (const file of files) {
      options.signal?.throwIfAborted();
      const checking = batch.begin(file);
      if (checking === undefined) continue;
      checking.catch(() => undefined); // it is awaited in its turn; until then it may fail
      underWay.push(checking);
      if (underWay.length >= MAX_OPEN_FILES) await next(underWay, batch);
    }
    while (underWay.length > 0) await next(underWay, batch);
  } finally {
    await Promise.allSettled(underWay); // no file may stay open
  }
  return batch.result();
}

/** Reports are taken in the order of the files, whichever was done first. */
async function next(underWay: Promise<FileReport>[], batch: BatchCheck): Promise<void> {
  const report = await underWay.shift();
  if (report !== undefined) batch.end(report);
}

/** What is true of a batch as a whole; of its files only counts and paths are kept. */
class BatchCheck {
  readonly #options: PreflightOptions;
  readonly #findings = new Findings(MAX_FINDINGS);
  /** What is true of all files is told even where theirs are too many to list. */
  readonly #totals = new Findings(MAX_FINDINGS);
  readonly #paths = new Paths();
  #files = 0;
  #bytes = 0;
  #rows: number | undefined = 0;
  #firstFormat: { path: string; format: FileFormat } | undefined;
  #firstJson: { path: string; isArray: boolean } | undefined;

  constructor(options: PreflightOptions) {
    this.#options = options;
  }

  /** Begins to check a file, unless there are too many already: then they are only counted. */
  begin(file: SourceFile): Promise<FileReport> | undefined {
    this.#files++;
    this.#bytes += file.sizeBytes;
    if (this.#files > MAX_FILES) return undefined;
    const { partialIngestionPercent = 0, urlPrefixLength = USUAL_URL_PREFIX_LENGTH } =
      this.#options;
    const findings = new FileFindings(file.path, partialIngestionPercent > 0 ? 'warning' : 'error');
    const inParts = file.sizeBytes > (this.#options.largeFileThresholdBytes ?? LARGE_FILE_BYTES);
    checkPath(findings, file.path, { urlPrefixLength, inParts });
    this.#paths.check(findings, file.path);
    return checkFile(file, findings, this.#options);
  }

  end(report: FileReport): void {
    this.#compare(report);
    this.#findings.take(report.findings);
    const { rows } = report;
    this.#rows = this.#rows === undefined || rows === undefined ? undefined : this.#rows + rows;
  }

  /** One batch has one format, and one kind of JSON: those of its first file. */
  #compare({ path, format, isArray, findings }: FileReport): void {
    if (format === undefined) return;
    this.#firstFormat ??= { path, format };
    const first = this.#firstFormat;
    if (format !== first.format) {
      const what = `is ${LOOKS[format].name}, and the first file, ${first.path}, is ${LOOKS[first.format].name}`;
      findings.error(`${what}. A batch has one format: make one batch for each.`);
    } else if (isArray !== undefined) {
      this.#firstJson ??= { path, isArray };
      if (isArray === this.#firstJson.isArray) return;
      const [is, was] = isArray ? ['one array', 'JSON Lines'] : ['JSON Lines', 'one array'];
      const what = `is ${is}, and the first file, ${this.#firstJson.path}, is ${was}`;
      findings.error(`${what}. Make one batch for each.`);
    }
  }

  #checkTotals(): void {
    const [files, bytes] = [this.#files, this.#bytes];
    const say = (level: 'error' | 'warning', message: string) =>
      this.#totals.add({ level, message });
    if (files === 0) say('error', 'There are no files. Name some to ingest.');
    const split = 'Make several batches of it.';
    const [count, size] = [`The batch has ${countText(files)} files`, sizeText(bytes)];
    if (files > MAX_FILES) {
      say('error', `${count}, and ${countText(MAX_FILES)} is the most. ${split}`);
    } else if (files > ADVISED_FILES) {
      say('warning', `${count}; at most ${countText(ADVISED_FILES)} are advised. ${split}`);
    }
    if (bytes > MAX_BATCH_BYTES) {
      say('error', `The batch has ${size}, and ${sizeText(MAX_BATCH_BYTES)} is the most. ${split}`);
    } else if (bytes > ADVISED_BATCH_BYTES) {
      const advised = sizeText(ADVISED_BATCH_BYTES);
      say('warning', `The batch has ${size}; at most ${advised} are advised. ${split}`);
    }
  }

  result(): PreflightResult {
    this.#checkTotals();
    const format = this.#options.format ?? this.#firstFormat?.format ?? DEFAULT_FORMAT;
    const isMultiLine = this.#options.isMultiLineJson ?? this.#firstJson?.isArray;
    const counted = this.#rows !== undefined && this.#files > 0 && this.#files <= MAX_FILES;
    return {
      format,
      isMultiLineJson: format === 'json' ? (isMultiLine ?? false) : undefined,
      findings: [...this.#totals.list(), ...this.#findings.list()],
      errors: this.#count('error'),
      warnings: this.#count('warning'),
      files: this.#files,
      bytes: this.#bytes,
      ...(counted && this.#rows !== undefined ? { rows: this.#rows } : {}),
    };
  }

  #count(level: 'error' | 'warning'): number {
    return this.#totals.count(level) + this.#findings.count(level);
  }
}
