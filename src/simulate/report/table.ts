import Table from 'cli-table3';
import type { Simulation } from '../result.ts';

/** One row of the comparison of several personas. */
export interface Compared {
  persona: string;
  name: string;
  emails: number;
  /** Days of the first and last email; null without one. */
  first: number | null;
  last: number | null;
  notSent: number;
  stage: string;
  score: number;
  grade: string;
  /** Day of the first offer to a rep; null when there was none. */
  handOffDay: number | null;
}

export function compare(simulation: Simulation): Compared {
  const { persona, mails, notSent, end, handOffs } = simulation;
  const toLead = mails.filter(({ to }) => to === 'lead');
  return {
    persona: persona.persona,
    name: persona.name,
    emails: toLead.length,
    first: toLead[0]?.day ?? null,
    last: toLead.at(-1)?.day ?? null,
    notSent: notSent.length,
    stage: end.stage,
    score: end.score,
    grade: end.grade,
    handOffDay: handOffs[0]?.day ?? null,
  };
}

export function comparisonTable(simulations: readonly Simulation[]): string {
  const head = ['Persona', 'Emails', 'First', 'Last', 'Not sent', 'Stage at end', 'Score', 'Grade', 'Hand-off'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const row of simulations.map(compare))
    table.push([
      row.persona,
      row.emails,
      dayOf(row.first),
      dayOf(row.last),
      row.notSent,
      row.stage,
      row.score,
      row.grade,
      dayOf(row.handOffDay),
    ]);
  return table.toString();
}

function dayOf(day: number | null): string {
  return day === null ? '–' : `day ${day}`;
}
