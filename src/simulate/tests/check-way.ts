/** The way through cadences that a test expects: tasks of reps, arms of splits, and how a cadence was left. Pure. */
import type { Simulation } from '../result.ts';
import { fits, inWords } from './amount.ts';
import type { Expectation } from './test-schema.ts';

interface WayFailure {
  claim: 'tasks' | 'arms' | 'left';
  message: string;
}

export function checkWay(simulation: Simulation, { byDay, tasks, arms, left }: Expectation): WayFailure[] {
  const isBy = ({ day }: { day: number }): boolean => byDay === undefined || day <= byDay;
  const by = byDay === undefined ? '' : ` by day ${byDay}`;
  const failures: WayFailure[] = [];
  if (tasks !== undefined) {
    const given = simulation.tasks.filter(isBy);
    const shown = given.map(
      ({ kind, step, day, when }) => `${kind}${step === null ? '' : ` ‘${step}’`} (day ${day}, ${when})`,
    );
    if (!fits(given.length, tasks))
      failures.push({
        claim: 'tasks',
        message: `expected ${inWords(tasks)} ${tasks === 1 ? 'task' : 'tasks'}${by}, got ${[given.length, ...shown].join(', ')}`,
      });
  }
  for (const [step, arm] of Object.entries(arms ?? {})) {
    const found = simulation.arms.find((one) => one.step === step && isBy(one));
    if (found === undefined)
      failures.push({ claim: 'arms', message: `expected arm ${arm} at split ‘${step}’${by}, it did not come there` });
    else if (found.arm !== arm)
      failures.push({
        claim: 'arms',
        message: `expected arm ${arm} at split ‘${step}’${by}, got ${found.arm} (day ${found.day})`,
      });
  }
  if (left !== undefined) {
    const all = simulation.left.filter((one) => one.cadence === left.cadence && isBy(one));
    const isSo = all.some(({ because }) => left.because === undefined || because === left.because);
    const wanted = left.because === undefined ? '' : `: ${left.because}`;
    const found =
      all.map(({ because, day }) => `it left on day ${day}: ${because}`).join(', ') || 'it did not leave it';
    if (!isSo)
      failures.push({ claim: 'left', message: `expected that it leaves ‘${left.cadence}’${by}${wanted}; ${found}` });
  }
  return failures;
}
