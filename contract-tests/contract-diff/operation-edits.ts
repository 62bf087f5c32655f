/** Edits of an operation as a whole, each breaking or not. */
import { type Edit, operation } from './operation.js';

export const OPERATION_EDITS: readonly Edit[] = [
  {
    what: 'the operation is removed',
    isBreaking: true,
    edit: (_, item) => {
      delete item['post'];
    },
  },
  {
    what: 'an operation is added',
    isBreaking: false,
    edit: (_, item) => {
      item['get'] = operation('added');
    },
  },
  {
    what: 'the operation id changes',
    isBreaking: true,
    edit: (o) => {
      o.operationId = 'renamed';
    },
  },
  {
    what: 'a credential is added',
    isBreaking: true,
    edit: (o) => {
      o.security = [{ token: [], key: [], other: [] }];
    },
  },
  {
    what: 'a credential is removed',
    isBreaking: false,
    edit: (o) => {
      o.security = [{ token: [] }];
    },
  },
  {
    what: 'an alternative credential is added',
    isBreaking: false,
    edit: (o) => o.security.push({ other: [] }),
  },
  {
    what: 'a required parameter of the path is added',
    isBreaking: true,
    edit: (_, item) => {
      item['parameters'] = [{ name: 'x-common', in: 'header', required: true, schema: {} }];
    },
  },
  {
    what: 'the operation gets a server of its own',
    isBreaking: true,
    edit: (o) => {
      o['servers'] = [{ url: 'https://other.invalid' }];
    },
  },
  {
    what: 'the description changes',
    isBreaking: false,
    edit: (o) => {
      o['description'] = 'Now described.';
    },
  },
  {
    what: 'the operation is deprecated',
    isBreaking: false,
    edit: (o) => {
      o['deprecated'] = true;
    },
  },
];
