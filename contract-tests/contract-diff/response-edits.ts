/** Edits of what is received, each breaking or not. */
import type { Json } from '../../spec-tools/operations.js';
import { type Edit, property, received } from './operation.js';

export const RESPONSE_EDITS: readonly Edit[] = [
  {
    what: 'a status is removed',
    isBreaking: true,
    edit: (o) => {
      delete o.responses['404'];
    },
  },
  {
    what: 'a status is added',
    isBreaking: false,
    edit: (o) => {
      Object.assign(o.responses, { '409': { description: 'Busy.' } });
    },
  },
  {
    what: 'a response header is removed',
    isBreaking: true,
    edit: (o) => {
      delete o.responses['200']?.headers['Retry-After'];
    },
  },
  {
    what: 'a response header is added',
    isBreaking: false,
    edit: (o) => {
      Object.assign(o.responses['200']?.headers ?? {}, { 'x-new': { schema: { type: 'string' } } });
    },
  },
  {
    what: 'a response header becomes optional',
    isBreaking: true,
    edit: (o) => {
      Object.assign(o.responses['200']?.headers['Retry-After'] ?? {}, { required: false });
    },
  },
  {
    what: 'the type of a response header changes',
    isBreaking: true,
    edit: (o) => {
      Object.assign(o.responses['200']?.headers['Retry-After'] ?? {}, {
        schema: { type: 'integer' },
      });
    },
  },
  {
    what: 'a content type of a response is removed',
    isBreaking: true,
    edit: (o) => {
      delete o.responses['200']?.content['text/csv'];
    },
  },
  {
    what: 'a required property of a response becomes optional',
    isBreaking: true,
    edit: (o) => {
      received(o).required = [];
    },
  },
  {
    what: 'an optional property of a response becomes required',
    isBreaking: false,
    edit: (o) => received(o).required?.push('count'),
  },
  {
    what: 'a property of a response is removed',
    isBreaking: true,
    edit: (o) => {
      delete received(o).properties['count'];
    },
  },
  {
    what: 'a property of a response is added',
    isBreaking: false,
    edit: (o) => {
      received(o).properties['more'] = { type: 'string' };
    },
  },
  {
    what: 'the type of a property of a response changes',
    isBreaking: true,
    edit: (o) => {
      property(received(o), 'count')['type'] = 'string';
    },
  },
  {
    what: 'a property of a response may be null',
    isBreaking: true,
    edit: (o) => {
      property(received(o), 'id')['type'] = ['string', 'null'];
    },
  },
  {
    what: 'a value of a response is added',
    isBreaking: true,
    edit: (o) => (property(received(o), 'kind')['enum'] as string[]).push('c'),
  },
  {
    what: 'a value of an open list in a response is added',
    isBreaking: false,
    edit: (o) => (property(received(o), 'state')['enum'] as string[]).push('broken'),
  },
  {
    what: 'a list of values in a response is opened',
    isBreaking: true,
    edit: (o) => {
      property(received(o), 'kind')['x-open'] = true;
    },
  },
  {
    what: 'a list of values in a response is closed',
    isBreaking: false,
    edit: (o) => {
      delete property(received(o), 'state')['x-open'];
    },
  },
  {
    what: 'a bound of a response is dropped',
    isBreaking: true,
    edit: (o) => {
      delete property(received(o), 'count')['maximum'];
    },
  },
  {
    what: 'a bound of a response is narrowed',
    isBreaking: false,
    edit: (o) => {
      property(received(o), 'count')['maximum'] = 5;
    },
  },
  {
    what: 'an alternative of a response is added',
    isBreaking: true,
    edit: (o) => {
      (property(received(o), 'either')['anyOf'] as Json[]).push({ type: 'boolean' });
    },
  },
  {
    what: 'a response is closed',
    isBreaking: false,
    edit: (o) => {
      received(o)['additionalProperties'] = false;
    },
  },
];
