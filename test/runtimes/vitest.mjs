/** Copied as `rows.vitest.mjs`, for Vitest with its globals. */
import { loadRows } from './pipeline.mjs';

globalThis.test('rows are loaded', loadRows);
