/** Descriptors as responses have them: grouped by type, or in pages. Odd values are normalised here. */
import { type Fields, isFields, put, toBoolean, toText } from './catalog.js';
import { parseInteger } from './pages.js';
import type { Descriptor } from './types.js';

const TEXTS = [
  '@id',
  'xdm:sourceSchema',
  'xdm:sourceProperty',
  'xdm:namespace',
  'xdm:property',
  'meta:containerId',
  'imsOrg',
  'version',
] as const satisfies readonly (keyof Descriptor)[];

/** What one response has. */
interface DescriptorPage {
  readonly descriptors: Descriptor[];
  /** Where the next page starts. */
  readonly next?: string;
}

/**
 * @param reject makes the error for a response that cannot be used.
 * @throws what `reject` makes.
 */
export function readDescriptorPage(body: object, reject: (what: string) => Error): DescriptorPage {
  if (!isFields(body)) throw reject('the response is a list, not descriptors by type');
  const { results, _page: page } = body;
  if (Array.isArray(results)) {
    const next = isFields(page) ? toText(page['next']) : undefined;
    const descriptors = results.map((entry) => toDescriptor(entry, undefined, reject));
    return next === undefined || next === '' ? { descriptors } : { descriptors, next };
  }
  const descriptors = Object.entries(body).flatMap(([type, group]) => {
    if (!Array.isArray(group)) throw reject(`the descriptors of type ${type} are not a list`);
    return group.map((entry) => toDescriptor(entry, type, reject));
  });
  return { descriptors };
}

function toDescriptor(
  entry: unknown,
  group: string | undefined,
  reject: (what: string) => Error,
): Descriptor {
  if (!isFields(entry)) throw reject('the response lists a descriptor that is not an object');
  const type = typeof entry['@type'] === 'string' ? entry['@type'] : group;
  if (type === undefined) throw reject('the response lists a descriptor without a type');
  for (const name of TEXTS) {
    const value = entry[name];
    if (value !== undefined && typeof value !== 'string') put(entry, name, toText(value));
  }
  normalizeVersion(entry);
  const isPrimary = entry['xdm:isPrimary'];
  if (isPrimary !== undefined) put(entry, 'xdm:isPrimary', toBoolean(isPrimary));
  return Object.assign(entry, { '@type': type });
}

function normalizeVersion(entry: Fields): void {
  const version = entry['xdm:sourceVersion'];
  if (version !== undefined) put(entry, 'xdm:sourceVersion', parseInteger(version));
}
