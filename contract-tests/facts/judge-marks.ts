/** Facts about single keywords: which values enums list, what is deprecated, and which keywords are not used. */
import type { Json } from '../../spec-tools/operations.js';
import {
  BATCH_ACTIONS,
  BATCH_STATUSES,
  FILE_ACTIONS,
  FILE_FORMATS,
  RELATED_OBJECT_TYPES,
} from './batches.js';

type Words = readonly string[];

/** All enums, which are of text, by their place under `components`. */
const ENUMS: Readonly<Record<string, Words>> = {
  'schemas.FileFormat': FILE_FORMATS,
  'schemas.BatchStatus': BATCH_STATUSES,
  'schemas.RelatedObjectType': RELATED_OBJECT_TYPES,
  'schemas.BatchAction': BATCH_ACTIONS,
  'schemas.FileAction': FILE_ACTIONS,
  'schemas.CatalogInputFormat.properties.header.anyOf.1': ['true', 'false'],
  'schemas.CatalogReplay.properties.predecessorListingType': ['IMMEDIATE', 'ALL'],
  'schemas.TokenRequest.properties.grant_type': ['client_credentials'],
  'schemas.Token.properties.token_type': ['bearer'],
  'parameters.SchemaContainer.schema': ['tenant', 'global'],
};

/** Where each mark stands: what callers should no longer send, what the platform assigns, which enums are open. */
const MARKS: Readonly<Record<string, Words>> = {
  deprecated: [
    'parameters.Sort',
    'schemas.CreateBatchRequest.properties.partialIngestionPercentage',
    'schemas.Dataset.properties.schema',
  ],
  readOnly: ['schemas.CreatedBatch.properties.id'],
  'x-open': ['schemas.BatchStatus', 'schemas.RelatedObjectType'],
  // The client and the platform send what the caller gave.
  default: [],
  // A message may have several published forms at once, so alternatives are `anyOf`.
  oneOf: [],
  // Fixed values are enums, to which a value can be added.
  const: [],
  // Whatever a caller may send in an object, the platform may return.
  writeOnly: [],
  // Each parameter is one text in OpenAPI's default form; reserved characters are encoded, and an empty flag is none.
  style: [],
  explode: [],
  allowReserved: [],
  allowEmptyValue: [],
  // No source limits how many fields an object has, what they are called, or which of them come together.
  maxProperties: [],
  propertyNames: [],
  patternProperties: [],
  dependentRequired: [],
  dependentSchemas: [],
  unevaluatedProperties: [],
  // No source encodes a text within JSON, or says what items of a list have to be beside their type.
  contentEncoding: [],
  contentMediaType: [],
  contentSchema: [],
  prefixItems: [],
  contains: [],
  unevaluatedItems: [],
  // No rule depends on another field, and no name of a type is published.
  if: [],
  else: [],
  discriminator: [],
  xml: [],
  // A keyword of OpenAPI 3.0, which 3.1 ignores: null is a type here.
  nullable: [],
  // The platform calls nothing.
  callbacks: [],
};

export function judgeMarks(document: Json): string[] {
  const { examples: _, ...components } = (document['components'] ?? {}) as Json;
  const found = [
    ...findKeyword(components, 'enum').map(([at, values, type]) => `${type} ${at}: ${values}`),
    ...Object.keys(MARKS).flatMap((key) =>
      [...findKeyword(components, key), ...findKeyword(document['paths'], key)].map(
        ([at, value]) => `${key} ${at}: ${value}`,
      ),
    ),
  ];
  const expected = [
    ...Object.entries(ENUMS).map(([at, values]) => `string ${at}: ${values}`),
    ...Object.entries(MARKS).flatMap(([key, places]) => places.map((at) => `${key} ${at}: true`)),
  ];
  return [
    ...expected.filter((one) => !found.includes(one)).map((one) => `missing: ${one}`),
    ...found.filter((one) => !expected.includes(one)).map((one) => `surplus: ${one}`),
  ];
}

type Found = [place: string, value: unknown, type: unknown];

/** The values of a keyword, with their places and the types there; a field of that name is none. */
function findKeyword(node: unknown, keyword: string, path: Words = []): Found[] {
  if (typeof node !== 'object' || node === null) return [];
  const isFields = path.at(-1) === 'properties';
  return Object.entries(node).flatMap(([key, child]): Found[] =>
    key === keyword && !isFields
      ? [[path.join('.'), child, (node as Json)['type']]]
      : findKeyword(child, keyword, [...path, key]),
  );
}
