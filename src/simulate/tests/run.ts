/** Runs tests of a playbook: all lives side by side, then each expectation. */
import type { PlaybookMistake } from '../../language/problems.ts';
import type { Config } from '../../runtime/config.ts';
import type { Simulation } from '../result.ts';
import { simulate } from '../simulate.ts';
import { startOfSimulation } from '../start.ts';
import { check } from './check.ts';
import type { PlaybookTest } from './read-tests.ts';

export interface TestResult {
  test: string;
  name: string;
  file: string;
  passed: boolean;
  /** How many expectations it has. */
  expectations: number;
  /** With the place of the expectation in the file. */
  failures: PlaybookMistake[];
  simulation: Simulation;
}

export async function runTests(
  config: Config,
  tests: readonly PlaybookTest[],
  options: { revision?: number | undefined; signal: AbortSignal },
): Promise<TestResult[]> {
  const wanted = tests.map(({ persona, cadence, days, seed, start }) => {
    return { persona, cadence, days, seed, fromMs: startOfSimulation(start) };
  });
  const simulations = await simulate(config, wanted, options);
  return tests.flatMap((test, index) => {
    const simulation = simulations[index];
    return simulation === undefined ? [] : [judge(test, simulation)];
  });
}

function judge({ test, name, file, expectations, source, findings }: PlaybookTest, simulation: Simulation): TestResult {
  findings.mistakes.length = 0;
  expectations.forEach((expectation, index) => {
    for (const { claim, message } of check(simulation, expectation)) source.report(['expect', index, claim], message);
  });
  if (simulation.end.held !== null) source.report(['persona'], `its process could not go on: ${simulation.end.held}`);
  const failures = [...findings.mistakes];
  return { test, name, file, passed: failures.length === 0, expectations: expectations.length, failures, simulation };
}
