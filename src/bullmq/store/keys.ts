/** The names of jobs and keys. A job's id may hold no colon, since colons separate the parts of BullMQ's keys. */
import type { Check } from '../../shared/options.js';
import { invalid } from '../../shared/options.js';

const LOAD_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;

export const checkLoadId: Check<string> = (field, value) => {
  if (typeof value === 'string' && LOAD_ID.test(value)) return value;
  throw invalid(field, 'up to 80 letters, digits, dots, hyphens and underscores', value);
};

export const toBatchJobId = (loadId: string, batch: number): string => `${loadId}-b${batch}`;

/** @param number which attempt at loading its content the batch is, where it is looked up by that. */
export function toFileJobId(loadId: string, batch: number, index: number, number?: number): string {
  const attempt = number === undefined ? '' : `-n${number}`;
  return `${toBatchJobId(loadId, batch)}${attempt}-f${index}`;
}

/** Of which batch of a load a job is, and of which file of it. */
export interface JobPlace {
  readonly batch: number;
  readonly index?: number;
}

/** @returns `undefined` for a job of another load, whose id may begin alike. */
export function findJobPlace(jobId: string, loadId: string): JobPlace | undefined {
  if (!jobId.startsWith(loadId)) return undefined;
  const match = /^-b(\d+)(?:(?:-n\d+)?-f(\d+))?$/.exec(jobId.slice(loadId.length));
  if (match === null) return undefined;
  const [, batch, index] = match;
  return { batch: Number(batch), ...(index === undefined ? {} : { index: Number(index) }) };
}

/** The keys of one batch of a load. */
export interface BatchKeys {
  /** The step that begins its journal: a string. */
  readonly plan: string;
  /** Its files, in chunks by their numbers: a hash. */
  readonly files: string;
  /** What its packed files are put together from, by their numbers: a hash. */
  readonly members: string;
  /** What was done to the batch as a whole, in the order in which it was done: a list. */
  readonly steps: string;
  /** The files that are in the batch, by their numbers: a hash. */
  readonly uploaded: string;
  /** Why files were given up, by their numbers: a hash. */
  readonly failed: string;
  /** What else is known of the batch: a hash. */
  readonly facts: string;
  /** The steps of a file that goes in parts, until it is in the batch: a list. */
  parts(index: number): string;
}

/** The keys of the loads of one queue. The name of the queue is in them, so a cluster keeps them beside its jobs. */
export class QueueKeys {
  readonly #prefix: string;

  /** @param qualifiedName the queue's name with its prefix. */
  constructor(readonly qualifiedName: string) {
    this.#prefix = `aep-batch:${qualifiedName}`;
  }

  /** The counters of budgets begin with it. */
  get budget(): string {
    return `${this.#prefix}:budget`;
  }

  /** What a load is: a hash. */
  load(loadId: string): string {
    return `${this.#prefix}:load:${loadId}`;
  }

  /** The batches of a load that take files now: a set. */
  open(loadId: string): string {
    return `${this.load(loadId)}:open`;
  }

  /** The batches of a load that have a receipt: a set. */
  ended(loadId: string): string {
    return `${this.load(loadId)}:ended`;
  }

  batch(loadId: string, batch: number): BatchKeys {
    const prefix = `${this.load(loadId)}:${batch}`;
    return {
      plan: `${prefix}:plan`,
      files: `${prefix}:files`,
      members: `${prefix}:members`,
      steps: `${prefix}:steps`,
      uploaded: `${prefix}:uploaded`,
      failed: `${prefix}:failed`,
      facts: `${prefix}:facts`,
      parts: (index) => `${prefix}:parts:${index}`,
    };
  }

  /** What a worker has to hold to change anything of a job. */
  lock(jobId: string): string {
    return `${this.qualifiedName}:${jobId}:lock`;
  }

  /** The job as BullMQ names it where it is a parent. */
  job(jobId: string): string {
    return `${this.qualifiedName}:${jobId}`;
  }
}
