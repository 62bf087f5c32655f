/** Differences that are put into a document, and where each has to be found on the simulator. */
import { dereference, type Json, listOperations, resolveRef } from '../../spec-tools/operations.js';

export interface Seed {
  what: string;
  change: (document: Json) => void;
  /** `<operation> <status> <path>` of each. */
  found: readonly string[];
}

function responsesBelow(document: Json, id: string): Json {
  const operation = listOperations(document).find((one) => one.id === id)?.operation;
  return (operation as Json)['responses'] as Json;
}

/** The response of an operation as its own copy, so that no other changes with it. */
function response(document: Json, id: string, status: number): Json {
  const responses = responsesBelow(document, id);
  const copy = structuredClone(dereference(document, responses[status]));
  responses[status] = copy;
  return copy;
}

const component = (document: Json, name: string) =>
  resolveRef(document, `#/components/schemas/${name}`) as { properties: Json; required?: string[] };

export const SEEDS: readonly Seed[] = [
  {
    what: 'a status is missing',
    change: (document) => {
      delete responsesBelow(document, 'fileAction')['201'];
    },
    found: ['fileAction 201 status'],
  },
  {
    what: 'a header is required',
    change: (document) => {
      const headers = { 'X-Cluster': { required: true, schema: { type: 'string' } } };
      response(document, 'batchAction', 200)['headers'] = headers;
    },
    found: ['batchAction 200 header x-cluster'],
  },
  {
    what: 'a header has another form',
    change: (document) => {
      const headers = { Range: { schema: { type: 'string', pattern: '^lines ' } } };
      response(document, 'getReceivedRanges', 200)['headers'] = headers;
    },
    found: ['getReceivedRanges 200 header range'],
  },
  {
    what: 'the content type is another one',
    change: (document) => {
      const content = response(document, 'createBatch', 201)['content'] as Json;
      content['application/vnd.batch+json'] = content['application/json'];
      delete content['application/json'];
    },
    found: ['createBatch 201 content-type'],
  },
  {
    what: 'a field has another type',
    change: (document) => {
      component(document, 'CatalogBatch').properties['version'] = { type: 'integer' };
    },
    found: ['listBatches 200 body/*/version', 'getBatch 200 body/*/version'],
  },
  {
    what: 'a field is required that is not sent',
    change: (document) => {
      const schema = { type: 'object', required: ['cost'] };
      response(document, 'previewBatch', 200)['content'] = { 'application/json': { schema } };
    },
    found: ['previewBatch 200 body'],
  },
  {
    what: 'a list of values lacks one',
    change: (document) => {
      const schema = {
        additionalProperties: { properties: { status: { enum: ['success', 'loading'] } } },
      };
      const media = (response(document, 'getBatch', 200)['content'] as Json)['application/json'];
      Object.assign(media as Json, { schema: { allOf: [(media as Json)['schema'], schema] } });
    },
    found: ['getBatch 200 body/*/status'],
  },
  {
    what: 'an error has another form',
    change: (document) => {
      const schema = { type: 'object', required: ['trace'] };
      response(document, 'getSchema', 404)['content'] = { '*/*': { schema } };
    },
    found: ['getSchema 404 body'],
  },
];
