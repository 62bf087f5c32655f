/** The steps that a journal holds, and what each has to be before it is believed. */
import { isAbsolute } from 'node:path';
import * as requestChecks from '../../generated/request-checks.js';
import type { CreateBatchRequest } from '../resources/types.js';
import {
  checkHeaderValue,
  checkId,
  checkOrigin,
  checkSandbox,
  encodeFilePath,
} from '../shared/checks.js';
import { isCoding } from '../sources/coding.js';
import { validateBody } from '../typed-client/validate.js';
import { checkUploadPlan, type UploadPlan } from '../upload/options.js';
import type { Coding, FileFingerprint, PackedPlace } from '../upload/source.js';
import { CONTENT_ID, type Content, type HashedFile } from './content.js';
import {
  checkCount,
  checkHash,
  checkRange,
  checkText,
  expect,
  isRecord,
} from './journal-values.js';
import type { ProcessLock } from './lock.js';

/** Goes up when an older version could not read what a newer one writes. */
export const JOURNAL_VERSION = 2;

/** What an ingest is going to do. */
export interface PlanEntry {
  type: 'plan';
  version: number;
  externalId: string;
  /** Where this batch was started in place of another one: the externalId of the first one, and the number of this one. */
  anew?: { givenExternalId: string; attempt: number };
  /** What the batch holds, where its content decides whether it is loaded. */
  content?: Content | undefined;
  origin: string;
  orgId: string;
  sandbox: string;
  request: CreateBatchRequest;
  upload: UploadPlan;
  sha256: boolean;
  /** How many files follow; `undefined` for a stream, whose files come as it is read. */
  files: number | undefined;
  skipped: number;
  /**
   * How many bytes the batch is to have at most, where the sizes of its files are known only once they are read. It is
   * closed before a file that would exceed that.
   */
  maxBytes?: number;
}

export interface FileEntry {
  type: 'file';
  path: string;
  /** Of a stream only an estimate. */
  sizeBytes: number;
  /** Absolute; `undefined` for what is not a file of this machine: a resume may have to be given it again. */
  localPath: string | undefined;
  identity: FileFingerprint | undefined;
  /** Of contents from elsewhere: their version, and the URL if they have one, which may hold a secret. */
  source?: { fingerprint: string; url?: string };
  /** How it is decompressed while it is read. */
  coding?: Coding;
  /** Its size is known once it was sent. */
  isStream?: true;
  /** What was read of it for the content of the batch. */
  hashed?: HashedFile;
  /** Of a packed file: how many of the next steps are the files that it is put together from. */
  members?: number;
}

/** A file that is a part of the packed file before it, and where it is in that. */
export interface MemberEntry extends Omit<FileEntry, 'type' | 'members' | 'hashed'> {
  type: 'member';
  hashed: HashedFile;
  place: PackedPlace;
}

export interface UploadedEntry {
  type: 'uploaded';
  batchId: string;
  path: string;
  /** Of a stream: how many bytes it had. */
  sizeBytes?: number;
  sha256: string | undefined;
  parts: [number, number][] | undefined;
}

/** The steps by which a process locks a journal, of whatever kind it is. */
export type LockStep = LockEntry | { type: 'release'; claim: string };

export type Entry =
  | PlanEntry
  | FileEntry
  | MemberEntry
  | UploadedEntry
  | { type: 'planned' }
  /** A URL was signed anew. */
  | { type: 'moved'; path: string; url: string }
  | { type: 'ended'; files: number }
  | { type: 'created'; batchId: string }
  /** A file has its place in a batch of limited size; nothing of it was sent yet. The size may be an estimate. */
  | { type: 'admitted'; batchId: string; path: string; sizeBytes: number }
  /** The files that were not admitted are left for another batch. */
  | { type: 'closed'; batchId: string }
  | { type: 'initialized'; batchId: string; path: string }
  | { type: 'ranges-shown' }
  | { type: 'part'; batchId: string; path: string; start: number; end: number }
  | { type: 'completed'; batchId: string }
  | { type: 'aborted'; batchId: string }
  | { type: 'outcome'; batchId: string; outcome: string }
  | { type: 'notified' }
  /** Another batch has the files. */
  | { type: 'skipped'; batchId: string }
  | LockStep;

export type LockEntry = { type: 'claim' } & ProcessLock;

/** What the steps of a kind of journal are: those of an ingest, or those of a load of many batches. */
export interface JournalFormat<Step extends { type: string }> {
  /** What it is the journal of, as messages have it. */
  readonly what: string;
  /** The type of its first step, which holds the version. */
  readonly head: string;
  readonly version: number;
  /** @throws {InvalidInputError} for a known type with values that are never written. */
  isEntry(entry: { type: string }): entry is Step;
}

type Checks = { [Type in Entry['type']]: (entry: Record<string, unknown>) => void };

const CHECKS: Checks = {
  plan: checkPlan,
  file: checkFile,
  member: checkMember,
  planned: () => undefined,
  moved: ({ path, url }) => {
    encodeFilePath(path);
    checkText('url', url);
  },
  ended: ({ files }) => checkCount('files', files),
  created: checkBatch,
  admitted: (entry) => {
    checkUpload(entry);
    checkCount('sizeBytes', entry['sizeBytes']);
  },
  closed: checkBatch,
  initialized: checkUpload,
  'ranges-shown': () => undefined,
  part: (entry) => {
    checkUpload(entry);
    checkRange([entry['start'], entry['end']]);
  },
  uploaded: checkUploaded,
  completed: checkBatch,
  aborted: checkBatch,
  outcome: (entry) => {
    checkBatch(entry);
    checkText('outcome', entry['outcome']);
  },
  notified: () => undefined,
  skipped: checkBatch,
  claim: checkLock,
  release: ({ claim }) => void checkText('claim', claim),
};

/** @throws {InvalidInputError} for a known type with values that no ingest would write. */
export function isEntry(entry: { type: string }): entry is Entry {
  if (!Object.hasOwn(CHECKS, entry.type)) return false;
  CHECKS[entry.type as Entry['type']]({ ...entry });
  return true;
}

/** @throws {InvalidInputError} for a lock that no process writes. */
export function isLockStep(entry: { type: string }): entry is LockStep {
  return (entry.type === 'claim' || entry.type === 'release') && isEntry(entry);
}

export const INGEST_JOURNAL: JournalFormat<Entry> = {
  what: 'an ingest',
  head: 'plan',
  version: JOURNAL_VERSION,
  isEntry,
};

function checkPlan(plan: Record<string, unknown>): void {
  const { request, upload, origin, sha256, files, skipped } = plan;
  const externalId = checkText('externalId', plan['externalId']);
  expect('origin', typeof origin === 'string' && checkOrigin('origin', origin) === origin);
  checkHeaderValue('orgId', plan['orgId'], 'the organisation id');
  checkSandbox(plan['sandbox']);
  expect('request', isRecord(request) && request['externalId'] === externalId);
  validateBody(requestChecks.createBatch, request);
  checkId('datasetId', isRecord(request) ? request['datasetId'] : undefined);
  expect('upload', isRecord(upload));
  const { largeFileThresholdBytes, partSizeBytes, concurrency } = upload as Partial<UploadPlan>;
  // A missing one would get its default.
  for (const value of [largeFileThresholdBytes, partSizeBytes, concurrency])
    expect('upload', typeof value === 'number');
  checkUploadPlan(upload as Partial<UploadPlan>);
  expect('sha256', typeof sha256 === 'boolean');
  if (files !== undefined) checkCount('files', files);
  checkCount('skipped', skipped);
  checkLimit(plan);
  checkContent(plan);
  const { anew } = plan;
  if (anew === undefined) return;
  expect('anew', isRecord(anew));
  const { givenExternalId, attempt } = anew as Record<string, unknown>;
  expect('anew', Number.isSafeInteger(attempt) && Number(attempt) >= 2);
  expect('anew', externalId === `${checkText('givenExternalId', givenExternalId)}-${attempt}`);
}

function checkLimit({ maxBytes, files, content }: Record<string, unknown>): void {
  if (maxBytes === undefined) return;
  checkCount('maxBytes', maxBytes);
  // What is looked up by its content is planned by its sizes.
  expect('maxBytes', files !== undefined && content === undefined);
}

function checkContent({ content, externalId, files }: Record<string, unknown>): void {
  if (content === undefined) return;
  expect('content', isRecord(content) && files !== undefined);
  const { id, number, from, force } = content as Record<string, unknown>;
  expect('content', typeof id === 'string' && CONTENT_ID.test(id));
  expect('content', Number.isSafeInteger(from) && Number(from) >= 1);
  expect('content', Number.isSafeInteger(number) && Number(number) >= Number(from));
  expect('content', externalId === `${id}-${number}`);
  expect('content', force === undefined || typeof force === 'boolean');
}

function checkFile(entry: Record<string, unknown>): void {
  const { path, sizeBytes, localPath, identity, source, isStream, hashed } = entry;
  encodeFilePath(path);
  checkCount('sizeBytes', sizeBytes);
  if (hashed !== undefined) checkHashed(hashed);
  expect('isStream', isStream === undefined || isStream === true);
  expect('coding', entry['coding'] === undefined || isCoding(entry['coding']));
  expect('localPath', (localPath === undefined) === (identity === undefined));
  checkMembers(entry);
  if (source !== undefined) {
    expect('source', localPath === undefined && isRecord(source));
    const { fingerprint, url } = source as Record<string, unknown>;
    checkText('source', fingerprint);
    if (url !== undefined) checkText('source', url);
  }
  if (localPath === undefined) return;
  const isPath = typeof localPath === 'string' && isAbsolute(localPath);
  expect('localPath', isPath && !localPath.includes('\0'));
  expect('identity', isRecord(identity) && identity['sizeBytes'] === sizeBytes);
  const { mtimeNs, ctimeNs, inode } = identity as Record<string, unknown>;
  for (const value of [mtimeNs, ctimeNs, inode])
    expect('identity', typeof value === 'string' && /^-?\d{1,20}$/.test(value));
}

function checkMembers({ members, localPath, source, isStream }: Record<string, unknown>): void {
  if (members === undefined) return;
  expect('members', Number.isSafeInteger(members) && Number(members) >= 1);
  expect('members', localPath === undefined && source === undefined && isStream === undefined);
}

function checkMember(entry: Record<string, unknown>): void {
  checkFile(entry);
  const { hashed, place, members } = entry;
  expect('hashed', hashed !== undefined);
  expect('members', members === undefined);
  expect('place', isRecord(place));
  const { firstLine, lines, skippedLines, skippedBytes, bytes, addsNewline } = place as Record<
    string,
    unknown
  >;
  for (const count of [firstLine, lines, skippedLines, skippedBytes, bytes])
    checkCount('place', count);
  expect('place', typeof addsNewline === 'boolean');
}

function checkBatch({ batchId }: Record<string, unknown>): void {
  checkId('batchId', batchId);
}

function checkUpload(entry: Record<string, unknown>): void {
  checkBatch(entry);
  encodeFilePath(entry['path']);
}

function checkUploaded(entry: Record<string, unknown>): void {
  checkUpload(entry);
  const { sha256, parts, sizeBytes } = entry;
  if (sizeBytes !== undefined) checkCount('sizeBytes', sizeBytes);
  checkHash(sha256);
  if (parts === undefined) return;
  expect('parts', Array.isArray(parts));
  for (const part of parts as unknown[]) checkRange(part);
}

function checkHashed(hashed: unknown): void {
  expect('hashed', isRecord(hashed));
  const { sha256, sizeBytes } = hashed as Partial<HashedFile>;
  expect('hashed', sha256 !== undefined);
  checkHash(sha256);
  checkCount('hashed', sizeBytes);
}

function checkLock({ type: _, pid, ...texts }: Record<string, unknown>): void {
  expect('pid', Number.isSafeInteger(pid) && Number(pid) > 0);
  for (const name of ['id', 'host', 'machineId', 'bootId', 'pidNamespace', 'startTime'])
    checkText(name, texts[name]);
}
