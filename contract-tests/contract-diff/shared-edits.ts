/** Edits of what operations refer to, so that Redocly reports them at the component. */
import type { Json } from '../../spec-tools/operations.js';

export interface SharedEdit {
  what: string;
  /** The rating of the change. */
  impact: 'major' | 'minor';
  /** Where the operation refers to it: in its request, its response or a response's header. */
  use: 'sent' | 'received' | 'header';
  before: Json;
  after: Json;
}

const field = (schema: Json): Json => ({ type: 'object', properties: { field: schema } });

export const SHARED_EDITS: readonly SharedEdit[] = [
  {
    what: 'a property of a request is removed',
    impact: 'major',
    use: 'sent',
    before: field({ type: 'string' }),
    after: { type: 'object', properties: {} },
  },
  {
    what: 'a default changes',
    impact: 'major',
    use: 'sent',
    before: field({ type: 'integer', default: 5 }),
    after: field({ type: 'integer', default: 6 }),
  },
  {
    what: 'a required header becomes optional',
    impact: 'major',
    use: 'header',
    before: { required: true, schema: { type: 'string' } },
    after: { required: false, schema: { type: 'string' } },
  },
  {
    what: 'a list of values is opened',
    impact: 'major',
    use: 'received',
    before: field({ type: 'string', enum: ['a', 'b'] }),
    after: field({ type: 'string', enum: ['a', 'b'], 'x-open': true }),
  },
  {
    what: 'an open list gets a value',
    impact: 'minor',
    use: 'received',
    before: field({ type: 'string', enum: ['a', 'b'], 'x-open': true }),
    after: field({ type: 'string', enum: ['a', 'b', 'c'], 'x-open': true }),
  },
  {
    what: 'a closed list gets a value',
    impact: 'major',
    use: 'received',
    before: field({ type: 'string', enum: ['a', 'b'] }),
    after: field({ type: 'string', enum: ['a', 'b', 'c'] }),
  },
];

const name = (index: number) => `Shared${index}`;

/** An operation that refers to the component, through another component in between where it is a schema. */
function buildOperation(index: number, use: SharedEdit['use']): Json {
  const ref = { $ref: `#/components/schemas/Outer${index}` };
  const content = { 'application/json': { schema: ref } };
  const header = { 'X-Shared': { $ref: `#/components/headers/${name(index)}` } };
  return {
    operationId: `shared${index}`,
    ...(use === 'sent' ? { requestBody: { content } } : {}),
    responses: {
      '200': {
        description: 'Done.',
        ...(use === 'received' ? { content } : {}),
        ...(use === 'header' ? { headers: header } : {}),
      },
    },
  };
}

/** The paths and components before the edits or after them. */
export function buildShared(isEdited: boolean): { paths: Json; schemas: Json; headers: Json } {
  const paths: Json = {};
  const schemas: Json = {};
  const headers: Json = {};
  SHARED_EDITS.forEach(({ use, before, after }, index) => {
    paths[`/shared${index}`] = { post: buildOperation(index, use) };
    const node = isEdited ? after : before;
    if (use === 'header') headers[name(index)] = node;
    else {
      schemas[name(index)] = node;
      const inner = { $ref: `#/components/schemas/${name(index)}` };
      schemas[`Outer${index}`] = { type: 'object', properties: { inner } };
    }
  });
  return { paths, schemas, headers };
}
