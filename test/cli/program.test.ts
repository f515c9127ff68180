/** What all commands have in common, and how the command line ends when it is used in a wrong way. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { leaves } from '../../scripts/cli-reference.ts';
import { createProgram } from '../../src/cli/program.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');

/** These run until they are stopped, or write a script for the shell. */
const WITHOUT_JSON = ['start', 'api', 'worker', 'watch', 'completion'];

test('every command says what it does, has examples, and answers with --json', () => {
  for (const { name, command } of leaves(createProgram())) {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(command.description(), name).not.toBe('');
    expect(help, name).toMatch(/Examples:\n {2}\$ .*nurture /);
    if (!WITHOUT_JSON.includes(name)) expect(help, name).toContain('--json');
  }
});

function nurture(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const bin = path.join(ROOT, 'bin', 'nurture.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: ROOT, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('help is fine and goes to stdout; a wrong use ends with 2, says what was meant, and answers a script with JSON', () => {
  const help = nurture('--help');
  expect(help.status).toBe(0);
  expect(help.stdout).toContain('Exit codes:');
  expect(help.stdout).not.toContain('\u001B');

  const misspelled = nurture('publsh');
  expect(misspelled).toMatchObject({ status: 2, stdout: '' });
  expect(misspelled.stderr).toContain('Did you mean publish?');

  const wrong = nurture('publish', '--base', 'seven', '--json');
  expect(wrong.status).toBe(2);
  expect(JSON.parse(wrong.stdout)).toMatchObject({ error: { code: 'WRONG_USE' } });
});

test.each([
  ['publish', '--rate', '0', 'expected a whole number from 1 to 1000.'],
  ['publish', '--rate', 'fast', 'expected a whole number from 1 to 1000.'],
  ['publish', '--base', 'seven', 'expected the number of a playbook revision, as `nurture playbook list` shows them.'],
  ['simulate', '--revision', '0', 'expected the number of a playbook revision, as `nurture playbook list` shows them.'],
  ['simulate', '--days', '10000', 'expected a whole number from 1 to 9999.'],
  ['watch', '--port', '65536', 'expected a port number.'],
])('%s %s %s is told with what was expected', async (command, option, given, expected) => {
  const program = createProgram();
  const silent = program.commands.find((one) => one.name() === command)?.configureOutput({ writeErr: () => {} });
  if (silent === undefined) throw new Error(`no command ${command}`);
  await expect(program.parseAsync(['node', 'nurture', command, option, given])).rejects.toThrow(expected);
});

test('the shell is offered commands, options and what the playbook has', () => {
  expect(nurture('complete', '--', 'publ').stdout).toMatch(/^publish\tcheck the playbook/);
  expect(nurture('complete', '--', 'publish', '--no').stdout).toContain('--note\t');
  expect(nurture('completion', 'bash').stdout).toContain('complete -F __nurture_complete nurture');
});

test('`report NAME` shows a report as `report show NAME` does, and a split that it cannot have is refused', () => {
  const unknown = nurture('report', 'funel', '--since', '90d');
  expect(unknown.status).toBe(1);
  expect(unknown.stderr).toContain('There is no such report; there are: leads-in, funnel, campaigns');
  const split = nurture('report', 'cadences', '--by', 'source');
  expect(split.status).toBe(2);
  expect(split.stderr).toMatch(/--by source: .*these can be split: leads-in, funnel/);
  expect(nurture('report').stdout).toContain('hand-off');
});
