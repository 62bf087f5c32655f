/** What an ingest is going to do: an ingest carries it out, and a dry run prints it. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { listOriginals } from '../packing/originals.js';
import { packFiles } from '../packing/pack-files.js';
import { OWNER_TAG } from '../resources/owner-tag.js';
import type { CreateBatchRequest, InputFormat } from '../resources/types.js';
import type { InvalidInputError } from '../shared/errors.js';
import { formatSize } from '../shared/format.js';
import { notify } from '../shared/notify.js';
import { invalid, omitUndefined } from '../shared/options.js';
import type { UploadPlan } from '../upload/options.js';
import { openPipe } from '../upload/pipe.js';
import type { PackedMember, SourceFile } from '../upload/source.js';
import { checkFormat } from './check-files.js';
import {
  type Content,
  computeContentId,
  type HashedFile,
  hashFiles,
  toExternalId,
} from './content.js';
import type { IngestTarget } from './context.js';
import { checkSource, type Input, type OpenStream } from './input.js';
import {
  type Entry,
  type FileEntry,
  JOURNAL_VERSION,
  type MemberEntry,
} from './journal-entries.js';
import { type ValidIngestOptions, validateIngestOptions } from './options.js';
import type { RowCheck } from './row-check.js';
import { checkStreamOptions } from './stream.js';
import type { IngestOptions, IngestSource } from './types.js';
import { type Walked, type WalkOptions, walk } from './walk.js';

/** Where the rows come from: files of a known size, or a stream that can be read once. */
type PlannedSource =
  | { readonly files: readonly SourceFile[]; readonly openStream?: undefined }
  | { readonly files?: undefined; readonly openStream: OpenStream };

export type IngestPlan = PlannedSource & {
  readonly options: ValidIngestOptions;
  readonly target: IngestTarget;
  /** The request that creates the batch. It always has an `externalId` and an owner, by which the batch is found. */
  readonly request: CreateBatchRequest & { readonly externalId: string };
  readonly upload: UploadPlan;
  /** How many names were passed over: `_SUCCESS`, `.crc` and the like. */
  readonly skipped: number;
  /** What decides whether the files are loaded already, and what was read of each file, by its path. */
  readonly content?: (Content & { readonly hashed: ReadonlyMap<string, HashedFile> }) | undefined;
};

/** Reads what has to be known before rows are sent; opens their check by the schema of the dataset, if there is one. */
type OpenRowCheck = (options: ValidIngestOptions) => Promise<RowCheck | undefined>;

/**
 * Checks source and options, and plans the ingest. Sends nothing but what `openRowCheck` sends, and reads nothing of a stream.
 * `onWarning` of the options is called for what is only not advised.
 * @throws {PreflightError | InvalidInputError | SourceError} for what an ingest would not send.
 */
export async function planIngest(
  ingestSource: IngestSource | FoundFiles,
  ingestOptions: IngestOptions,
  { origin, orgId, sandbox }: IngestTarget,
  openRowCheck: OpenRowCheck = async () => undefined,
): Promise<IngestPlan> {
  const options = validateIngestOptions(ingestOptions);
  const { largeFileThresholdBytes, partSizeBytes, concurrency } = options;
  const upload = { largeFileThresholdBytes, partSizeBytes, concurrency };
  const { warnings, ...source } = await findSource(ingestSource, options);
  for (const warning of warnings) notify(options.onWarning, warning);
  const shared = { options, upload, target: { origin, orgId, sandbox } };
  if (source.openStream !== undefined) {
    checkStreamOptions(options);
    if (options.skipLoaded === true) throw notRepeatable();
    if (options.pack === true) throw notPacked();
    const request = buildCreateRequest(options, { format: 'json' });
    return { ...shared, openStream: source.openStream, request, skipped: 0 };
  }
  const areOfManyBatches = ingestSource instanceof FoundFiles && ingestSource.areOfManyBatches;
  const checkOptions = { ...options, areOfManyBatches };
  const format = await checkFormat(source.files, checkOptions, origin, () => openRowCheck(options));
  const request = buildCreateRequest(options, format);
  if (options.skipLoaded !== true) return { ...shared, ...source, request };
  const content = await readContent(source.files, request, options);
  return {
    ...shared,
    ...source,
    content,
    request: { ...request, externalId: toExternalId(content) },
  };
}

const notRepeatable = (): InvalidInputError =>
  invalid(
    'source',
    'files beside skipLoaded',
    'a stream',
    'Its contents are read twice: write it to a file, and ingest that.',
  );

const notPacked = (): InvalidInputError =>
  invalid(
    'source',
    'files beside pack',
    'a stream',
    'Leave pack out: a stream is one file already.',
  );

/** Reads all files before they are sent. */
async function readContent(
  files: readonly SourceFile[],
  request: CreateBatchRequest,
  { force, signal, onWarning }: ValidIngestOptions,
): Promise<Content & { hashed: ReadonlyMap<string, HashedFile> }> {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const what = files.length === 1 ? '1 file' : `${files.length} files`;
  const message = `The contents are read twice: now ${what} with ${formatSize(total)}, to find out whether they are loaded already, and again when they are sent.`;
  notify(onWarning, { level: 'note', message });
  const hashed = await readHashes(files, signal ?? new AbortController().signal);
  const contents = listOriginals(files).map(({ path }) => ({ path, hashed: hashed.get(path) }));
  return { id: computeContentId(request, contents), number: 1, from: 1, force, hashed };
}

/** Of the files that are packed, all was read when they were. */
async function readHashes(
  files: readonly SourceFile[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, HashedFile>> {
  const others = files.filter(({ members }) => members === undefined);
  const known = files.flatMap(({ members = [] }) => members).map(toHashed);
  return new Map([...known, ...(await hashFiles(others, signal))]);
}

const toHashed = ({ file, hashed }: PackedMember): [string, HashedFile] => [file.path, hashed];

/** Files that were found before, so that folders are not read again. */
export class FoundFiles {
  constructor(
    readonly walked: Walked,
    /** Whether they are of several batches: then no limit of a batch holds for all of them. */
    readonly areOfManyBatches: boolean,
  ) {}
}

type FoundSource = PlannedSource & Pick<Walked, 'skipped' | 'warnings'>;

const NONE_SKIPPED = { skipped: 0, warnings: [] };

/** A single path may name a pipe, which is a stream. */
export async function findSource(
  ingestSource: IngestSource | FoundFiles,
  options: FindOptions,
): Promise<FoundSource> {
  if (ingestSource instanceof FoundFiles) return ingestSource.walked;
  const source = checkSource(ingestSource);
  if ('stream' in source) return { openStream: source.stream, ...NONE_SKIPPED };
  if ('file' in source) return { files: [source.file], ...NONE_SKIPPED };
  const [first = '', ...more] = source.inputs;
  const isOnly = typeof first === 'string' && more.length === 0;
  const openStream = isOnly ? await openPipe(first) : undefined;
  if (openStream !== undefined) return { openStream, ...NONE_SKIPPED };
  return findFiles(source.inputs, options);
}

/** How files are found and, if that is asked for, packed. */
export interface FindOptions extends WalkOptions, Pick<IngestOptions, 'pack' | 'packBytes'> {
  format?: IngestOptions['format'];
  csv?: IngestOptions['csv'];
}

/** The files at some paths, with small ones packed where that is asked for. */
export async function findFiles(
  inputs: readonly Input[],
  { pack, packBytes, format, csv, ...options }: FindOptions,
): Promise<Walked> {
  const walked = await walk(inputs, options);
  if (pack !== true) return walked;
  const files = await packFiles(walked.files, {
    packBytes,
    format,
    csv,
    signal: options.signal,
  });
  return { ...walked, files };
}

function buildCreateRequest(options: IngestOptions, format: InputFormat): IngestPlan['request'] {
  const { datasetId, replace = [], tags, errorDiagnostics, partialIngestionPercent } = options;
  return omitUndefined({
    datasetId,
    externalId: options.externalId ?? `aep-batch-${randomUUID()}`,
    inputFormat: { ...format, ...options.csv },
    replay:
      replace.length === 0
        ? undefined
        : { predecessors: [...new Set(replace)], reason: 'replace' as const },
    tags: { ...tags, [OWNER_TAG]: [randomUUID()] },
    enableErrorDiagnostics: errorDiagnostics,
    partialIngestionPercent,
  });
}

/** The plan as the first steps of a journal. */
export function* toPlanEntries(
  plan: Omit<IngestPlan, 'openStream' | 'files'> & {
    readonly files?: readonly SourceFile[] | undefined;
    readonly maxBytes?: number | undefined;
  },
): Generator<Entry, void> {
  const { request, upload, target, files, skipped, options, content, maxBytes } = plan;
  const entry = {
    type: 'plan',
    version: JOURNAL_VERSION,
    externalId: request.externalId,
    ...target,
    request,
    upload,
    sha256: options.sha256,
    files: files?.length,
    skipped,
    content: content && toJournalContent(content),
    ...omitUndefined({ maxBytes }),
  } as const;
  yield entry;
  if (files === undefined) return;
  for (const file of files) yield* toFileEntries(file, content?.hashed.get(file.path));
  yield { type: 'planned' };
}

const toJournalContent = ({ id, number, from, force }: Content): Content =>
  omitUndefined({ id, number, from, force });

/** A file with those that it is packed from. */
function* toFileEntries(file: SourceFile, hashed?: HashedFile): Generator<FileEntry | MemberEntry> {
  yield toFileEntry(file, hashed);
  yield* toMemberEntries(file);
}

/** What a packed file is put together from; nothing for another file. */
export const toMemberEntries = ({ members = [] }: SourceFile): MemberEntry[] =>
  members.map(({ file, hashed, place }) => ({
    ...toFileEntry(file, hashed),
    type: 'member',
    hashed,
    place,
  }));

/** A file as the journal has it: a resume may run in another folder. */
export function toFileEntry(file: SourceFile, hashed?: HashedFile): FileEntry {
  const { path, sizeBytes, localPath, fingerprint: identity, version, coding, members } = file;
  const absolute = localPath === undefined ? undefined : resolve(localPath);
  const source =
    version === undefined || members !== undefined
      ? undefined
      : omitUndefined({ fingerprint: version.fingerprint, url: version.url });
  const isStream = file.stream === undefined ? undefined : (true as const);
  const count = members?.length;
  const more = omitUndefined({ source, coding, isStream, hashed, members: count });
  return { type: 'file', path, sizeBytes, localPath: absolute, identity, ...more };
}
