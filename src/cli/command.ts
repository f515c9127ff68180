/** What all commands of the command line have in common: how they answer, their examples, the groups of the help. */
import type { Command } from 'commander';
import { jsonText, terminalText } from './terminal-text.ts';

/** What a command answers: the data for `--json`, and the same in words. */
export interface Answer {
  readonly data: unknown;
  readonly text: string;
  /** 0 unless it says otherwise, see EXIT_CODES. */
  readonly exitCode?: ExitCode;
}

export type ExitCode = 0 | 1 | 2;

/** What the exit codes mean, for the help and docs/cli.md. */
export const EXIT_CODES = {
  0: 'done',
  1: 'it failed: a test did not hold, a part of the engine is not reachable, the engine refused',
  2: 'what was given is wrong: the command, an option, the environment, a file of the playbook',
  130: 'interrupted by Ctrl-C or a signal',
} as const;

/** The headings of `nurture --help`, in their order. */
export const GROUPS = {
  write: 'Write and try:',
  publish: 'Put in force:',
  look: 'Look and act:',
  run: 'Run:',
  more: 'More:',
} as const;

const FAMILIES = {
  broadcast: { group: GROUPS.look, description: 'broadcasts: one message to many leads, once' },
  campaigns: { group: GROUPS.look, description: 'campaigns: what brings leads, what it cost, who came' },
  cadence: { group: GROUPS.look, description: 'cadences: who stands where, and what the steps did' },
  inbound: { group: GROUPS.look, description: 'mails that come back: what they say' },
  lead: { group: GROUPS.look, description: 'one lead: what happened, why, and what to do with it' },
  newsletter: { group: GROUPS.look, description: 'newsletters: a broadcast again and again, at set times' },
  playbook: { group: GROUPS.publish, description: 'the marketer’s folder and its published revisions' },
  report: { group: GROUPS.look, description: 'reports: what brings customers, and where leads are lost' },
  reps: { group: GROUPS.look, description: 'reps: who takes leads, and who is switched off' },
  routing: { group: GROUPS.look, description: 'who gets which lead, and why' },
  runs: { group: GROUPS.look, description: 'changes of many leads at once: how far they are, pause, resume, cancel' },
  suppression: {
    group: GROUPS.look,
    description: 'addresses that must not be mailed: show, add, lift, import, export',
  },
  users: { group: GROUPS.look, description: 'users of the console: who may sign in beside the reps' },
  send: { group: GROUPS.look, description: 'messages: what became of them, and those that are in doubt' },
  sending: { group: GROUPS.look, description: 'all sending to leads: what is paused, pause, resume' },
  scoring: { group: GROUPS.look, description: 'scoring: what became of leads that were handed over' },
  email: { group: GROUPS.run, description: 'sending: what receivers ask of a sender' },
  tracking: { group: GROUPS.run, description: 'opens and clicks: how people are told from scanners' },
  segment: { group: GROUPS.look, description: 'segments: how many leads are in them, and who' },
} as const;

/** The command that `cadence show`, `cadence pause`, … stand below. The first module to ask makes it. */
export function family(program: Command, name: keyof typeof FAMILIES): Command {
  const there = program.commands.find((command) => command.name() === name);
  if (there !== undefined) return there;
  const { group, description } = FAMILIES[name];
  return program.command(name).helpGroup(group).description(description);
}

/** Makes the command answer in words, or with one JSON document when `--json` is given. `work` gets the arguments, then the options. */
export function answering(command: Command, work: (...given: never[]) => Promise<Answer>): Command {
  return command.option('--json', 'answer with one JSON document').action(async (...given: unknown[]) => {
    const { data, text, exitCode = 0 } = await work(...(given as never[]));
    const json = command.opts<{ json?: boolean }>().json === true;
    const answer = json ? jsonText(data) : terminalText(text);
    if (answer !== '') process.stdout.write(`${answer}\n`);
    process.exitCode = exitCode;
  });
}

/** Examples at the end of the command's help: what is typed after `npx`, and what it does. */
export function examples(command: Command, lines: readonly (readonly [typed: string, does: string])[]): Command {
  const typedLines = lines.map(
    ([typed, does]) => [typed.replaceAll(/(^|[\s(])nurture /g, '$1npx nurture '), does] as const,
  );
  const width = Math.max(...typedLines.map(([typed]) => typed.length));
  const shown = typedLines.map(([typed, does]) => `  $ ${typed.padEnd(width)}  # ${does}`);
  return command.addHelpText('after', `\nExamples:\n${shown.join('\n')}`);
}
