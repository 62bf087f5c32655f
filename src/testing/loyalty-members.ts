/** A dataset with a schema, to try checks of rows without an account: the Loyalty Members of Adobe's tutorial. */
import type { SimulatedDataset, SimulatedDescriptor, SimulatedSchema } from './options.js';

const SCHEMA_ID = 'https://ns.adobe.com/acme/schemas/533ca5da28087c44344810891b0f03d9';

const text = (title: string) => ({ title, type: 'string', 'meta:xdmType': 'string' });
const dateTime = (title: string) => ({
  title,
  type: 'string',
  format: 'date-time',
  'meta:xdmType': 'date-time',
});
const object = (properties: object) => ({ type: 'object', 'meta:xdmType': 'object', properties });
const integer = (title: string) => ({ title, type: 'integer', 'meta:xdmType': 'int' });

const schema: SimulatedSchema = {
  $id: SCHEMA_ID,
  version: '1.4',
  title: 'Loyalty Members',
  description: 'Information for all members of the loyalty program',
  type: 'object',
  'meta:class': 'https://ns.adobe.com/xdm/context/profile',
  'meta:extends': [
    'https://ns.adobe.com/xdm/context/profile',
    'https://ns.adobe.com/xdm/data/record',
    'https://ns.adobe.com/xdm/context/profile-person-details',
    'https://ns.adobe.com/xdm/context/profile-personal-details',
  ],
  'meta:immutableTags': ['union'],
  'meta:tenantNamespace': '_acme',
  'meta:registryMetadata': { 'repo:lastModifiedDate': 1551843052271, eTag: 'loyalty-members-1.4' },
  required: ['_id'],
  properties: {
    _id: { ...text('Identifier'), format: 'uri-reference', 'meta:xdmField': '@id' },
    _repo: object({ createDate: dateTime('Created'), modifyDate: dateTime('Modified') }),
    person: object({
      name: object({ firstName: text('First name'), lastName: text('Last name') }),
      birthDate: { ...text('Birth Date'), format: 'date', 'meta:xdmType': 'date' },
      gender: {
        ...text('Gender'),
        enum: ['male', 'female', 'not_specified', 'non_specific'],
        default: 'not_specified',
      },
    }),
    personalEmail: object({ address: text('Address') }),
    _acme: object({
      loyalty: object({
        loyaltyId: text('Loyalty Identifier'),
        loyaltyLevel: text('Loyalty Level'),
        loyaltyPoints: { ...integer('Loyalty Points'), minimum: 0, maximum: 2_147_483_647 },
        memberSince: dateTime('Member Since'),
      }),
    }),
  },
};

const descriptor: SimulatedDescriptor = {
  '@id': 'f3a1dfa38a4871cf4442a33074c1f9406a593407',
  '@type': 'xdm:descriptorIdentity',
  'xdm:sourceSchema': SCHEMA_ID,
  'xdm:sourceVersion': 1,
  'xdm:sourceProperty': '/personalEmail/address',
  'xdm:namespace': 'Email',
  'xdm:property': 'xdm:code',
  'xdm:isPrimary': true,
};

const dataset: SimulatedDataset = {
  name: 'Loyalty Members',
  description: 'A dataset with a schema, to try checks of rows.',
  schemaRef: { id: SCHEMA_ID, contentType: 'application/vnd.adobe.xed+json;version=1' },
  tags: { unifiedProfile: ['enabled:true'], unifiedIdentity: ['enabled:true'] },
  fileDescription: { persisted: true, containerFormat: 'parquet', format: 'parquet' },
};

/** The id of the dataset. */
export const LOYALTY_DATASET_ID = '5c8c3c555033b814b69f947f';

/** What `startSimulator()` takes to have the dataset beside all others. */
export const loyaltyMembers = {
  datasets: { [LOYALTY_DATASET_ID]: dataset },
  acceptsAnyDataset: true,
  schemas: [schema],
  descriptors: [descriptor],
} as const;
