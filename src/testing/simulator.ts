/**
 * The simulator as its users see it: it ties the platform, the handlers and the server together. Of the library it
 * imports types and `shared/` alone: a server that judges the client shares no code with it.
 */
import { setMaxListeners } from 'node:events';
import type { ClientOptions } from '../http/options.js';
import { invalid } from '../shared/options.js';
import { Faults } from './faults.js';
import { createHandlers } from './handlers/index.js';
import {
  type Outcome,
  type ResolvedOptions,
  resolveOptions,
  type SimulatorOptions,
} from './options.js';
import type { Batch } from './platform/batch.js';
import { Disk, hashFile } from './platform/disk.js';
import { Platform } from './platform/platform.js';
import type { BatchStatus } from './platform/transitions.js';
import type { PlatformQuirks } from './quirks.js';
import { Dispatcher } from './server/dispatcher.js';
import type { LogEntry } from './server/respond.js';
import { SimulatorServer } from './server/server.js';

/** A file that was uploaded completely. */
export interface UploadedFile {
  /** Its path in the batch. */
  readonly path: string;
  /** Its size in bytes. */
  readonly sizeBytes: number;
  /** The sha256 of its bytes, in hex, read from the disk with each call. */
  sha256(): Promise<string>;
}

/** A simulated platform on loopback. */
export interface Simulator extends AsyncDisposable {
  /** The origin of all its services, the token service included: `http://127.0.0.1:…`. */
  readonly origin: string;
  /** The options with which `createBatchClient()` calls it. */
  readonly clientOptions: ClientOptions;
  /** The same as environment variables, for a program that reads its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The requests since it started, in their order; of more than `maxLogEntries` the last ones. */
  readonly log: readonly LogEntry[];
  /** Responses that the OpenAPI document does not describe; `stop()` then rejects. */
  readonly violations: readonly string[];
  /** Which requests go wrong: `set()` and `add()` at any time. */
  readonly faults: Pick<Faults, 'set' | 'add'>;
  /** Behaviour of the platform that was never published; may be changed at any time. */
  readonly quirks: PlatformQuirks;
  /** How batches end, by batch id, externalId or dataset id; may be changed at any time. */
  readonly outcomes: Record<string, Outcome>;
  /**
   * The files of a batch that were uploaded completely. Those of an aborted batch are gone.
   * @throws {RangeError} when there is no such batch.
   */
  files(batchId: string): UploadedFile[];
  /**
   * The status of a batch. Unlike a request for it, this does not advance the batch.
   * @throws {RangeError} when there is no such batch.
   */
  status(batchId: string): BatchStatus;
  /**
   * Gives a batch a status, as when the platform abandons one that nobody completed (`abandoned`), or rows
   * expire or are taken over by another batch (`inactive`, `deleted`). It keeps that status.
   * @throws {RangeError} when there is no such batch.
   */
  setStatus(batchId: string, status: BatchStatus): void;
  /** Expires all access tokens that were issued so far. */
  expireTokens(): void;
  /**
   * Closes all connections, those that hang too, and removes all files. May be called again.
   * @throws {Error} when there are violations.
   */
  stop(): Promise<void>;
}

/**
 * Starts a simulator of the platform on loopback. It keeps what is uploaded in a temporary folder
 * until it is stopped. Folders of simulators whose processes ended without `stop()` are removed.
 * @throws {InvalidInputError} for an option that cannot be used.
 */
export async function startSimulator(options?: SimulatorOptions): Promise<Simulator> {
  const resolved = resolveOptions(options);
  const faults = new Faults(resolved.faults, resolved.random);
  const disk = await Disk.create(resolved.temporaryFolder);
  const controller = new AbortController();
  const { signal } = controller;
  setMaxListeners(0, signal); // each request that waits has one
  const platform = new Platform(resolved, disk, signal);
  const handlers = createHandlers(platform, () => server.origin);
  const dispatcher = new Dispatcher(handlers, platform.tokens);
  const server = new SimulatorServer(dispatcher, faults, resolved, signal);
  try {
    await server.listen(resolved.port);
  } catch (error) {
    await disk.removeAll();
    throw error;
  }
  const { origin } = server;
  const { violations } = dispatcher;
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= shutDown(controller, server, platform, violations);
    return stopped;
  };
  return {
    origin,
    ...describeAccess(resolved, origin),
    log: server.log,
    violations,
    faults,
    quirks: resolved.quirks,
    outcomes: platform.outcomes,
    files: (batchId) => listFiles(getBatch(platform, batchId)),
    status: (batchId) => getBatch(platform, batchId).status,
    setStatus: (batchId, status) =>
      getBatch(platform, batchId).setStatus(status, resolved.now(), []),
    expireTokens: () => platform.tokens.expireAll(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function shutDown(
  controller: AbortController,
  server: SimulatorServer,
  platform: Platform,
  violations: readonly string[],
): Promise<void> {
  controller.abort();
  await server.close();
  await platform.waitForIngestions();
  await platform.disk.removeAll();
  if (violations.length === 0) return;
  const message = 'The simulator sent responses that the OpenAPI document does not describe';
  throw new Error(`${message}:\n${violations.join('\n')}`);
}

function getBatch(platform: Platform, batchId: unknown): Batch {
  if (typeof batchId !== 'string') throw invalid('batchId', 'an id as a string', batchId);
  const batch = platform.findBatch(batchId);
  if (batch === undefined) throw new RangeError(`The simulator has no batch ${batchId}.`);
  return batch;
}

const listFiles = (batch: Batch): UploadedFile[] =>
  batch.files.list().map(({ path, sizeBytes, file }) => {
    return { path, sizeBytes, sha256: () => hashFile(file) };
  });

/** How a client calls the simulator. */
function describeAccess(
  { orgId, sandbox, credentials }: ResolvedOptions,
  origin: string,
): Pick<Simulator, 'clientOptions' | 'env'> {
  const [credential] = credentials;
  if (credential === undefined) {
    throw new RangeError('credentials is empty: a client needs one for its API key.');
  }
  const { clientId, clientSecret, scopes } = credential;
  return {
    clientOptions: {
      orgId,
      sandbox,
      origin,
      credentials: { clientId, clientSecret, scopes, origin },
    },
    env: {
      AEP_ORIGIN: origin,
      AEP_IMS_ORIGIN: origin,
      AEP_ORG_ID: orgId,
      AEP_SANDBOX: sandbox,
      AEP_CLIENT_ID: clientId,
      AEP_CLIENT_SECRET: clientSecret,
      AEP_SCOPES: scopes.join(','),
    },
  };
}
