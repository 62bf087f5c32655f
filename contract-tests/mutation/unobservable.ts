/** Changes that nobody can see: no message, type or test can differ. Each entry has to match a mutant of the document. */
import type { Mutant } from './mutant.js';

export interface Unobservable {
  kind: string;
  /** A JSON pointer, or the end of one. */
  pointer: string;
  /** Limits the entry to changes with this text. */
  change?: string;
  reason: string;
}

/** A value without fields lacks none of those that `not` requires. */
const NOT_REFUSES = '`not` with `required` refuses everything that is not an object';
const SAME_AS_OTHERS = '`additionalProperties` says the same of it';
/** `not` names the fields that it requires once more, without a schema, as the lint rules ask. */
const ACCEPTS_ALL = 'an empty schema in `not` accepts every value';

export const UNOBSERVABLE: readonly Unobservable[] = [
  ...['partialIngestionPercent', 'partialIngestionPercentage'].flatMap((name) =>
    hideField('/CreateBatchRequest/not/properties', name),
  ),
  ...hideField('/InputFileRow/not/anyOf/0/properties', 'error_code'),
  ...hideField('/InputFileRow/not/anyOf/1/properties', 'title'),
  ...['CreateBatchRequest', 'InputFileRow'].flatMap((name) =>
    ['type-dropped', 'null-added'].map((kind) => ({
      kind,
      pointer: `/${name}/type`,
      reason: NOT_REFUSES,
    })),
  ),
  ...['startDate', 'endDate'].flatMap((name) =>
    [
      ...[{ kind: 'property-dropped', pointer: `/CatalogAvailableDates/properties/${name}` }],
      ...[
        {
          kind: 'property-renamed',
          pointer: '/CatalogAvailableDates/properties',
          change: `${name} →`,
        },
      ],
    ].map((entry) => ({ ...entry, reason: SAME_AS_OTHERS })),
  ),
  {
    kind: 'bound-added',
    pointer: '/GatewayError/properties/error_code/maxLength',
    reason: 'its pattern takes six digits alone',
  },
];

function hideField(pointer: string, name: string): Unobservable[] {
  return [
    { kind: 'property-dropped', pointer: `${pointer}/${name}`, reason: ACCEPTS_ALL },
    { kind: 'property-renamed', pointer, change: `${name} →`, reason: ACCEPTS_ALL },
  ];
}

export const findReason = (
  { kind, pointer, change }: Pick<Mutant, 'kind' | 'pointer' | 'change'>,
  entries = UNOBSERVABLE,
): string | undefined =>
  entries.find(
    (entry) =>
      entry.kind === kind &&
      pointer.endsWith(entry.pointer) &&
      (entry.change === undefined || change.includes(entry.change)),
  )?.reason;

/** Entries that match no mutant, and should be removed. */
export const listStaleEntries = (
  mutants: readonly Mutant[],
  entries = UNOBSERVABLE,
): Unobservable[] =>
  entries.filter((entry) => !mutants.some((mutant) => findReason(mutant, [entry]) !== undefined));
