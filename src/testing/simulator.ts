/** The simulator as its users see it. */
import type { ClientOptions } from '../http/options.js';
import { Faults } from './faults.js';
import { handlersOf } from './handlers/index.js';
import type { Outcome, PlatformQuirks, Settings, SimulatorOptions } from './options.js';
import { Disk, sha256Of } from './platform/disk.js';
import { Platform } from './platform/platform.js';
import type { BatchStatus } from './platform/transitions.js';
import { Answerer } from './server/dispatcher.js';
import { type LogEntry, SimulatorServer } from './server/server.js';
import { resolveSettings } from './settings.js';

/** A file that was uploaded and is all there. */
export interface UploadedFile {
  /** Its path in the batch. */
  readonly path: string;
  readonly sizeBytes: number;
  /** The sha256 of its bytes, in hex, read from the disk when it is asked for. */
  sha256(): Promise<string>;
}

/** A platform on loopback. */
export interface Simulator extends AsyncDisposable {
  /** Where it is, for import, catalog, export and tokens alike: `http://127.0.0.1:…`. */
  readonly origin: string;
  /** What `createBatchClient()` needs to call it. */
  readonly clientOptions: ClientOptions;
  /** What a program that is configured by its environment needs to call it. */
  readonly env: Readonly<Record<string, string>>;
  /** The requests since it started, in their order; of more than `maxLogEntries` the last ones. */
  readonly log: readonly LogEntry[];
  /** What it answered that the document does not have; `stop()` then rejects. */
  readonly violations: readonly string[];
  /** Which requests are to go wrong: `set()` and `add()` at any time. */
  readonly faults: Pick<Faults, 'set' | 'add'>;
  /** The answers to the open questions; may be changed at any time. */
  readonly quirks: PlatformQuirks;
  /** What becomes of batches, by batch id, externalId or dataset id; may be changed at any time. */
  readonly outcomes: Record<string, Outcome>;
  /**
   * The files of a batch that are all there. Those of an aborted batch are gone.
   * @throws {RangeError} when there is no such batch.
   */
  files(batchId: string): UploadedFile[];
  /**
   * Where a batch stands. Unlike a read over the wire, this does not let it go on.
   * @throws {RangeError} when there is no such batch.
   */
  status(batchId: string): BatchStatus;
  /** All access tokens that were given out so far run out. */
  expireTokens(): void;
  /**
   * Breaks all connections, those that hang too, and removes all files. May be repeated.
   * @throws {Error} when there are violations.
   */
  stop(): Promise<void>;
}

/**
 * Starts a simulator of the platform on loopback. It keeps what is uploaded in a temporary folder
 * until it is stopped. Folders that others left there, whose processes ended without `stop()`, are removed.
 * @throws {InvalidInputError} for an option that cannot be used.
 */
export async function startSimulator(options?: SimulatorOptions): Promise<Simulator> {
  const settings = resolveSettings(options);
  const faults = new Faults(settings.faults, settings.random);
  const disk = await Disk.create(settings.temporaryFolder);
  const ending = new AbortController();
  const platform = new Platform(settings, disk, ending.signal);
  const handlers = handlersOf(platform, () => server.origin);
  const answerer = new Answerer(handlers, platform.tokens);
  const server = new SimulatorServer(answerer, faults, settings, ending.signal);
  try {
    await server.listen(settings.port);
  } catch (error) {
    await disk.removeAll();
    throw error;
  }
  let ended: Promise<void> | undefined;
  const stop = () => {
    ended ??= end({ ending, server, platform, disk, answerer });
    return ended;
  };
  const { origin } = server;
  return {
    origin,
    ...accessOf(settings, origin),
    log: server.log,
    violations: answerer.violations,
    faults,
    quirks: settings.quirks,
    outcomes: platform.outcomes,
    files: (batchId) => filesOf(platform, batchId),
    status: (batchId) => found(platform, batchId).status,
    expireTokens: () => platform.tokens.expireAll(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Ends all that is under way, and tells what was wrong. */
async function end(parts: {
  ending: AbortController;
  server: SimulatorServer;
  platform: Platform;
  disk: Disk;
  answerer: Answerer;
}): Promise<void> {
  const { violations } = parts.answerer;
  parts.ending.abort();
  await parts.server.close();
  await parts.platform.settled();
  await parts.disk.removeAll();
  if (violations.length === 0) return;
  const what = 'The simulator answered what the document does not have';
  throw new Error(`${what}:\n${violations.join('\n')}`);
}

function found(platform: Platform, batchId: string) {
  const batch = platform.find(batchId);
  if (batch === undefined) throw new RangeError(`The simulator has no batch ${batchId}.`);
  return batch;
}

const filesOf = (platform: Platform, batchId: string): UploadedFile[] =>
  [...found(platform, batchId).files.values()].map(({ path, sizeBytes, file }) => {
    return { path, sizeBytes, sha256: () => sha256Of(file) };
  });

/** How a client reaches the simulator. */
function accessOf(
  { orgId, sandbox, credentials }: Settings,
  origin: string,
): Pick<Simulator, 'clientOptions' | 'env'> {
  const [credential] = credentials;
  const platform = { AEP_ORIGIN: origin, AEP_IMS_ORIGIN: origin };
  const where = { AEP_ORG_ID: orgId, AEP_SANDBOX: sandbox };
  if (credential === undefined) {
    throw new RangeError('credentials is empty: a client needs one for its API key.');
  }
  const { clientId, clientSecret, scopes } = credential;
  const oauth = { clientId, clientSecret, scopes, origin };
  return {
    clientOptions: { orgId, sandbox, origin, credentials: oauth },
    env: {
      ...platform,
      ...where,
      AEP_CLIENT_ID: clientId,
      AEP_CLIENT_SECRET: clientSecret,
      AEP_SCOPES: scopes.join(','),
    },
  };
}
