/** Copied as `rows.test.mjs`, for the runners that have `node:test`. */
import { test } from 'node:test';
import { loadRows } from './pipeline.mjs';

test('rows are loaded', loadRows);
