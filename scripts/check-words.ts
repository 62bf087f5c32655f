/**
 * Rejects private words where the field has standard ones, and function names that end in `Of`. It checks
 * the tracked text of this project; quoted texts of the platform and similar cases are in EXCEPTIONS.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const FOLDERS = [
  ...['src', 'spec', 'spec-tools', 'scripts', 'test', 'contract-tests', 'bench', 'docs'],
  ...['README.md', 'CONTRIBUTING.md', 'Makefile', '.ci'],
];

/** Each word or phrase, and what to write instead. */
const WORDS: Readonly<Record<string, string>> = {
  'is no JSON': 'is not valid JSON',
  'wants a': 'expected',
  'answers?|answered': 'response, respond, return',
  'told|tells?': 'report, return, notify',
  heed: 'respect',
  heeded: 'respected',
  mend: 'fix',
  mended: 'fixed',
  doubt: 'unknown outcome',
  'became of': 'status or result of',
  'on its way|on their way': 'in progress',
  'under way': 'in progress',
  'refusals?': 'error response, rejection',
  settings: 'options',
};

interface Exception {
  /** A path, or a folder that ends in `/`. */
  path: string;
  /** The line must contain this text. */
  text: string;
  reason: string;
}

const EXCEPTIONS: readonly Exception[] = [
  { path: 'scripts/check-words.ts', text: '', reason: 'the list itself' },
  { path: 'contract-tests/published/', text: '', reason: 'published requests and responses' },
  { path: 'src/bullmq/', text: 'settings: {', reason: 'an option of BullMQ' },
];

const patterns = Object.entries(WORDS).map(([words, instead]) => ({
  pattern: new RegExp(`\\b(?:${words})\\b`),
  instead,
}));
/** A definition of a function or method whose name ends in `Of`; calls of others are allowed. */
const NAME_ENDS_IN_OF =
  /\b(?:function\*?|const|let)\s+\w+Of\b\s*(?:\(|<|=\s*(?:$|async\b|<|\(|\w+\s*=>))|^\s+(?:async |static |private )*#?\w+Of\(.*\{$/;

const files = execFileSync('git', ['ls-files', '-z', '--', ...FOLDERS], { encoding: 'utf8' })
  .split('\0')
  // A file that was deleted and not yet committed is still listed.
  .filter(
    (file) =>
      existsSync(file) && /(?:\.(?:ts|js|cjs|c|md|ya?ml|json|txt|sh)|Makefile|run)$/.test(file),
  );

let found = 0;
for (const file of files) {
  const exceptions = EXCEPTIONS.filter(({ path }) => file === path || file.startsWith(path));
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (exceptions.some(({ text }) => line.includes(text))) continue;
    for (const { pattern, instead } of patterns) {
      const word = pattern.exec(line)?.[0];
      if (word === undefined) continue;
      found++;
      console.log(`${file}:${index + 1}: "${word}": write ${instead}: ${line.trim()}`);
    }
    if (/\.[jt]s$/.test(file) && NAME_ENDS_IN_OF.test(line)) {
      found++;
      console.log(`${file}:${index + 1}: a function name ends in "Of": use a verb: ${line.trim()}`);
    }
  }
}
if (found > 0) console.log(`${found} lines to fix`);
process.exitCode = found === 0 ? 0 : 1;
