/** The options of a simulator: their types, their checks, their defaults. */
import { tmpdir } from 'node:os';
import type { components } from '../../generated/openapi.js';
import {
  checkBoolean,
  checkFilledText,
  checkHeaderValue,
  checkLocalPath,
  checkSandbox,
  checkText,
  choice,
  functionOption,
  number,
} from '../shared/checks.js';
import {
  type Check,
  invalid,
  namedObject,
  type OptionTable,
  optional,
  required,
  validateOptions,
  withDefault,
} from '../shared/options.js';
import { arrayCheck, isFields } from './checks.js';
import { checkFaults, checkRandomFaults, type Fault, type RandomFaults } from './faults.js';
import { type PlatformQuirks, resolveQuirks } from './quirks.js';

type Schemas = components['schemas'];
type BatchStatus = Schemas['BatchStatus'];

/** A credential that the token service issues tokens for. */
export interface SimulatedCredential {
  /** The client id, as the token service is sent it. */
  clientId: string;
  /** The secret that belongs to the client id. */
  clientSecret: string;
  /** The scopes that the credential has. */
  scopes: readonly string[];
}

/** How a batch ends after COMPLETE. */
export interface Outcome {
  /**
   * The statuses that reads of the batch return after COMPLETE, one after another; the last one stays.
   * Default `['staging', 'success']`. A `success` or `active` becomes `failed`, and is the last, if
   * the uploaded files do not allow it.
   */
  states?: readonly BatchStatus[];
  /** Errors of the batch, besides those that its files cause. */
  errors?: readonly Schemas['CatalogBatchError'][];
  /**
   * The report of its rejected rows: `cut` begins each file with an unreadable line, `spread` writes each row
   * over several lines, `missing` is a 404. Default `'whole'`.
   */
  report?: 'whole' | 'cut' | 'spread' | 'missing';
}

/** A dataset that exists. */
export interface SimulatedDataset {
  /** Which formats its storage takes; others fail with `ERR-BI-106`. Default: all. */
  formats?: readonly Schemas['FileFormat'][];
  /** Its name in the Catalog. Default: `Dataset` and its id. */
  name?: string;
  /** What it is for. Default: nothing. */
  description?: string;
  /**
   * The schema of its rows: its id, and a content type with its version. Default: none. If it is one of
   * `schemas`, the rows of each batch are checked against it when the batch is ingested.
   */
  schemaRef?: Schemas['SchemaRef'];
  /** Labels, such as `{ unifiedProfile: ['enabled:true'] }`. Default: none. */
  tags?: Readonly<Record<string, readonly string[]>>;
  /** The format of its files as the Catalog has it. Default: none. */
  fileDescription?: Schemas['FileDescription'];
  /** A JSON Schema of the rows that it has had. Default: none. */
  observableSchema?: object;
  /** The only sandbox that has it. Default: every sandbox has it. */
  sandbox?: string;
}

/** A schema of the Schema Registry in its resolved form: `properties` has all fields. */
export interface SimulatedSchema extends SchemaEntry {
  /** Its URI, such as `https://ns.adobe.com/acme/schemas/1`. */
  $id: string;
}
type SchemaEntry = Schemas['XdmSchema'];

/** A descriptor, such as the statement that a field is an identity. */
export interface SimulatedDescriptor extends DescriptorEntry {
  /** The id of the descriptor. */
  '@id': string;
  /** The type, such as `xdm:descriptorIdentity`. */
  '@type': string;
}
type DescriptorEntry = Schemas['Descriptor'];

/** The options of `startSimulator()`; all may be left out. */
export interface SimulatorOptions {
  /** The port on loopback. Default 0: any that is free. */
  port?: number;
  /** Returns the time, in milliseconds since 1970-01-01 UTC. Default `Date.now`. */
  now?: () => number;
  /** The organisation; others are rejected. Default `SIMULATOR@AdobeOrg`. */
  orgId?: string;
  /** The sandbox of `clientOptions` and `env`. Any other can be called, too. Default `dev`. */
  sandbox?: string;
  /** Credentials; their client ids are the accepted API keys. Default: one. */
  credentials?: readonly SimulatedCredential[];
  /** Access tokens that are valid from the start, and never expire. Default none. */
  accessTokens?: readonly string[];
  /** How long a token is valid, in seconds. Default 86,399. */
  tokenLifetimeSeconds?: number;
  /** The datasets that exist, by id. Default: every id does, and takes all formats. */
  datasets?: Readonly<Record<string, SimulatedDataset>>;
  /** Whether datasets with other ids exist, too. Default: only if there are no `datasets`. */
  acceptsAnyDataset?: boolean;
  /**
   * The schemas of the Schema Registry, one entry for each version; `version` is `1.0` by default. Default none.
   */
  schemas?: readonly SimulatedSchema[];
  /** The descriptors of the Schema Registry. Default none. */
  descriptors?: readonly SimulatedDescriptor[];
  /** How batches end, by batch id, externalId or dataset id; the first that exists. */
  outcomes?: Readonly<Record<string, Outcome>>;
  /** Faults from the start; more can be added later. */
  faults?: readonly Fault[];
  /** Faults by chance, the same ones for the same seed. Default: none. */
  random?: RandomFaults;
  /** Behaviour of the platform that was never published. */
  quirks?: Partial<PlatformQuirks>;
  /** Where the folder for uploaded bytes is created. Default: the system's temporary folder. */
  temporaryFolder?: string;
  /** How many rejected rows a file of the diagnostics holds. Default 1000. */
  rowErrorsPerFile?: number;
  /** How many requests `log` holds; of more, the oldest are dropped. Default 100,000. */
  maxLogEntries?: number;
  /**
   * Further host names that it may be called by, with a port (`aep.test:8080`) or with any. Default none: a
   * request whose `Host` is not a loopback address with its own port gets 421. A web page could otherwise
   * reach it under a name that the page's owner points at this machine.
   */
  allowedHosts?: readonly string[];
}

type WithoutDefault = 'random' | 'quirks' | 'datasets' | 'acceptsAnyDataset' | 'temporaryFolder';

/** All options, with their defaults. */
export interface ResolvedOptions
  extends Required<Omit<SimulatorOptions, 'random' | 'quirks' | 'datasets'>> {
  readonly random: RandomFaults | undefined;
  readonly quirks: PlatformQuirks;
  readonly datasets: SimulatorOptions['datasets'];
}

const COUNT = { min: 1, max: Number.MAX_SAFE_INTEGER, whole: true };
const checkHeader: Check<string> = (field, value) =>
  checkHeaderValue(field, value, 'a header value');

/** An object of values that are each checked. The object itself is kept: it may change later. */
const recordCheck =
  <T>(check: Check<T>): Check<Record<string, T>> =>
  (field, value) => {
    if (!isFields(value)) throw invalid(field, 'an object', value);
    for (const [name, one] of Object.entries(value)) check(`${field}.${name}`, one);
    return value as Record<string, T>;
  };

const CREDENTIAL: OptionTable<SimulatedCredential> = {
  clientId: required(checkHeader),
  clientSecret: required(checkHeader),
  scopes: required(arrayCheck(checkFilledText)),
};
const SCHEMA_REF: OptionTable<Schemas['SchemaRef']> = {
  id: optional(checkFilledText),
  contentType: optional(checkFilledText),
};
/** It is sent as it is; the response is validated against the OpenAPI document. */
function checkSentObject<T extends object>(field: string, value: unknown): T {
  if (isFields(value)) return value as T;
  throw invalid(field, 'an object', value);
}
const DATASET: OptionTable<SimulatedDataset> = {
  formats: optional(arrayCheck(choice('json', 'parquet', 'csv'))),
  name: optional(checkFilledText),
  description: optional(checkText),
  schemaRef: optional((field, value) => validateOptions(SCHEMA_REF, value, namedObject(field))),
  tags: optional(recordCheck(arrayCheck(checkText))),
  fileDescription: optional(checkSentObject),
  observableSchema: optional(checkSentObject),
  sandbox: optional((_, value) => checkSandbox(value)),
};

/** What the registry sends beside these fields is validated against the OpenAPI document. */
const checkSchema: Check<SimulatedSchema> = (field, value) => {
  const schema = checkSentObject<SimulatedSchema>(field, value);
  checkFilledText(`${field}.$id`, schema.$id);
  const { version = '1.0' } = schema;
  if (/^[1-9]\d*(\.\d+)?$/.test(version)) return schema;
  throw invalid(`${field}.version`, 'a version such as 1.0', version);
};
const checkDescriptor: Check<SimulatedDescriptor> = (field, value) => {
  const descriptor = checkSentObject<SimulatedDescriptor>(field, value);
  checkFilledText(`${field}.@id`, descriptor['@id']);
  checkFilledText(`${field}.@type`, descriptor['@type']);
  return descriptor;
};

const OUTCOME: OptionTable<Outcome> = {
  states: optional(arrayCheck(checkFilledText)),
  errors: optional(arrayCheck<Schemas['CatalogBatchError']>(checkSentObject)),
  report: optional(choice('whole', 'cut', 'spread', 'missing')),
};

const checkCredentials: Check<readonly SimulatedCredential[]> = (field, value) => {
  const check: Check<SimulatedCredential> = (place, one) =>
    validateOptions(CREDENTIAL, one, namedObject(place));
  const credentials = arrayCheck(check)(field, value);
  if (credentials.length > 0) return credentials;
  throw invalid(field, 'at least one: a client needs its API key', value);
};

const checkPort: Check<number> = (field, value) => {
  const isPort = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
  if (isPort) return Number(value);
  throw invalid(field, 'a port from 0 to 65535', value);
};

const NO_OUTCOMES: Record<string, Outcome> = {};
const OPTIONS: OptionTable<SimulatorOptions, Exclude<keyof SimulatorOptions, WithoutDefault>> = {
  port: withDefault(checkPort, 0),
  now: withDefault(functionOption(), () => Date.now()), // a test may replace Date.now later
  orgId: withDefault(checkHeader, 'SIMULATOR@AdobeOrg'),
  sandbox: withDefault((_, value) => checkSandbox(value), 'dev'),
  credentials: withDefault(checkCredentials, [
    {
      clientId: 'simulator-client-id',
      clientSecret: 'simulator-client-secret',
      scopes: ['openid', 'AdobeID', 'read_organizations'],
    },
  ]),
  accessTokens: withDefault(arrayCheck(checkHeader), []),
  tokenLifetimeSeconds: withDefault(number({ min: 0, max: 1e9, unit: 'seconds' }), 86_399),
  datasets: optional(
    recordCheck((field, value) => validateOptions(DATASET, value, namedObject(field))),
  ),
  acceptsAnyDataset: optional(checkBoolean),
  schemas: withDefault(arrayCheck(checkSchema), []),
  descriptors: withDefault(arrayCheck(checkDescriptor), []),
  outcomes: withDefault(
    recordCheck((field, value) => validateOptions(OUTCOME, value, namedObject(field))),
    NO_OUTCOMES,
  ),
  faults: withDefault(checkFaults, []),
  random: optional(checkRandomFaults),
  quirks: optional((_, value) => resolveQuirks(value)),
  temporaryFolder: optional(checkLocalPath),
  rowErrorsPerFile: withDefault(number({ ...COUNT, unit: 'rows' }), 1000),
  maxLogEntries: withDefault(number({ ...COUNT, unit: 'requests' }), 100_000),
  allowedHosts: withDefault(arrayCheck(checkFilledText), []),
};

/** The options with their defaults. @throws {InvalidInputError} for one that cannot be used. */
export function resolveOptions(options: SimulatorOptions | undefined): ResolvedOptions {
  const valid = validateOptions(OPTIONS, options);
  return {
    ...valid,
    // A test may change them later: simulators do not share the default.
    outcomes: valid.outcomes === NO_OUTCOMES ? {} : valid.outcomes,
    temporaryFolder: valid.temporaryFolder ?? tmpdir(),
    random: valid.random,
    datasets: valid.datasets,
    acceptsAnyDataset: valid.acceptsAnyDataset ?? valid.datasets === undefined,
    quirks: resolveQuirks(valid.quirks),
  };
}
