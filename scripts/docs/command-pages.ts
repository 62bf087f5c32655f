/** The command's reference: a page for each subcommand, written from the program itself. */
import { Writable } from 'node:stream';
import type { Argument, Command, Option } from 'commander';
import { openStreams } from '../../src/cli/output.js';
import { buildProgram } from '../../src/cli/program.js';
import { escapeText, formatCode, formatTable, joinBlocks, toCell } from './markdown.js';
import { type SidebarItem, toLink } from './reference.js';

/** @returns the pages by name, and their place in the sidebar. */
export async function writeCommandPages(): Promise<{
  pages: Record<string, string>;
  sidebar: SidebarItem;
}> {
  const help = await HelpReader.create();
  const { commands } = help.program;
  const rows = commands.map((command) => [
    `[\`${command.name()}\`](./${command.name()}.md)`,
    toCell(command.description()),
  ]);
  const pages: Record<string, string> = {
    'command/index': joinBlocks(
      '# Commands',
      'These pages are written from the program. What the commands have in common is on [The command](/command).',
      formatTable(['command', 'what it does'], rows),
      formatCode(help.readAfter(help.program), 'txt'),
    ),
  };
  for (const command of commands) {
    pages[`command/${command.name()}`] = formatCommand(command, help.readAfter(command));
  }
  const items = commands.map((command) => ({
    text: command.name(),
    link: toLink(`command/${command.name()}`),
  }));
  const all = { text: 'All commands', link: toLink('command/index') };
  return { pages, sidebar: { text: 'Command', items: [all, ...items] } };
}

/** Reads the text that a command has after its options: examples, environment, exit codes. */
class HelpReader {
  readonly program: Command;
  readonly #printed: { text: string };

  private constructor(program: Command, printed: { text: string }) {
    this.program = program;
    this.#printed = printed;
  }

  static async create(): Promise<HelpReader> {
    const printed = { text: '' };
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        printed.text += chunk;
        done();
      },
    });
    const program = await buildProgram(openStreams(stream, stream), () => undefined);
    return new HelpReader(program, printed);
  }

  readAfter(command: Command): string {
    this.#printed.text = '';
    command.outputHelp();
    return this.#printed.text.slice(command.helpInformation().length).trim();
  }
}

function formatCommand(command: Command, after: string): string {
  const examples = after.replace(/^Examples:\n/, '').replaceAll(/^ {2}\$ /gm, '');
  return joinBlocks(
    `# ${command.name()}`,
    escapeText(command.description()),
    formatCode(`aep-batch ${command.name()} ${command.usage()}`, 'sh'),
    command.registeredArguments.some(({ description }) => description !== '')
      ? formatTable(['argument', 'description'], command.registeredArguments.map(toArgumentRow))
      : '',
    '## Options',
    formatTable(
      ['option', 'description'],
      command.options.filter(({ hidden }) => !hidden).map(toOptionRow),
    ),
    examples === '' ? '' : '## Examples',
    formatCode(examples, 'sh'),
  );
}

const toArgumentRow = (argument: Argument): string[] => [
  `\`${argument.name()}\``,
  toCell(argument.description),
];

function toOptionRow({ flags, description, ...option }: Option): string[] {
  const { argChoices = [], defaultValue, defaultValueDescription } = option;
  const hasDefault = defaultValue !== undefined && defaultValue !== false;
  const value = defaultValueDescription ?? (hasDefault ? JSON.stringify(defaultValue) : '');
  const parts = [
    toCell(description),
    argChoices.length === 0 ? '' : `one of ${argChoices.map((one) => `\`${one}\``).join(', ')}`,
    value === '' ? '' : `default: \`${value.replaceAll('"', '')}\``,
  ];
  return [`\`${flags.replaceAll('|', '\\|')}\``, parts.filter((part) => part !== '').join('; ')];
}
