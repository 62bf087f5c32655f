/** `completion`: a script that completes commands and options in a shell. */
import { Argument, type Command } from 'commander';
import { formatCompletion, SHELLS, type Shell } from '../completion.js';
import { addCommand, type CommonFlags } from '../flags.js';
import { action, type Subcommand } from '../session.js';

export function completion(program: Command): Subcommand {
  const description = 'Print a completion script for a shell.';
  const command = addCommand(program, 'completion', description, [
    'completion bash > ~/.local/share/bash-completion/completions/aep-batch',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
    'completion zsh > "${fpath[1]}/_aep-batch"',
    'completion fish > ~/.config/fish/completions/aep-batch.fish',
  ]).addArgument(new Argument('<shell>', 'the shell').choices(SHELLS));
  return action<CommonFlags>(command, async (_session, _flags, [name]) => {
    // Commander has rejected all others.
    const shell: Shell = SHELLS.find((one) => one === name) ?? 'bash';
    const script = formatCompletion(shell, program);
    return { json: { shell, script }, text: script };
  });
}
