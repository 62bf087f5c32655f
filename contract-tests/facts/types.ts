/**
 * Facts about the generated types, held by the compiler: the values of enums and the fields of requests. Nothing runs
 * here; a line that does not hold does not compile.
 */
import type { components, operations } from '../../generated/openapi.js';

type Schemas = components['schemas'];
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_ extends true>(): void => undefined;
/** Any other text, which callers must expect. */
type Other = string & {};
type Query<Id extends keyof operations> = NonNullable<operations[Id]['parameters']['query']>;
type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];

holds<Same<Schemas['FileFormat'], 'json' | 'parquet' | 'csv'>>();
holds<Same<Schemas['BatchAction'], 'COMPLETE' | 'ABORT' | 'FAIL' | 'REVERT'>>();
holds<Same<Schemas['FileAction'], 'INITIALIZE' | 'COMPLETE'>>();
holds<Same<Schemas['CatalogReplay']['predecessorListingType'], 'IMMEDIATE' | 'ALL' | undefined>>();
holds<Same<Schemas['CatalogInputFormat']['header'], boolean | 'true' | 'false' | undefined>>();
holds<Same<Schemas['TokenRequest']['grant_type'], 'client_credentials'>>();
holds<Same<Schemas['Token']['token_type'], 'bearer'>>();
holds<Same<operations['getSchema']['parameters']['path']['container'], 'tenant' | 'global'>>();
holds<
  Same<
    Schemas['BatchStatus'],
    | ('loading' | 'loaded' | 'queued' | 'processing' | 'staging' | 'staged' | 'retrying')
    | ('stalled' | 'success' | 'active' | 'failed' | 'failure' | 'aborted' | 'abandoned')
    | ('inactive' | 'deleted' | 'archived' | 'retained')
    | Other
  >
>();
holds<
  Same<
    Schemas['RelatedObjectType'],
    | ('batch' | 'connection' | 'connector' | 'dataSet' | 'dataSetFile' | 'dataSetView')
    | ('expressionBlock' | 'service' | 'serviceDefinition' | 'transform')
    | Other
  >
>();

holds<Same<RequiredKeys<Schemas['CreateBatchRequest']>, 'datasetId'>>();
holds<
  Same<
    keyof Schemas['CreateBatchRequest'],
    | ('datasetId' | 'inputFormat' | 'externalId' | 'replay' | 'tags' | 'enableErrorDiagnostics')
    | ('partialIngestionPercent' | 'partialIngestionPercentage')
  >
>();
holds<Same<RequiredKeys<Schemas['InputFormat']>, 'format'>>();
holds<
  Same<
    keyof Schemas['InputFormat'],
    | ('format' | 'isMultiLineJson' | 'delimiter' | 'quote' | 'escape' | 'charset' | 'header')
    | 'nullMarker'
  >
>();
holds<Same<keyof Schemas['Replay'], 'predecessors' | 'predecessorsByExternalId' | 'reason'>>();
holds<
  Same<keyof Schemas['TokenRequest'], 'grant_type' | 'client_id' | 'client_secret' | 'scope'>
>();
holds<Same<keyof Query<'getFile'>, 'path' | 'limit' | 'start'>>();
holds<
  Same<
    keyof Query<'listBatches'>,
    | ('dataSet' | 'status' | 'externalId' | 'batch' | 'createdClient' | 'createdUser')
    | ('updatedUser' | 'createdAfter' | 'createdBefore' | 'tags' | 'version' | 'property')
    | ('orderBy' | 'sort' | 'properties' | 'limit' | 'start')
  >
>();
holds<
  Same<
    keyof Query<'previewBatch'>,
    | ('format' | 'isMultiLineJson' | 'delimiter' | 'quote' | 'escape' | 'charset' | 'header')
    | 'nrow'
  >
>();
