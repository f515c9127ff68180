/** What past leads did on the website and in answers: what their scores are made of, beside clicks and the webinar. */
import type { Chance } from './chance.ts';
import type { PastInterest, PastLife } from './past-life.ts';
import { TRUTHS } from './truths.ts';

type Sign = Omit<PastInterest, 'afterDays'> & { points: number };

/** The points are those of the sample playbook, within its caps. */
const SIGNS = {
  prices: { type: 'pricing.viewed', properties: { path: '/prices' }, points: 15 },
  pricesAgain: { type: 'pricing.viewed', properties: { path: '/prices' }, points: 5 },
  form: { type: 'form.submitted', properties: { form: 'contact' }, points: 5 },
  read: { type: 'page.dwelled', properties: { path: '/stories', seconds: 140 }, points: 2 },
  view: { type: 'page.viewed', properties: { path: '/stories' }, points: 1 },
  guide: { type: 'ebook.downloaded', properties: { ebook: 'smart-irrigation' }, points: 5 },
  reply: { type: 'reply.received', properties: {}, points: 15 },
} as const satisfies Record<string, Sign>;
type Name = keyof typeof SIGNS;

/** In their order, until the score is enough. */
const BUYER: readonly Name[] = [
  'view',
  'prices',
  'read',
  'form',
  'pricesAgain',
  'reply',
  'view',
  'form',
  'read',
  'reply',
];
const READER: readonly Name[] = [
  'guide',
  'view',
  'form',
  'read',
  'guide',
  'view',
  'form',
  'read',
  'view',
  'reply',
  'read',
  'reply',
  'prices',
];

/** The score at which the sample playbook hands a grade over; grade D never is by its score. */
const NEEDED = { A: 30, B: 40, C: 60, D: Number.POSITIVE_INFINITY } as const;
/** Points fade: a little more is needed than would be at once. */
const FADED = 1.1;

/** @param life What became of it */
export function interestOf(
  chance: Chance,
  life: Pick<PastLife, 'qualified' | 'highIntent' | 'handed' | 'grade'>,
): PastInterest[] {
  const { qualified, highIntent, handed, grade } = life;
  if (qualified === null) return idle(chance);
  if (highIntent) return demandOf(chance, qualified);
  const isReader = chance.next() < (handed?.accepted === true ? TRUTHS.readersOfAccepted : TRUTHS.readersOfOthers);
  const names: Name[] = [];
  let points = 0;
  for (const name of isReader ? READER : BUYER) {
    if (points >= NEEDED[grade] * FADED) break;
    names.push(name);
    points += SIGNS[name].points;
  }
  // Within two days, the last one when the lead is ready.
  return names.map((name, i) => sign(name, qualified - 2 * (1 - (i + 1) / names.length)));
}

/** Somebody who looked around, and asks for a demonstration. */
function demandOf(chance: Chance, qualified: number): PastInterest[] {
  return [
    sign('view', qualified - 0.3),
    ...(chance.next() < 0.5 ? [sign('prices', qualified - 0.2)] : []),
    { afterDays: qualified, type: 'demo.requested', properties: {} },
  ];
}

/** Of many who are not ready nothing is seen. */
function idle(chance: Chance): PastInterest[] {
  if (chance.next() < 0.4) return [];
  const count = 1 + Math.floor(3 * chance.next());
  const first = 20 * chance.next();
  const some: readonly Name[] = ['view', 'view', 'read', 'guide', 'form', 'prices'];
  return Array.from({ length: count }, (_, i) => sign(chance.of(some), first + 0.02 * i));
}

function sign(name: Name, afterDays: number): PastInterest {
  const { type, properties } = SIGNS[name];
  return { afterDays: Math.max(0.002, afterDays), type, properties };
}

/** Nobody whose points are enough is left where it is: who is not ready clicked less. */
export function calmed<L extends Pick<PastLife, 'qualified' | 'grade' | 'mails' | 'webinar' | 'interest'>>(life: L): L {
  if (life.qualified !== null) return life;
  const ofSite = life.interest.reduce((sum, { type }) => sum + pointsOf(type), 0);
  const ofWebinar = life.webinar === null ? 0 : life.webinar.attended ? 23 : 8;
  let room = NEEDED[life.grade] - ofWebinar - 1;
  const interest = ofSite < room ? life.interest : [];
  room -= interest.length === 0 ? 0 : ofSite;
  const mails = life.mails.map((mail) => {
    if (mail.clicked !== 'person') return mail;
    room -= 10;
    return room < 0 ? { ...mail, clicked: 'nobody' as const } : mail;
  });
  return { ...life, interest, mails };
}

function pointsOf(type: string): number {
  return Math.max(...Object.values(SIGNS).map((one) => (one.type === type ? one.points : 0)));
}
