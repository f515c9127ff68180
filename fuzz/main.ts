/**
 * `npm run fuzz`: runs what docs/reliability.md reports under "Fuzz", on its own stack in a temporary folder. The exit code is 0 only if
 * nothing was found.
 */
import { Command, InvalidArgumentError } from 'commander';
import { isAppError } from '../src/domain/errors.ts';
import { fuzzInputs } from './inputs.ts';
import { onInterruption } from '../src/stack/interruption.ts';
import { unlessInterrupted } from './interruption.ts';
import { readOperations } from './operations.ts';
import { openTrials } from './parser-trials.ts';
import { failuresOf, tableOf, type Outcome } from './report.ts';
import { checkRoles } from './roles.ts';
import { ensureSchemathesis, fuzzHttp } from './schemathesis.ts';
import { CALLERS, openTarget, type Target } from './stack.ts';
import { fuzzTokens } from './tokens.ts';

const PARTS = ['http', 'tokens', 'parsers'] as const;
type Part = (typeof PARTS)[number];

const EFFORT = {
  quick: { examples: 3, stateful: false, inputs: 40, tokenStride: 5, parsers: 20 },
  full: { examples: 10, stateful: true, inputs: 200, tokenStride: 1, parsers: 200 },
};

const options = new Command('fuzz')
  .option('--quick', 'fewer inputs: a few minutes')
  .option('--seed <n>', 'the same inputs again', readSeed, Math.floor(Math.random() * 2 ** 31))
  .option('--only <part>', `one of: ${PARTS.join(', ')}`, readPart)
  .parse()
  .opts<{ quick?: boolean; seed: number; only?: Part }>();
const effort = options.quick === true ? EFFORT.quick : EFFORT.full;
const say = (line: string): void => console.error(line);
const wants = (part: Part): boolean => options.only === undefined || options.only === part;

const interrupted = onInterruption(() => console.error('Stopping …'));

say(`Seed ${options.seed}`);
try {
  const outcomes: Outcome[] = [];
  if (wants('parsers')) outcomes.push(...(await runParsers()));
  if (wants('http') || wants('tokens')) outcomes.push(...(await runOnStack()));
  console.log(tableOf(outcomes));
  const failures = failuresOf(outcomes);
  for (const failure of failures) console.log(`\n${failure}`);
  console.log(
    failures.length === 0
      ? `Nothing found with seed ${options.seed}.`
      : `\nFound something with seed ${options.seed}; the same again: npm run fuzz -- ${sameArguments()}`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
} catch (error) {
  // Work under way is abandoned; every process that was started has been stopped.
  if (interrupted.aborted) process.exit(130);
  if (!isAppError(error)) throw error;
  say(error.message);
  process.exitCode = 1;
}

async function runParsers(): Promise<Outcome[]> {
  const trials = await openTrials();
  try {
    const outcomes: Outcome[] = [];
    for (const target of trials.targets) {
      say(`parsers: ${target.name}`);
      outcomes.push(await unlessInterrupted(interrupted, trials.fuzz(target, options.seed, effort.parsers)));
    }
    return outcomes;
  } finally {
    await trials.close();
  }
}

async function runOnStack(): Promise<Outcome[]> {
  const program = wants('http') ? await unlessInterrupted(interrupted, ensureSchemathesis(say)) : null;
  const target = await openTarget(interrupted);
  try {
    return await unlessInterrupted(interrupted, fuzzStack(target, program));
  } finally {
    await target.close();
  }
}

async function fuzzStack(target: Target, program: string | null): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  // The parts that need an unchanging database come first, the part that may do anything comes last.
  if (wants('tokens')) outcomes.push(...(await runTokens(target)));
  if (program !== null) outcomes.push(...(await runHttp(target, program)));
  const failures = target.died().map((name) => `${name} ended and had to be started again`);
  outcomes.push({ part: 'stack', about: 'processes stay up', operations: 2, requests: 0, failures });
  return outcomes;
}

async function runTokens({ db, tokens, offers, request }: Target): Promise<Outcome[]> {
  say('tokens: the links of emails');
  return fuzzTokens({ db, tokens, handOff: offers.others, request }, effort.tokenStride);
}

async function runHttp(target: Target, program: string): Promise<Outcome[]> {
  const operations = await readOperations(target.base);
  say('roles: every operation by every role');
  const outcomes = await checkRoles(target, operations);
  say('inputs: bodies and queries of every operation');
  for (const operation of operations) {
    const outcome = await fuzzInputs(target, operation, options.seed, effort.inputs);
    if (outcome.requests > 0) outcomes.push(outcome);
  }
  for (const caller of CALLERS) {
    say(`http: schemathesis as ${caller}`);
    await target.renewKeys();
    outcomes.push(await fuzzHttp(program, target, caller, { ...effort, seed: options.seed }));
  }
  return outcomes;
}

function sameArguments(): string {
  const { quick, only, seed } = options;
  return `${quick === true ? '--quick ' : ''}${only === undefined ? '' : `--only ${only} `}--seed ${seed}`;
}

function readSeed(text: string): number {
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0 && seed < 2 ** 31) return seed;
  throw new InvalidArgumentError('It must be a whole number from 0 to 2147483647.');
}

function readPart(text: string): Part {
  const part = PARTS.find((known) => known === text);
  if (part === undefined) throw new InvalidArgumentError(`There is ${PARTS.join(', ')}.`);
  return part;
}
