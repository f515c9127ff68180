/** The commands of the command line, put together. */
import { Command } from 'commander';
import { examples, EXIT_CODES, GROUPS } from './command.ts';
import { COMMANDS } from './commands/index.ts';

/** A new program with all commands. It throws CommanderError instead of ending the process. The help is as wide as the terminal. */
export function createProgram({ helpWidth }: { helpWidth?: number } = {}): Command {
  const program = new Command('nurture')
    .description('A lead-nurturing engine in which every lead’s life is one durable process.')
    .usage('COMMAND')
    .showHelpAfterError('Add --help to see how it is used.')
    .exitOverride()
    .configureHelp(helpWidth === undefined ? {} : { helpWidth });
  for (const register of COMMANDS) register(program);
  program.commandsGroup(GROUPS.more).helpCommand(true);
  examples(program, [
    ['nurture start', 'the whole stack, with the playbook of this folder in force'],
    ['nurture validate', 'every mistake of the playbook and the templates, with its place'],
    ['nurture publish', 'puts the playbook and the templates in force'],
    ['nurture COMMAND --help', 'how a command is used, with examples'],
  ]);
  return program.addHelpText('after', `\nExit codes:\n${exitCodes()}`);
}

function exitCodes(): string {
  return Object.entries(EXIT_CODES)
    .map(([code, meaning]) => `  ${code.padEnd(4)} ${meaning}`)
    .join('\n');
}
