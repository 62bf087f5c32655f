/** Edits of what is sent, each breaking or not. */
import type { Json } from '../../spec-tools/operations.js';
import { type Body, type Edit, parameter, property, remove, sent } from './operation.js';

export const REQUEST_EDITS: readonly Edit[] = [
  { what: 'a parameter is removed', isBreaking: true, edit: (o) => o.parameters.splice(0, 1) },
  {
    what: 'an optional parameter is added',
    isBreaking: false,
    edit: (o) => o.parameters.push({ name: 'new', in: 'query', schema: {} }),
  },
  {
    what: 'a required parameter is added',
    isBreaking: true,
    edit: (o) => o.parameters.push({ name: 'new', in: 'query', required: true, schema: {} }),
  },
  {
    what: 'a parameter becomes required',
    isBreaking: true,
    edit: (o) => {
      parameter(o, 'filter').required = true;
    },
  },
  {
    what: 'a parameter becomes optional',
    isBreaking: false,
    edit: (o) => {
      parameter(o, 'limit').required = false;
    },
  },
  {
    what: 'the type of a parameter changes',
    isBreaking: true,
    edit: (o) => {
      parameter(o, 'filter').schema['type'] = 'integer';
    },
  },
  {
    what: 'the maximum of a parameter is lowered',
    isBreaking: true,
    edit: (o) => {
      parameter(o, 'limit').schema['maximum'] = 50;
    },
  },
  {
    what: 'the maximum of a parameter is raised',
    isBreaking: false,
    edit: (o) => {
      parameter(o, 'limit').schema['maximum'] = 200;
    },
  },
  {
    what: 'a value of a parameter is removed',
    isBreaking: true,
    edit: (o) => remove(parameter(o, 'order').schema['enum'] as string[], 'asc'),
  },
  {
    what: 'a value of a parameter is added',
    isBreaking: false,
    edit: (o) => (parameter(o, 'order').schema['enum'] as string[]).push('none'),
  },
  {
    what: 'a header parameter is renamed',
    isBreaking: true,
    edit: (o) => {
      parameter(o, 'x-mode')['name'] = 'x-other';
    },
  },
  {
    what: 'a list is sent in another form',
    isBreaking: true,
    edit: (o) => {
      parameter(o, 'ids')['explode'] = true;
    },
  },
  {
    what: 'the request body becomes required',
    isBreaking: true,
    edit: (o) => {
      (o.requestBody as Body).required = true;
    },
  },
  {
    what: 'the request body is removed',
    isBreaking: true,
    edit: (o) => {
      delete o.requestBody;
    },
  },
  {
    what: 'a content type of the request is removed',
    isBreaking: true,
    edit: (o) => {
      delete o.requestBody?.content['text/csv'];
    },
  },
  {
    what: 'a content type of the request is added',
    isBreaking: false,
    edit: (o) => {
      Object.assign((o.requestBody as Body).content, { 'text/xml': { schema: {} } });
    },
  },
  {
    what: 'a property of the request becomes required',
    isBreaking: true,
    edit: (o) => sent(o).required?.push('count'),
  },
  {
    what: 'a property of the request becomes optional',
    isBreaking: false,
    edit: (o) => {
      sent(o).required = [];
    },
  },
  {
    what: 'a property of the request is removed',
    isBreaking: true,
    edit: (o) => {
      delete sent(o).properties['count'];
    },
  },
  {
    what: 'an optional property of the request is added',
    isBreaking: false,
    edit: (o) => {
      sent(o).properties['more'] = { type: 'string' };
    },
  },
  {
    what: 'the request is closed',
    isBreaking: true,
    edit: (o) => {
      sent(o)['additionalProperties'] = false;
    },
  },
  {
    what: 'a value of the request is removed',
    isBreaking: true,
    edit: (o) => remove(property(sent(o), 'kind')['enum'] as string[], 'a'),
  },
  {
    what: 'a value of the request is added',
    isBreaking: false,
    edit: (o) => (property(sent(o), 'kind')['enum'] as string[]).push('c'),
  },
  {
    what: 'a pattern of the request changes',
    isBreaking: true,
    edit: (o) => {
      property(sent(o), 'id')['pattern'] = '^[0-9]+$';
    },
  },
  {
    what: 'a pattern of the request is dropped',
    isBreaking: false,
    edit: (o) => {
      delete property(sent(o), 'id')['pattern'];
    },
  },
  {
    what: 'a format of the request changes',
    isBreaking: true,
    edit: (o) => {
      property(sent(o), 'when')['format'] = 'date';
    },
  },
  {
    what: 'the most entries of a list in the request are lowered',
    isBreaking: true,
    edit: (o) => {
      property(sent(o), 'tags')['maxItems'] = 2;
    },
  },
  {
    what: 'the longest text of the request is raised',
    isBreaking: false,
    edit: (o) => {
      property(sent(o), 'id')['maxLength'] = 80;
    },
  },
  {
    what: 'a bound of the request is added',
    isBreaking: true,
    edit: (o) => {
      property(sent(o), 'count')['multipleOf'] = 2;
    },
  },
  {
    what: 'a default of the request changes',
    isBreaking: true,
    edit: (o) => {
      property(sent(o), 'count')['default'] = 7;
    },
  },
  {
    what: 'an alternative of the request is removed',
    isBreaking: true,
    edit: (o) => {
      (property(sent(o), 'either')['anyOf'] as Json[]).pop();
    },
  },
  {
    what: 'an alternative of the request is added',
    isBreaking: false,
    edit: (o) => {
      (property(sent(o), 'either')['anyOf'] as Json[]).push({ type: 'boolean' });
    },
  },
];
