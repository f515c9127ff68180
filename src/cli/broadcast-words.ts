/** A broadcast in words. */
import type { z } from 'zod';
import type { BroadcastView } from '../api/schemas/broadcast.ts';
import { reactedInWords } from '../domain/broadcast-trial.ts';
import { countOf } from '../domain/count-of.ts';
import type { Verdict } from '../domain/machine-open.ts';
import { VERDICT_WORDS } from '../domain/mail-reactions.ts';
import { reasonInWords } from '../domain/send-words.ts';
import { minuteInUtc } from '../domain/when.ts';
import { waitInWords } from './wait-words.ts';
import { progressInWords } from './run-words.ts';

export type BroadcastShown = z.output<typeof BroadcastView>;

/** "at once", "at 2026-12-01T09:00:00.000Z", "at 2026-12-01T09:00 of each lead’s own time" */
export function scheduleInWords(schedule: BroadcastShown['schedule']): string {
  if (schedule === 'now') return 'at once';
  return 'at' in schedule ? `at ${schedule.at}` : `at ${schedule.local} of each lead’s own time`;
}

/** "stopped by itself" where it says why. */
export function stateInWords({ status, error }: Pick<BroadcastShown, 'status' | 'error'>): string {
  return status === 'paused' && error !== null ? 'stopped by itself' : status;
}

export function howFar({
  status,
  total,
  left,
  outcomes,
}: Pick<BroadcastShown, 'status' | 'total' | 'left' | 'outcomes'>): string {
  if (total === null) return 'its leads are not gathered yet';
  const done = total - left - (status === 'canceled' ? (outcomes['canceled'] ?? 0) : 0);
  return progressInWords({ done, total, status: status === 'done' ? 'done' : 'running' });
}

/** All there is to know of a broadcast, and how it goes on. */
export function broadcastInWords(one: BroadcastShown): string {
  const counts = (title: string, found: Readonly<Record<string, number>>): [string, string][] =>
    Object.entries(found).map(([what, leads], n) => [n === 0 ? title : '', `${leads} ${whatInWords(what)}`]);
  const { preview, rate } = one;
  const rows: [string, string][] = [
    ['Broadcast', `${one.key}  (${one.id})`],
    ['Status', stateInWords(one)],
    ['Message', `template ‘${one.template}’, topic ${one.topic}`],
    ['For', one.segment === null ? (one.when ?? 'a condition that is deleted') : `segment ‘${one.segment}’`],
    [
      'When',
      `${scheduleInWords(one.schedule)}${rate === null ? '' : `, ${countOf(rate, 'message')} in a minute at most`}`,
    ],
    ...(preview === null
      ? []
      : ([
          ['Reaches', `${preview.gets} of ${countOf(preview.looked, 'lead')}${ofAll(preview)}`],
          ...counts('Later', preview.later),
          ...counts('Left out', preview.leftOut),
        ] as [string, string][])),
    ...(one.startedAt === null ? [] : ([['Progress', howFar(one)]] as [string, string][])),
    ...(one.variants.length < 2
      ? []
      : one.variants.map(({ variant, template, subject, ...result }, n): [string, string] => [
          n === 0 ? 'Variants' : '',
          `${variant}: ${subject ?? `template ‘${template}’`}, ${reactedInWords(result, 'reacted')}`,
        ])),
    ...(one.winnerBecause === null ? [] : [['Trial', one.winnerBecause] as [string, string]]),
    ...counts('Became', one.outcomes),
    ...REACTED.flatMap(([key, title]): [string, string][] => {
      const found = reactionInWords(one.reactions[key]);
      return found === '' ? [] : [[title, found]];
    }),
    ...one.waitsFor.map((wait): [string, string] => ['Waits', waitInWords(wait, 'UTC')]),
    ...(one.nextAt === null ? [] : [['Goes on', minuteInUtc(new Date(one.nextAt))] as [string, string]]),
    ...(one.error === null ? [] : [['Why', one.error] as [string, string]]),
  ];
  const next = NEXT[one.status];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(10)} ${value}`),
    ...(next === undefined ? [] : [`${next} ${one.key}`]),
  ].join('\n');
}

const REACTED = [
  ['opened', 'Opened'],
  ['clicked', 'Clicked'],
  ['replied', 'Replied'],
] as const;

/** "48 by people, 60 by machines; 5 not tracked": messages. Empty: there was none. */
function reactionInWords({ untracked, ...by }: BroadcastShown['reactions']['opened']): string {
  const counted = Object.entries(by).filter(([, messages]) => messages > 0);
  const words = counted.map(([verdict, messages]) => `${messages} ${VERDICT_WORDS[verdict as Verdict]}`).join(', ');
  return [words, ...(untracked > 0 ? [`${untracked} not tracked`] : [])].filter((part) => part !== '').join('; ');
}

function ofAll({ count, looked }: { count: number; looked: number }): string {
  return count === looked ? '' : ` that ${looked === 1 ? 'was' : 'were'} looked at; it is for ${count}`;
}

function whatInWords(what: string): string {
  const words = reasonInWords(what);
  return words === what ? what.replaceAll('_', ' ') : `not: ${words}`;
}

const NEXT: Partial<Record<BroadcastShown['status'], string>> = {
  planned: 'To see whom it reaches: npx nurture broadcast preview',
  previewed: 'To start it: npx nurture broadcast start',
  paused: 'To go on: npx nurture broadcast resume',
};
