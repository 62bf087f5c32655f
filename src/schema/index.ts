/**
 * The entry `aep-batch/schema`: rows against the schema of their dataset, offline. It is apart from the
 * main entry so that loading data without such a check does not load it.
 */
export { BatchCheck, type RowCounts, type SampleOptions } from './batch-check.js';
export { type ConvertOptions, type ConvertResult, convertFile } from './convert/convert-file.js';
export type { Field, FieldType } from './field.js';
export { generateTypes } from './generate-types.js';
export type { IdentityField } from './identities.js';
export type { IdentityDescriptor, RowSchemaOptions, Severity } from './options.js';
export type { SchemaKind } from './parse-schema.js';
export type { RowFinding } from './problems.js';
export { RowSchema } from './row-schema.js';
export { type SampleRowsOptions, sampleRows } from './sample/rows.js';
