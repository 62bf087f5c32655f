import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a machine that may be busy
const desk = useDesk();
const script = async (shell: string) => (await desk.run(['completion', shell])).stdout;

test('bash completes commands, options and fixed values, and leaves the rest to file names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aep-batch-completion-'));
  const file = join(folder, 'completion.bash');
  const run = [
    `source ${file}`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
    'complete_words() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _aep_batch; echo "${COMPREPLY[*]}"; }',
    'complete_words aep-batch in',
    'complete_words aep-batch ingest --exter',
    'complete_words aep-batch ingest x --format ""',
    'complete_words aep-batch ingest x --on-failure l',
    'complete_words aep-batch ingest x --dataset ""',
    'complete_words aep-batch ingest ro',
    'complete_words aep-batch completion ""',
    'complete_words aep-batch help dat',
    'complete -p aep-batch',
  ];
  try {
    await writeFile(file, await script('bash'));
    const output = execFileSync('bash', ['--norc', '-uc', run.join('\n')]).toString();

    expect(output.split('\n')).toEqual([
      'ingest init',
      '--external-id',
      'json parquet csv',
      'leave',
      '',
      '',
      'bash zsh fish',
      'datasets',
      'complete -o default -F _aep_batch aep-batch',
      '',
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('every command and option is in each script, and its quotes are closed', async () => {
  const { stdout: help } = await desk.run(['--help']);
  const names = [...help.matchAll(/^ {2}([\w-]+) \[options\]/gm)].map(([, name]) => name ?? '');
  const [bash, zsh, fish] = [await script('bash'), await script('zsh'), await script('fish')];

  expect(names).toContain('failed-files');
  for (const name of names) {
    expect(bash).toContain(`${name}) [[`);
    expect(zsh).toMatch(new RegExp(`^ {4}${name}\\)$`, 'm'));
    expect(fish).toContain(`-a ${name} -d '`);
  }
  expect(zsh).toContain("'--format[file format (default\\: detected)]:value:(json parquet csv)'");
  expect(zsh).toContain("'1:value:(bash zsh fish)'");
  expect(fish).toContain("'__fish_seen_subcommand_from ingest' -l no-wait -d");
  expect(fish).toContain(
    "-l log-format -d 'write stderr as lines with times, or as JSON' -r -f -a",
  );
  for (const text of [bash, zsh]) expect(countOpenQuotes(text)).toBe(0);
  for (const line of fish.split('\n')) expect(countOpenQuotes(line)).toBe(0);
});

/** Quotes that are open at the end; in comments there are none. */
function countOpenQuotes(text: string): number {
  const plain = text.replaceAll("\\'", '').replaceAll(/#.*$/gm, '');
  return (plain.match(/'/g)?.length ?? 0) % 2;
}

test('with --json the script is a field, and another shell is a usage error', async () => {
  const ended = await desk.run(['completion', 'fish', '--json']);
  expect(expectJson(ended, 'completion')).toMatchObject({ shell: 'fish' });
  expect((await desk.run(['completion', 'tcsh'])).code).toBe(2);
});
