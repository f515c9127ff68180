/** The command `test`: what was expected, what happened, and a short timeline of what failed. */
import { countOf } from '../domain/count-of.ts';
import type { Config } from '../runtime/config.ts';
import { namesInFolders } from '../simulate/check-folders.ts';
import { storyLines } from '../simulate/report/terminal.ts';
import { readTests } from '../simulate/tests/read-tests.ts';
import { runTests, type TestResult } from '../simulate/tests/run.ts';
import { colorsFor } from './colors.ts';
import type { Answer } from './command.ts';
import { mistakeText } from './mistake-text.ts';
import { withServers } from './reach.ts';

/** @throws AppError PLAYBOOK_INVALID, NOT_FOUND, UNAVAILABLE, TIME_SKIPPING_UNAVAILABLE */
export async function testCommand(
  config: Config,
  files: readonly string[],
  given: { revision?: number },
): Promise<Answer> {
  // A mistake in the files is told before anything is started for them.
  const names = given.revision === undefined ? await namesInFolders(config) : undefined;
  const tests = readTests(config.playbookDir, files, names);
  const since = performance.now();
  const results = await withServers(config, (ready, signal) => runTests(ready, tests, { ...given, signal }));
  const seconds = Math.round((performance.now() - since) / 100) / 10;
  const failed = results.filter(({ passed }) => !passed);
  return {
    data: { ok: failed.length === 0, seconds, tests: results.map(asData) },
    text: [...results.map(lineOf), ...failed.map(failureOf), '', summary(results, failed.length, seconds)].join('\n'),
    exitCode: failed.length === 0 ? 0 : 1,
  };
}

/** Mails as they would look are what `simulate` shows. */
function asData({ simulation, ...result }: TestResult): object {
  const { mails, end, stages, notSent, story } = simulation;
  const listed = mails.map(({ at, day, to, template, step, cadence, subject }) => {
    return { at, day, to, template, step, cadence, subject };
  });
  return { ...result, end, mails: listed, stages, notSent, story };
}

function lineOf({ passed, name, file, expectations, failures }: TestResult): string {
  const colors = colorsFor(process.stdout);
  const mark = passed ? colors.green('✓') : colors.red('✗');
  const failedOf = passed ? '' : `, ${failures.length} not as expected`;
  return `${mark} ${name} ${colors.dim(`(${file}, ${countOf(expectations, 'expectation')}${failedOf})`)}`;
}

function failureOf({ name, failures, simulation }: TestResult): string {
  const colors = colorsFor(process.stdout);
  const told = simulation.story.filter(({ voice, text }) => voice !== 'engine' || TELLS_THE_WAY.test(text));
  return [
    '',
    colors.bold(colors.red(name)),
    ...failures.map((failure) => mistakeText(failure, 'failed')),
    '',
    `  What happened to ${simulation.persona.name}:`,
    ...storyLines(told, colors),
  ].join('\n');
}

/** Of what the engine does: which arm or branch it took, and why it left. */
const TELLS_THE_WAY = /^Left ‘|^Step ‘[^’]+’ of ‘[^’]+’ \((?:split|branch)\)/;

function summary(results: readonly TestResult[], failed: number, seconds: number): string {
  const passed = results.length - failed;
  return `${failed === 0 ? '' : `${failed} failed, `}${passed} passed (${seconds} s)`;
}
