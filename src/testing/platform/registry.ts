/** The schemas and descriptors of the simulated Schema Registry. */
import type { components } from '../../../generated/openapi.js';
import type { SimulatedDescriptor, SimulatedSchema } from '../options.js';

export type XdmSchema = components['schemas']['XdmSchema'];
type SchemaRef = components['schemas']['SchemaRef'];
type Container = 'tenant' | 'global';

const NAMESPACE = 'https://ns.adobe.com/';

/** A schema's URI in the form of `meta:altId`; one of that form stays as it is. */
const toAltId = (id: string): string =>
  id.startsWith(NAMESPACE) ? `_${id.slice(NAMESPACE.length).replaceAll('/', '.')}` : id;

const findContainer = (schema: SimulatedSchema): Container => {
  const own = schema['meta:containerId'];
  if (own === 'tenant' || own === 'global') return own;
  return /^_(xdm|experience)\./.test(toAltId(schema.$id)) ? 'global' : 'tenant';
};

const readMajor = ({ version = '1.0' }: SimulatedSchema): number => Number.parseInt(version, 10);

/** What the registry has under an id. */
export interface FoundSchema {
  /** The versions that it has, at least one. */
  readonly majors: readonly number[];
  /** The schema in the major version that was asked for. */
  readonly schema: XdmSchema | undefined;
}

export class Registry {
  readonly #schemas: readonly SimulatedSchema[];
  readonly descriptors: readonly SimulatedDescriptor[];

  constructor(schemas: readonly SimulatedSchema[], descriptors: readonly SimulatedDescriptor[]) {
    this.#schemas = schemas;
    this.descriptors = descriptors;
  }

  /** The schema that a dataset refers to; `undefined` where there is none. */
  findReferenced({ id = '', contentType = '' }: SchemaRef): XdmSchema | undefined {
    const major = Number(/version\s*=\s*(\d+)/.exec(contentType)?.[1] ?? 1);
    return (this.find('tenant', id, major) ?? this.find('global', id, major))?.schema;
  }

  /** The newest minor version of a schema, by its URI or `meta:altId`; `undefined` where there is none. */
  find(container: string, id: string, major: number): FoundSchema | undefined {
    const versions = this.#schemas.filter(
      (schema) => findContainer(schema) === container && toAltId(schema.$id) === toAltId(id),
    );
    if (versions.length === 0) return undefined;
    const [schema] = versions
      .filter((one) => readMajor(one) === major)
      .sort((one, two) => readMinor(two) - readMinor(one));
    return {
      majors: versions.map(readMajor),
      schema: schema && { ...describe(schema), ...schema },
    };
  }
}

const readMinor = ({ version = '1.0' }: SimulatedSchema): number =>
  Number(version.split('.')[1] ?? 0);

/** What every schema of the registry has. */
const describe = (schema: SimulatedSchema): XdmSchema => ({
  'meta:altId': toAltId(schema.$id),
  'meta:resourceType': 'schemas',
  version: '1.0',
  type: 'object',
  'meta:xdmType': 'object',
  'meta:containerId': findContainer(schema),
});
