/**
 * Makes a product from its inputs if it is out of date. Contents decide, not modification times, which a
 * checkout or a copy changes.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Product {
  /** Files and folders that it is made from. */
  inputs: readonly string[];
  output: string;
  /** @returns whether it was made. */
  make(): boolean;
}

const RECORDS = '.cache/prepared';

/**
 * @param root the project's folder.
 * @returns whether the product is up to date now.
 */
export function bringUpToDate(name: string, product: Product, root = '.'): boolean {
  const record = join(root, RECORDS, name);
  const state = () => hash(root, product.inputs) + hash(root, [product.output]);
  if (readRecord(record) === state()) return true;
  rmSync(record, { force: true });
  if (!product.make()) return false;
  mkdirSync(join(root, RECORDS), { recursive: true });
  writeFileSync(record, state());
  return true;
}

/** Hashes names and contents. */
function hash(root: string, paths: readonly string[]): string {
  const digest = createHash('sha256').update(process.version);
  const add = (path: string): void => {
    const full = join(root, path);
    const stats = statSync(full, { throwIfNoEntry: false });
    digest.update(`\0${path}\0${stats?.isDirectory() ? 'folder' : stats?.size}\0`);
    if (stats?.isDirectory()) for (const name of readdirSync(full).sort()) add(join(path, name));
    else if (stats !== undefined) digest.update(readFileSync(full));
  };
  for (const path of paths) add(path);
  return digest.digest('hex');
}

function readRecord(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
