/** The options of a simulator: how each is checked, and what it is when it is left out. */
import { tmpdir } from 'node:os';
import {
  checkBoolean,
  checkFilledText,
  checkHeaderValue,
  checkLocalPath,
  checkSandbox,
  functionOption,
  number,
  oneOf,
} from '../shared/checks.js';
import {
  type Check,
  invalid,
  namedPlace,
  type OptionTable,
  optional,
  required,
  validateOptions,
  withDefault,
} from '../shared/options.js';
import { checkArray, isFields } from './checks.js';
import type { Fault, RandomFaults } from './faults.js';
import type {
  Outcome,
  PlatformQuirks,
  Settings,
  SimulatedCredential,
  SimulatedDataset,
  SimulatorOptions,
} from './options.js';

const COUNT = { min: 1, max: Number.MAX_SAFE_INTEGER, whole: true };
const header: Check<string> = (field, value) => checkHeaderValue(field, value, 'a header value');

/** An array of values that are each checked. */
const arrayOf =
  <T>(check: Check<T>): Check<readonly T[]> =>
  (field, value) =>
    Array.from(checkArray(field, value), (one, at) => check(`${field}[${at}]`, one));

/** An object of values that are each checked. The object itself is kept: it may change later. */
const recordOf =
  <T>(check: Check<T>): Check<Record<string, T>> =>
  (field, value) => {
    if (!isFields(value)) throw invalid(field, 'an object', value);
    for (const [name, one] of Object.entries(value)) check(`${field}.${name}`, one);
    return value as Record<string, T>;
  };

const CREDENTIAL: OptionTable<SimulatedCredential> = {
  clientId: required(header),
  clientSecret: required(header),
  scopes: required(arrayOf(checkFilledText)),
};
const DATASET: OptionTable<SimulatedDataset> = {
  formats: optional(arrayOf(oneOf('json', 'parquet', 'csv'))),
};
const OUTCOME: OptionTable<Outcome> = {
  states: optional(arrayOf(checkFilledText)),
  errors: optional(arrayOf((field, value) => fieldsOf<OutcomeError>(field, value))),
};
type OutcomeError = NonNullable<Outcome['errors']>[number];

/** An object that goes out as it is; the response is checked against the document. */
function fieldsOf<T>(field: string, value: unknown): T {
  if (isFields(value)) return value as T;
  throw invalid(field, 'an object', value);
}

const checkCredentials: Check<readonly SimulatedCredential[]> = (field, value) => {
  const check: Check<SimulatedCredential> = (place, one) =>
    validateOptions(CREDENTIAL, one, namedPlace(place));
  const credentials = arrayOf(check)(field, value);
  if (credentials.length > 0) return credentials;
  throw invalid(field, 'at least one: a client needs its API key', value);
};

const QUIRKS: OptionTable<Partial<PlatformQuirks>, keyof PlatformQuirks> = {
  totalRequired: withDefault(checkBoolean, false),
  identicalRangeOverlaps: withDefault(checkBoolean, false),
  headFormat: withDefault(oneOf('equals', 'space', 'list', 'none'), 'equals'),
  finishedFileStatus: withDefault(numberOf(200, 404), 404),
  completeFileStatus: withDefault(numberOf(200, 201), 201),
  reinitialize: withDefault(oneOf('restarts', 'refused'), 'restarts'),
  retryAfter: withDefault(checkBoolean, true),
  catalogLagReads: withDefault(number({ ...COUNT, min: 0, unit: 'reads' }), 0),
  duplicateStatus: withDefault(numberOf(400, 409, 422), 422),
  tokenLifetimeUnit: withDefault(oneOf('seconds', 'milliseconds'), 'seconds'),
};
const QUIRKS_PLACE = namedPlace('quirks');

function numberOf<const T extends number>(...values: T[]): Check<T> {
  return (field, value) => {
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    throw invalid(field, `one of ${values.join(', ')}`, value);
  };
}

const NO_OUTCOMES: Record<string, Outcome> = {};

const checkPort: Check<number> = (field, value) => {
  const isPort = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
  if (isPort) return Number(value);
  throw invalid(field, 'a port from 0 to 65535', value);
};

type Defaults = Exclude<
  keyof SimulatorOptions,
  'random' | 'quirks' | 'datasets' | 'temporaryFolder'
>;
const OPTIONS: OptionTable<SimulatorOptions, Defaults> = {
  port: withDefault(checkPort, 0),
  now: withDefault(functionOption(), () => Date.now()), // a test may replace it later
  orgId: withDefault(header, 'SIMULATOR@AdobeOrg'),
  sandbox: withDefault((_, value) => checkSandbox(value), 'dev'),
  credentials: withDefault(checkCredentials, [
    {
      clientId: 'simulator-client-id',
      clientSecret: 'simulator-client-secret',
      scopes: ['openid', 'AdobeID', 'read_organizations'],
    },
  ]),
  accessTokens: withDefault(arrayOf(header), []),
  tokenLifetimeSeconds: withDefault(number({ min: 0, max: 1e9, unit: 'seconds' }), 86_399),
  datasets: optional(
    recordOf((field, value) => validateOptions(DATASET, value, namedPlace(field))),
  ),
  outcomes: withDefault(
    recordOf((field, value) => validateOptions(OUTCOME, value, namedPlace(field))),
    NO_OUTCOMES,
  ),
  // Checked where they are used: they can be set later, too.
  faults: withDefault((field, value) => checkArray(field, value) as readonly Fault[], []),
  random: optional((_, value) => value as RandomFaults),
  quirks: optional((_, value) => validateOptions(QUIRKS, value, QUIRKS_PLACE)),
  temporaryFolder: optional(checkLocalPath),
  rowErrorsPerFile: withDefault(number({ ...COUNT, unit: 'rows' }), 1000),
  maxLogEntries: withDefault(number({ ...COUNT, unit: 'requests' }), 100_000),
  allowedHosts: withDefault(arrayOf(checkFilledText), []),
};

/** The options with their defaults. @throws {InvalidInputError} for one that cannot be used. */
export function resolveSettings(options: SimulatorOptions | undefined): Settings {
  const valid = validateOptions(OPTIONS, options);
  return {
    ...valid,
    // They may be changed later: the default is not shared.
    outcomes: valid.outcomes === NO_OUTCOMES ? {} : valid.outcomes,
    temporaryFolder: valid.temporaryFolder ?? tmpdir(),
    random: valid.random,
    datasets: valid.datasets,
    quirks: validateOptions(QUIRKS, valid.quirks, QUIRKS_PLACE),
  };
}
