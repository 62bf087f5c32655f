/** Completion scripts for shells, generated from the commands and options of the program. */
import type { Command, Option } from 'commander';

export type Shell = 'bash' | 'zsh' | 'fish';
export const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

interface CommandWords {
  name: string;
  description: string;
  options: readonly OptionWords[];
  /** The values of its first argument, where they are fixed. */
  values: readonly string[];
}

interface OptionWords {
  name: string;
  description: string;
  takesValue: boolean;
  /** The values that it takes, where they are fixed. */
  values: readonly string[];
}

/** The script for a shell. Where it has nothing to offer, the shell completes file names. */
export function formatCompletion(shell: Shell, program: Command): string {
  const commands = program.commands.map(toCommandWords);
  if (shell === 'bash') return formatBash(commands);
  return shell === 'zsh' ? formatZsh(commands) : formatFish(commands);
}

const toCommandWords = (command: Command): CommandWords => ({
  name: command.name(),
  description: command.description(),
  options: [...command.options.map(toOptionWords), HELP],
  values: command.registeredArguments[0]?.argChoices ?? [],
});

const HELP: OptionWords = {
  name: '--help',
  description: 'show this help',
  takesValue: false,
  values: [],
};

const toOptionWords = (option: Option): OptionWords => ({
  name: option.long ?? option.flags,
  description: option.description,
  takesValue: option.required || option.optional,
  values: option.argChoices ?? [],
});

/** In single quotes, for each of the three shells. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Options with fixed values, as patterns of `case`: each with the command that it belongs to. */
const listChoices = (commands: readonly CommandWords[]) =>
  commands.flatMap(({ name, options }) =>
    options.flatMap((option) =>
      option.values.length === 0 ? [] : [{ pattern: `${name} ${option.name}`, ...option }],
    ),
  );

function formatBash(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const choices = listChoices(commands).map(
    ({ pattern, values }) => `    ${quote(pattern)}) words=${quote(values.join(' '))} ;;`,
  );
  const takesValue = commands.flatMap(({ name, options }) =>
    options.flatMap((option) => (option.takesValue ? [quote(`${name} ${option.name}`)] : [])),
  );
  const words = commands.map(({ name, options, values }) => {
    const all = options.map((option) => option.name).join(' ');
    const own =
      values.length === 0 ? '' : `; [[ $current == -* ]] || words=${quote(values.join(' '))}`;
    return `      ${name}) [[ $current == -* ]] && words=${quote(all)}${own} ;;`;
  });
  return `# bash completion for aep-batch. To install: source <(aep-batch completion bash)
_aep_batch() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words=''
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${quote(`${names} help --help --version`)} -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]} $previous" in
${choices.join('\n')}
    ${takesValue.join('|')}) ;;
    *) case "\${COMP_WORDS[1]}" in
      help) words=${quote(names)} ;;
${words.join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _aep_batch aep-batch`;
}

/** A text inside an item of \`_arguments\` or \`_describe\`, where these characters end a part. */
const escapeZsh = (text: string): string => text.replace(/[\\[\]:]/g, '\\$&');

function formatZsh(commands: readonly CommandWords[]): string {
  const described = commands.map(({ name, description }) =>
    quote(`${name}:${escapeZsh(description)}`),
  );
  const cases = commands.map(({ name, options, values }) => {
    const items = options.map((option) => quote(formatZshOption(option)));
    const rest = values.length === 0 ? '*:file:_files' : `1:value:(${values.join(' ')})`;
    return `    ${name})\n      _arguments ${[...items, quote(rest)].join(' \\\n        ')} ;;`;
  });
  return `#compdef aep-batch
# zsh completion for aep-batch. To install: aep-batch completion zsh > "\${fpath[1]}/_aep-batch"
_aep_batch() {
  local -a commands
  commands=(
    ${described.join('\n    ')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=\${words[2]}
  shift words
  ((CURRENT--))
  case $command in
    help) _describe command commands ;;
${cases.join('\n')}
  esac
}
if [[ \${funcstack[1]} == _aep-batch ]]; then
  _aep_batch "$@"
else
  compdef _aep_batch aep-batch
fi`;
}

function formatZshOption({ name, description, takesValue, values }: OptionWords): string {
  const text = `${name}[${escapeZsh(description)}]`;
  if (!takesValue) return text;
  return values.length === 0 ? `${text}:value:_files` : `${text}:value:(${values.join(' ')})`;
}

/** fish reads backslashes inside single quotes, too. */
const quoteFish = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

function formatFish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, description, options, values }) => [
    `complete -c aep-batch -n __fish_use_subcommand -f -a ${name} -d ${quoteFish(description)}`,
    ...(values.length === 0 ? [] : [`${inFish(name)} -f -a ${quoteFish(values.join(' '))}`]),
    ...options.map((option) => `${inFish(name)} ${formatFishOption(option)}`),
  ]);
  return [
    '# fish completion for aep-batch. To install:',
    '# aep-batch completion fish > ~/.config/fish/completions/aep-batch.fish',
    ...lines,
  ].join('\n');
}

const inFish = (command: string): string =>
  `complete -c aep-batch -n ${quoteFish(`__fish_seen_subcommand_from ${command}`)}`;

function formatFishOption({ name, description, takesValue, values }: OptionWords): string {
  const parts = [`-l ${name.replace(/^--/, '')}`, `-d ${quoteFish(description)}`];
  if (takesValue) parts.push('-r');
  if (values.length > 0) parts.push(`-f -a ${quoteFish(values.join(' '))}`);
  return parts.join(' ');
}
