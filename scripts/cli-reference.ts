/** The commands of docs/cli.md: the help of each, as the command line shows it. */
import type { Command } from 'commander';
import { createProgram } from '../src/cli/program.ts';

const WIDTH = 110;

export function cliReference(): string {
  const program = createProgram({ helpWidth: WIDTH });
  return leaves(program)
    .map(({ name, command }) => `### ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``)
    .join('\n\n');
}

/** The commands that do something, each with its whole name. */
export function leaves(command: Command, above = ''): { name: string; command: Command }[] {
  return command.commands.flatMap((one) => {
    const name = `${above}${one.name()}`;
    return one.commands.length === 0 ? [{ name, command: one }] : leaves(one, `${name} `);
  });
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text.trimEnd();
}
