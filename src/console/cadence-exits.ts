/** Where people leave a cadence: a sentence, and a table. */
import { html } from 'hono/html';
import type { CadenceExit } from '../store/lists/cadence-exits.ts';
import { LEFT_AS_READY, LEFT_FOR_ANY, type RunResult } from '../store/lists/lead-match.ts';
import type { Html } from './layout.ts';
import { headsOf, numberHead, wideTable } from './table.ts';

const UNKNOWN_STEP = 'before a step that is known';
/** Reasons that are named at a step of the map; the rest are added up. */
const MOST_REASONS = 2;

export function exitsPart(cadence: string, exits: readonly CadenceExit[], entered: number): Html {
  const [lost, ready] = [exits.filter((one) => !becameReady(one)), exits.filter(becameReady)];
  const all = sumOf(lost);
  const [worst] = [...byStep(lost).entries()].toSorted(([, a], [, b]) => sumOf(b) - sumOf(a));
  return html`<h2>Where people leave</h2>
    ${
      worst === undefined
        ? html`<p>Nobody has left this cadence before its end.</p>`
        : html`<p>
            <a href="${runsOf(cadence, 'left')}">${all}</a> of ${entered} left before the end, most of them at
            ‘${worst[0]}’: ${sumOf(worst[1])}, chiefly as: ${worst[1][0]?.reason ?? ''}.
          </p>`
    }
    ${ready.length === 0 ? '' : html`<p class="soft"><a href="${runsOf(cadence, 'qualified')}">${sumOf(ready)}</a> more left it because they became ready for sales.</p>`}
    ${
      lost.length === 0
        ? ''
        : wideTable({
            label: 'Where people leave',
            head: [...headsOf('Step where they stood', 'Why'), numberHead('Left'), numberHead('Of those who left')],
            rows: lost.map(
              ({ stepId, reason, leads }) =>
                html`<tr>
                  <th scope="row">${stepId ?? UNKNOWN_STEP}</th>
                  <td>${reason}</td>
                  <td class="number">
                    <a href="${exitsOf(cadence, stepId, reason)}">${leads}</a>
                  </td>
                  <td class="number">${Math.round((100 * leads) / all)}%</td>
                </tr>`,
            ),
          })
    }`;
}

/** Those who left at a step, of whom those who became ready for sales are no loss. */
export function exitsAt(exits: readonly CadenceExit[], stepId: string): { lost: number; ready: number } {
  const here = exits.filter((one) => one.stepId === stepId);
  const ready = sumOf(here.filter(becameReady));
  return { lost: sumOf(here) - ready, ready };
}

/** What a step of the map says of those who were lost there: "12 left: unsubscribed 9, studies the subject 3"; null: nobody was. */
export function lostWords(exits: readonly CadenceExit[], stepId: string): string | null {
  const here = exits.filter((one) => one.stepId === stepId && !becameReady(one));
  if (here.length === 0) return null;
  const named = here.slice(0, MOST_REASONS).map(({ reason, leads }) => `${reason} ${leads}`);
  const rest = sumOf(here.slice(MOST_REASONS));
  return `${sumOf(here)} left: ${[...named, ...(rest === 0 ? [] : [`other ${rest}`])].join(', ')}`;
}

/** The leads that became ready for sales while they stood there. */
export function readyAt(cadence: string, step: string): string {
  return exitsOf(cadence, step, LEFT_AS_READY);
}

/** The leads that left there; null: before a step that is known. `reason`: absent for any but readiness for sales. */
export function exitsOf(cadence: string, step: string | null, reason: string = LEFT_FOR_ANY): string {
  return listOf({ cadence, ...(step !== null && { step }), left: reason });
}

/** The leads of whom a run through the cadence came to that. */
export function runsOf(cadence: string, run: RunResult): string {
  return listOf({ cadence, run });
}

function listOf(words: Readonly<Record<string, string>>): string {
  return `/console/leads?${new URLSearchParams(words).toString()}`;
}

function becameReady({ reason }: CadenceExit): boolean {
  return reason.startsWith('qualified');
}

function byStep(exits: readonly CadenceExit[]): Map<string, CadenceExit[]> {
  return Map.groupBy(exits, ({ stepId }) => stepId ?? UNKNOWN_STEP);
}

function sumOf(exits: readonly CadenceExit[]): number {
  return exits.reduce((sum, { leads }) => sum + leads, 0);
}
