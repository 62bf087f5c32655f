/**
 * How far an ingest has come. It is changed by journal entries alone, one by one and in one place: a
 * running ingest applies each step that it records, and a resume those that it reads.
 */
import type { ByteRange } from '../resources/types.js';
import { AepBatchError } from '../shared/errors.js';
import { AdmittedFiles } from './admitted-files.js';
import { JournalError } from './errors.js';
import type { Entry, FileEntry, MemberEntry, PlanEntry } from './journal-entries.js';
import { hasOwnContent, isNextPlan } from './next-plan.js';
import { PackedMembers } from './packed-members.js';
import type { ReceiptFile } from './types.js';
import { toUploadedFile } from './uploaded-file.js';

type BatchEntry = Extract<
  Entry,
  {
    type: Exclude<
      Entry['type'],
      'plan' | 'file' | 'member' | 'claim' | 'release' | UploadEntry['type']
    >;
  }
>;
type UploadEntry = Extract<Entry, { type: 'admitted' | 'initialized' | 'part' | 'uploaded' }>;

export class IngestState {
  #plan: PlanEntry | undefined;
  readonly #files = new Map<string, FileEntry>();
  readonly #members = new PackedMembers();
  readonly #admitted = new AdmittedFiles();
  readonly #initialized = new Map<string, ByteRange[]>();
  readonly #uploaded = new Map<string, ReceiptFile>();
  #sourcesKnown = false;
  #rangesShown = false;
  #batchId: string | undefined;
  #batchCompleted = false;
  #batchAborted = false;
  #outcome: string | undefined;
  #isNotified = false;

  /** Whether anything was planned. A journal without a plan is as good as a new one. */
  get hasPlan(): boolean {
    return this.#plan !== undefined;
  }

  get plan(): PlanEntry {
    assert(this.#plan !== undefined, 'a step before the plan');
    return this.#plan;
  }

  /** Whether the source is a stream: its files are known only once it has ended. */
  get isStream(): boolean {
    return this.plan.files === undefined;
  }

  findFile(path: string): FileEntry | undefined {
    return this.#files.get(path);
  }

  /** All files that are known, in their order. */
  get files(): readonly FileEntry[] {
    return [...this.#files.values()];
  }

  /** What a packed file is put together from; nothing for any other. */
  listMembers(path: string): readonly MemberEntry[] {
    return this.#members.list(path);
  }

  /** The files as they were found, before some of them were packed; and the file of the batch that each is in. */
  *originals(): Generator<{ entry: FileEntry | MemberEntry; inFile: FileEntry }, void> {
    for (const file of this.#files.values()) {
      if (file.members === undefined) yield { entry: file, inFile: file };
      else for (const entry of this.#members.list(file.path)) yield { entry, inFile: file };
    }
  }

  /** The steps of another plan with the same files. */
  repeatPlan(plan: PlanEntry): Entry[] {
    const files = [...this.#files.values()].flatMap((file) => [
      file,
      ...this.listMembers(file.path),
    ]);
    return [plan, ...files, { type: 'planned' }];
  }

  /** Where the batch is limited: the files that it has taken, and those that are left. */
  get admitted(): AdmittedFiles {
    return this.#admitted;
  }

  /** Whether `files` are all there are. */
  get sourcesKnown(): boolean {
    return this.#sourcesKnown;
  }

  /** The batch, once it was created. */
  get batchId(): string | undefined {
    return this.#batchId;
  }

  /** The files that are in the batch, by their paths. */
  get uploaded(): ReadonlyMap<string, ReceiptFile> {
    return this.#uploaded;
  }

  /** Whether HEAD has shown ranges: no ranges then means that nothing has arrived. */
  get rangesShown(): boolean {
    return this.#rangesShown;
  }

  get batchCompleted(): boolean {
    return this.#batchCompleted;
  }

  get batchAborted(): boolean {
    return this.#batchAborted;
  }

  /** How the ingest ended, once it has. */
  get outcome(): string | undefined {
    return this.#outcome;
  }

  /** Whether the notice of this ingest was sent, or was about to be. */
  get isNotified(): boolean {
    return this.#isNotified;
  }

  /** Whether nothing is left to be loaded: then another ingest may use the journal. */
  get hasEnded(): boolean {
    if (this.#outcome !== undefined) return true;
    return this.#plan !== undefined && this.isStream && this.#batchAborted;
  }

  /** The files in parts that were initialized, with those parts of each that were accepted. */
  get initialized(): ReadonlyMap<string, readonly ByteRange[]> {
    return this.#initialized;
  }

  /** @throws {Error} if no ingest writes the entry here, so that one before it must be missing. */
  apply(entry: Entry): void {
    if (entry.type === 'claim' || entry.type === 'release') return;
    if (entry.type === 'plan') this.#applyPlan(entry);
    else if (entry.type === 'file') this.#applyFile(entry);
    else if (entry.type === 'member') this.#applyMember(entry);
    else if (entry.type === 'moved') this.#applyMove(entry);
    else if ('path' in entry) this.#applyUpload(entry);
    else this.#applyToBatch(entry);
  }

  /** A later plan is a new start: its ingest has ended, or another batch takes the place of its own. */
  #applyPlan(entry: PlanEntry): void {
    const isNext =
      this.#plan === undefined ||
      this.hasEnded ||
      (this.#sourcesKnown && isNextPlan(this.#plan, entry));
    assert(isNext, 'a plan within another one');
    this.#plan = entry;
    for (const all of [this.#files, this.#members, this.#initialized, this.#uploaded]) all.clear();
    this.#admitted.clear();
    this.#sourcesKnown = false;
    this.#batchId = undefined;
    this.#batchCompleted = false;
    this.#batchAborted = false;
    this.#outcome = undefined;
    this.#isNotified = false;
  }

  #applyFile(entry: FileEntry): void {
    const { files: count } = this.plan;
    assert(!this.#sourcesKnown, 'a file after the end of the plan');
    assert(count === undefined || this.#files.size < count, 'more files than were planned');
    assert(!this.#files.has(entry.path), `${entry.path} for the second time`);
    this.#files.set(entry.path, entry);
    this.#members.addFile(entry);
  }

  #applyMember(entry: MemberEntry): void {
    assert(!this.#sourcesKnown, 'a file after the end of the plan');
    this.#members.add(entry);
  }

  #applyMove({ path, url }: Extract<Entry, { type: 'moved' }>): void {
    const move = <Step extends FileEntry | MemberEntry>(step: Step): Step | undefined =>
      step.source?.url === undefined ? undefined : { ...step, source: { ...step.source, url } };
    if (this.#members.replace(path, move)) return;
    const file = this.#files.get(path);
    assert(file?.source?.url !== undefined, `another URL of ${path}, which had none`);
    this.#files.set(path, { ...file, source: { ...file.source, url } });
  }

  #applyToBatch(entry: BatchEntry): void {
    const { plan } = this;
    switch (entry.type) {
      case 'planned':
      case 'ended': {
        const count = entry.type === 'planned' ? plan.files : entry.files;
        const isOwnEnd = this.isStream === (entry.type === 'ended');
        assert(isOwnEnd && !this.#sourcesKnown, 'an end of another plan');
        assert(count === this.#files.size, `${this.#files.size} of ${count} files`);
        this.#members.assertComplete();
        assert(hasOwnContent(plan, this.originals()), 'other files than those of the content');
        this.#sourcesKnown = true;
        return;
      }
      case 'created':
        assert(this.#sourcesKnown || this.isStream, 'a batch before the end of the plan');
        assert(this.#batchId === undefined, 'a second batch');
        this.#batchId = entry.batchId;
        this.#outcome = undefined; // the batch that had the files may be gone
        return;
      case 'ranges-shown':
        this.#rangesShown = true;
        return;
      case 'completed':
        this.#assertBatch(entry.batchId);
        assert(this.#sourcesKnown, 'a completion before there was a batch');
        this.assertAllUploaded();
        this.#batchCompleted = true;
        return;
      case 'aborted':
        this.#assertBatch(entry.batchId);
        assert(!this.#batchCompleted, 'an abort after the completion');
        this.#batchAborted = true;
        return;
      case 'closed':
        this.#assertBatch(entry.batchId);
        this.#close();
        return;
      case 'outcome':
        this.#assertBatch(entry.batchId);
        assert(this.#batchCompleted, 'an outcome before the batch was completed');
        this.#outcome = entry.outcome;
        return;
      case 'notified':
        this.#isNotified = true;
        return;
      case 'skipped':
        assert(plan.content !== undefined, 'files that were not looked for');
        assert(this.#batchId === undefined, 'files of another batch');
        this.#outcome = entry.type;
    }
  }

  /** What was not admitted is left for another batch. */
  #close(): void {
    const { plan } = this;
    const left = this.files.filter(({ path }) => !this.#admitted.has(path));
    const mayLeave = plan.maxBytes !== undefined && this.#sourcesKnown && !this.#batchCompleted;
    assert(mayLeave && left.length > 0, 'files that were left by a batch without a limit');
    for (const { path } of left) this.#files.delete(path);
    assert(this.#files.size > 0, 'a batch without files');
    this.#plan = { ...plan, files: this.#files.size };
    this.#admitted.close(left);
  }

  #assertBatch(batchId: string): void {
    assert(batchId === this.#batchId, `a step of batch ${batchId}, which is not this ingest's`);
  }

  #applyUpload(entry: UploadEntry): void {
    const { path } = entry;
    const file = this.#files.get(path);
    assert(file !== undefined, `${path} is not in the plan`);
    this.#assertBatch(entry.batchId);
    if (entry.type === 'admitted') {
      this.#admitted.set(path, entry.sizeBytes);
    } else if (entry.type === 'initialized') {
      this.#initialized.set(path, []); // a second time if the file was restarted
    } else if (entry.type === 'uploaded') {
      const isSame = file.hashed === undefined || file.hashed.sha256 === entry.sha256;
      assert(isSame, `${path} with other bytes than were planned`);
      const uploaded = toUploadedFile(file, entry);
      this.#uploaded.set(path, uploaded);
      if (this.#admitted.has(path)) this.#admitted.set(path, uploaded.sizeBytes);
    } else {
      const parts = this.#initialized.get(path);
      const mayEnd = file.isStream === true || entry.end <= file.sizeBytes;
      assert(mayEnd, `${path} is shorter than that`);
      assert(parts !== undefined, `a part of ${path}, which was not initialized`);
      parts.push({ start: entry.start, end: entry.end });
    }
  }

  /**
   * The platform loads what a batch holds when it is completed, and does not report what is missing.
   * @throws {AepBatchError} that names the first file that is not recorded as uploaded.
   */
  assertAllUploaded(): void {
    const { files: count } = this.plan;
    const [known, uploaded] = [this.#files.size, this.#uploaded.size];
    const missing = this.files.find((file) => !this.#isUploaded(file));
    const areAllKnown = this.#sourcesKnown && (count === undefined || count === known);
    if (missing === undefined && areAllKnown && uploaded === known) return;
    const what = missing === undefined ? '' : ` ${missing.path} is not.`;
    throw new AepBatchError(
      `The batch cannot be completed: ${uploaded} of ${count ?? known} files are recorded as uploaded.${what}`,
    );
  }

  #isUploaded({ path, sizeBytes, isStream }: FileEntry): boolean {
    const uploaded = this.#uploaded.get(path);
    return uploaded !== undefined && (isStream === true || uploaded.sizeBytes === sizeBytes);
  }

  /** @throws {JournalError} if the journal ends within its plan: then nothing was sent. */
  assertPlanned(journalPath: string): void {
    if (this.hasPlan && (this.isStream || this.#sourcesKnown)) return;
    const message = `The journal ${journalPath} ends within its plan, so nothing was sent. Delete it and run the ingest again.`;
    throw new JournalError(journalPath, message);
  }
}

function assert(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(`it records ${otherwise}`);
}
