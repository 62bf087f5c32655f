/** What a simulator is told when it starts. */
import type { components } from '../../generated/openapi.js';
import type { Fault, RandomFaults } from './faults.js';

type Schemas = components['schemas'];
type BatchStatus = Schemas['BatchStatus'];

/** A credential that tokens can be got with. */
export interface SimulatedCredential {
  clientId: string;
  clientSecret: string;
  /** The scopes that the credential has. */
  scopes: readonly string[];
}

/** What becomes of a batch once it is completed. */
export interface Outcome {
  /**
   * What the reads of its status tell after COMPLETE, one after another; the last one stays.
   * Default `['staging', 'success']`. A `success` or `active` becomes `failed`, and is the last, if
   * the files that were sent do not allow it.
   */
  states?: readonly BatchStatus[];
  /** Errors of the batch, beside those that its files bring. */
  errors?: readonly Schemas['CatalogBatchError'][];
}

/** What is known about a dataset. */
export interface SimulatedDataset {
  /** Which formats its storage takes; others fail with `ERR-BI-106`. Default: all. */
  formats?: readonly Schemas['FileFormat'][];
}

/** The questions about the API that nobody has answered in public: one answer for each. */
export interface PlatformQuirks {
  /** Whether `Content-Range` of a part has to have `/total`. Default `false`. */
  totalRequired: boolean;
  /** Whether a part that is sent again with the same range is an overlap. Default `false`. */
  identicalRangeOverlaps: boolean;
  /**
   * How HEAD writes what has arrived: `bytes=0-99`, `bytes 0-99`, each part for itself as
   * `bytes=0-9,10-99`, or no header. Default `'equals'`. Where nothing has arrived there is no
   * header in any of them.
   */
  headFormat: 'equals' | 'space' | 'list' | 'none';
  /** What HEAD says about a file that is finished: its range, or that there is none. Default 404. */
  finishedFileStatus: 200 | 404;
  /** How the end of a large file is answered: 200 with name and size, or 201. Default 201. */
  completeFileStatus: 200 | 201;
  /**
   * What INITIALIZE does to a file that was initialized before, open or finished: it discards what has
   * arrived, or it is refused with 400. Default `'restarts'`.
   */
  reinitialize: 'restarts' | 'refused';
  /** Whether 429 and 503 say when to try again (`Retry-After: 1`). Default `true`. */
  retryAfter: boolean;
  /** How many reads of the Catalog a new batch is missing from. Default 0. */
  catalogLagReads: number;
  /** How a second batch with the same `externalId` is refused. Default 422. */
  duplicateStatus: 400 | 409 | 422;
  /** The unit of a token's `expires_in`; an older flow has milliseconds. Default `'seconds'`. */
  tokenLifetimeUnit: 'seconds' | 'milliseconds';
}

/** What `startSimulator()` takes; all of it may be left out. */
export interface SimulatorOptions {
  /** The port on loopback. Default 0: any that is free. */
  port?: number;
  /** The time, in milliseconds since 1970-01-01 UTC. Default `Date.now`. */
  now?: () => number;
  /** The organisation; others are refused. Default `SIMULATOR@AdobeOrg`. */
  orgId?: string;
  /** The sandbox that `clientOptions` and `env` name. Any other can be called, too. Default `dev`. */
  sandbox?: string;
  /** Credentials; their client ids are the API keys that are taken. Default: one. */
  credentials?: readonly SimulatedCredential[];
  /** Access tokens that are good without having been asked for, and never run out. Default none. */
  accessTokens?: readonly string[];
  /** How long a token is good, in seconds. Default 86,399. */
  tokenLifetimeSeconds?: number;
  /** The datasets that exist, by id. Default: every id is one, and takes all formats. */
  datasets?: Readonly<Record<string, SimulatedDataset>>;
  /** What becomes of batches, by batch id, externalId or dataset id; the first that is there. */
  outcomes?: Readonly<Record<string, Outcome>>;
  /** Faults, from the start; more can be added later. */
  faults?: readonly Fault[];
  /** Faults by chance, the same ones for the same seed. Default: none. */
  random?: RandomFaults;
  /** Answers to the open questions. */
  quirks?: Partial<PlatformQuirks>;
  /** Where the folder for uploaded bytes is made. Default: the system's folder for such. */
  temporaryFolder?: string;
  /** How many rejected rows a file of the diagnostics holds. Default 1000. */
  rowErrorsPerFile?: number;
  /** How many requests `log` holds; of more the oldest are dropped. Default 100,000. */
  maxLogEntries?: number;
  /**
   * Further names that it may be called by, with a port (`aep.test:8080`) or with any. Default none: a
   * request whose `Host` is not a loopback address with its own port gets 421, since a web page could
   * otherwise reach it under a name that the page's owner points at this machine.
   */
  allowedHosts?: readonly string[];
}

export type Settings = Required<Omit<SimulatorOptions, 'random' | 'quirks' | 'datasets'>> & {
  random: RandomFaults | undefined;
  quirks: PlatformQuirks;
  datasets: SimulatorOptions['datasets'];
};
