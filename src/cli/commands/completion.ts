import path from 'node:path';
import { Argument, type Command } from 'commander';
import { examples, GROUPS } from '../command.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function registerCompletion(program: Command): void {
  const completion = program
    .command('completion')
    .helpGroup(GROUPS.more)
    .description('write the script by which a shell completes commands, options, cadences and templates')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action(async (shell: (typeof SHELLS)[number]) => {
      const { script } = await import('@bomb.sh/tab');
      // Asked at every Tab: so it goes to the pinned Node at once, not through scripts/run.mjs.
      script(shell, program.name(), `'${process.execPath}' '${path.join(import.meta.dirname, '..', 'main.ts')}'`);
    });
  examples(completion, [
    ['source <(nurture completion bash)', 'in ~/.bashrc; it needs the package bash-completion'],
    ['source <(nurture completion zsh)', 'in ~/.zshrc, after compinit'],
    ['nurture completion fish | source', 'in ~/.config/fish/config.fish'],
  ]);
  completion.addHelpText(
    'after',
    '\nThe shell completes the command `nurture`: `npm link` puts it on the PATH, or `alias nurture="npx nurture"`.',
  );
}
