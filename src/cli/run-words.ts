/** A bulk run in words, and its progress bar. */
import type { z } from 'zod';
import type { RunView } from '../api/resources/bulk-runs.ts';
import { countOf } from '../domain/count-of.ts';
import { calledInSentence } from '../store/lists/names.ts';

export type Run = z.output<typeof RunView>;

const BAR = 24;

/** "██████░░░░░░ 50%  500 of 1000 leads". A run may find more or fewer leads than were counted before it began. */
export function progressInWords({ done, total, status }: Pick<Run, 'done' | 'total' | 'status'>): string {
  const share = status === 'done' ? 1 : total === 0 ? 0 : Math.min(done / total, 0.99);
  const full = Math.round(share * BAR);
  const bar = '█'.repeat(full) + '░'.repeat(BAR - full);
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)}%  ${done} of ${countOf(total, 'lead')}`;
}

/** "migrate of ‘welcome’" */
export function whatInWords({
  kind,
  cadence,
  crossing,
  perHour,
}: Pick<Run, 'kind' | 'cadence' | 'crossing' | 'perHour'>): string {
  if (crossing === 'mark') return `${kind}; ready leads are marked`;
  if (crossing === 'hand-off') return `${kind}; ready leads are handed over, ${perHour ?? 0} in an hour at most`;
  return cadence === null ? kind : `${kind} of ‘${cadence}’`;
}

/** "stopped by itself" where it says why. */
export function statusInWords({ status, error }: Pick<Run, 'status' | 'error'>): string {
  return status === 'paused' && error !== null ? 'stopped by itself' : status;
}

/** All there is to know of a run, and how it goes on if it stands. */
export function runInWords(run: Run): string {
  const rows: [string, string][] = [
    ['Run', `${run.id}  ${whatInWords(run)}`],
    ['Status', statusInWords(run)],
    ['Progress', progressInWords(run)],
    ...Object.entries(run.outcomes).map(([outcome, leads], n): [string, string] => [
      n === 0 ? 'Became' : '',
      `${leads} ${outcome}`,
    ]),
    ['Rate', `${countOf(run.rate, 'lead')} in a second, at most`],
    ['Started', `${run.startedAt} by ${calledInSentence(run.starter)}`],
    ...(run.endedAt === null ? [] : [['Ended', run.endedAt] as [string, string]]),
    ...(run.error === null ? [] : [['Why', run.error] as [string, string]]),
  ];
  const goesOn = run.status === 'paused' ? [`To go on: npx nurture runs resume ${run.id}`] : [];
  return [...rows.map(([name, value]) => `${name.padEnd(10)} ${value}`), ...goesOn].join('\n');
}
