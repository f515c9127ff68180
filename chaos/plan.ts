/** Makes the plan of a run from a seed: which faults strike when, and what the leads do. Pure: no clock and no effects. */
import { type Batch, batchesOf } from './plan-batches.ts';
import { castingOf, type PlannedCasting } from './plan-broadcasts.ts';
import { managingOf, type PlannedManaging } from './plan-managers.ts';
import { randomOf, type Random } from './random.ts';
import type { Version } from './versions.ts';

export const WORKERS = ['worker-1', 'worker-2'] as const;
export const APIS = ['api-1', 'api-2'] as const;
export type Target = (typeof WORKERS)[number] | (typeof APIS)[number] | 'postgres' | 'temporal' | 'sink';

/** How the mail server misbehaves with a share of the messages. */
export const SMTP_TROUBLES = [
  '421',
  '450',
  '550',
  'hang',
  'hang-after-data',
  'drop-before-data',
  'drop-after-data',
] as const;
export type SmtpTrouble = (typeof SMTP_TROUBLES)[number];

export type Fault =
  | { kind: 'kill'; target: Target }
  /** Stopped and later continued: the process believes that no time has passed. */
  | { kind: 'freeze'; target: Target; forMs: number }
  | { kind: 'smtp'; trouble: SmtpTrouble; share: number; forMs: number }
  | { kind: 'connections'; forMs: number }
  /** Every connection of the product to PostgreSQL is cut as soon as it opens. */
  | { kind: 'cut'; forMs: number }
  /** Terminates processes of leads, drawn from those that run. */
  | { kind: 'terminate'; count: number; draw: number }
  /** A rolling restart: each worker in turn is stopped in order and started with that version of the workflow. */
  | { kind: 'deploy'; version: Version }
  /** A revision with another wait is published, and the leads on their way migrate. */
  | { kind: 'publish'; wait: string }
  /** A mail gets other words, also for the leads on their way. */
  | { kind: 'amend'; subject: string };

export interface PlannedFault {
  atMs: number;
  fault: Fault;
}

export type Act =
  | { kind: 'event'; id: string; type: string }
  | { kind: 'submit'; key: string; campaign: string }
  | { kind: 'pause'; key: string }
  | { kind: 'resume'; key: string }
  | { kind: 'unsubscribe' }
  | { kind: 'forward'; duration: string };

/** One lead: what it does, and what people do with it, one act after the other. */
export interface Life {
  email: string;
  source: string;
  /** What it states of how it is reached; of most leads nothing. */
  reach?: { phone: string; preferredChannel: string };
  /** Comes in after the last fault: its process is a new run of the version that was deployed last. */
  isLate: boolean;
  acts: readonly { atMs: number; act: Act }[];
}

export interface Plan {
  seed: number;
  durationMs: number;
  faults: readonly PlannedFault[];
  lives: readonly Life[];
  batches: readonly Batch[];
  managing: readonly PlannedManaging[];
  casting: readonly PlannedCasting[];
}

/** What a reader does with a mail. */
export interface Reading {
  /** True for a program, which has a User-Agent of its own. */
  reader: 'person' | 'program';
  /** Delay after the mail server took the mail. Within 2 s, or before the outcome of the send is written, it counts as a machine. */
  afterMs: number;
  /** As a program, sends HEAD requests for the pixel and the link first. */
  looks: boolean;
  /** How often the pixel is fetched, and how often the link is followed. */
  opens: number;
  clicks: number;
}

/** How the mail server treats a message, apart from its instructions to misbehave. */
export interface Handling {
  /** From 0 to 1. A misbehavior with a greater share than this hits the message. */
  draw: number;
  /** When the server does not answer: whether it keeps the message anyway. */
  isKept: boolean;
  /** Delays of recording and answering: a process that dies in between leaves a message of which nobody can be sure. */
  keptAfterMs: number;
  answeredAfterMs: number;
}

/** How the receiver of webhooks answers a call; `none`: not at all. */
export type HookAnswer = '200' | '500' | 'none';

/** What a rep does with an offer, and later with the lead. */
export type RepDecision =
  | { kind: 'accept'; outcome: 'won' | 'lost' | 'opportunity' | null }
  | { kind: 'reject'; reason: string }
  | { kind: 'let-pass' };

/** How the email domain of each lead ends. A domain one level deeper would be one company for all: its account is the registrable domain. */
export const LEAD_DOMAIN_END = '-chaos.example';

/** Few, so that most leads go on: leads of one company share an account, and an opportunity of one makes the cadences of the others wait. */
const PEOPLE_OF_A_COMPANY = 2;

/** A round has each fault once. A long run has several rounds. */
const ROUND_MS = 120_000;
/** No fault strikes before the first leads are in, or at the very end. */
const LEAD_IN_MS = 4_000;

export function planOf(options: { seed: number; leads: number; durationMs: number }): Plan {
  const { seed, leads, durationMs } = options;
  const rounds = Math.max(1, Math.round(durationMs / ROUND_MS));
  const length = (durationMs - LEAD_IN_MS) / rounds;
  const random = randomOf(seed, 'faults');
  const faults: PlannedFault[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = LEAD_IN_MS + round * length;
    faults.push(...blows(random, from, length, leads), ...mailTroubles(random, from, length));
  }
  const lives = Array.from({ length: leads }, (_, n) => lifeOf(seed, n, leads, durationMs));
  return {
    seed,
    durationMs,
    faults: [...faults, ...deploys(durationMs), ...publishes(durationMs)].toSorted((a, b) => a.atMs - b.atMs),
    lives,
    batches: batchesOf(seed, lives, durationMs),
    managing: managingOf(seed, durationMs),
    casting: castingOf(seed, leads, durationMs),
  };
}

function blows(random: Random, from: number, length: number, leads: number): PlannedFault[] {
  const targets: Target[] = [...WORKERS, ...APIS, 'postgres', 'temporal', 'sink'];
  const deck: Fault[] = random.shuffled([
    ...targets.map((target): Fault => ({ kind: 'kill', target })),
    { kind: 'connections', forMs: 6_000 },
  ]);
  // Faults that last do not come at the end of a round.
  deck.splice(random.whole(1, 5), 0, { kind: 'freeze', target: random.pick(WORKERS), forMs: 14_000 });
  deck.splice(random.whole(1, 5), 0, { kind: 'cut', forMs: 18_000 });
  // Early as well: a terminated process is found only when it is a minute overdue.
  for (const place of [1, 3]) {
    const count = Math.max(2, Math.round(leads / 20));
    deck.splice(place, 0, { kind: 'terminate', count, draw: random.next() });
  }
  const pause = length / deck.length;
  return deck.map((fault, n) => ({ atMs: Math.round(from + pause * (n + random.next() * 0.6)), fault }));
}

function mailTroubles(random: Random, from: number, length: number): PlannedFault[] {
  const pause = length / SMTP_TROUBLES.length;
  return random.shuffled(SMTP_TROUBLES).map((trouble, n) => ({
    atMs: Math.round(from + pause * (n + random.next() * 0.2)),
    fault: { kind: 'smtp', trouble, share: trouble === '550' ? 0.15 : 0.4, forMs: Math.round(pause * 0.7) },
  }));
}

const SHORT_RUN_MS = 240_000;

/**
 * Deploys a version with a defect, then one without. A long run does it among the other faults, and leaves time for the defect to be
 * found. A short run does it after them, because no worker can start while its servers are down.
 */
function deployTimes(durationMs: number): { broken: number; next: number } {
  const isShort = durationMs < SHORT_RUN_MS;
  const broken = Math.round(durationMs * (isShort ? 0.72 : 0.35));
  return { broken, next: broken + (isShort ? 18_000 : Math.min(150_000, Math.round(durationMs * 0.25))) };
}

function deploys(durationMs: number): PlannedFault[] {
  const { broken, next } = deployTimes(durationMs);
  return [
    { atMs: broken, fault: { kind: 'deploy', version: 'broken' } },
    { atMs: next, fault: { kind: 'deploy', version: 'next' } },
  ];
}

/** One lengthens the wait, the other ends it at once. Between them the words of a mail are mended. */
function publishes(durationMs: number): PlannedFault[] {
  return [
    { atMs: Math.round(durationMs * 0.25), fault: { kind: 'publish', wait: '0.3 minutes' } },
    { atMs: Math.round(durationMs * 0.4), fault: { kind: 'amend', subject: 'The mended mail' } },
    { atMs: Math.round(durationMs * 0.55), fault: { kind: 'publish', wait: '0.02 minutes' } },
  ];
}

function lifeOf(seed: number, n: number, leads: number, durationMs: number): Life {
  const random = randomOf(seed, `lead ${n}`);
  const poison = n % 100 === 7 || n === leads - 1;
  const picked = random.pick(['drip', 'drip', 'drip', 'listening', 'listening', 'far']);
  const source = poison ? 'poison' : n % 8 === 5 ? 'kinds' : n % 8 === 1 ? 'talk' : picked;
  const isLate = n % 10 === 4;
  const bornMs = Math.round(random.next() * durationMs * 0.6);
  const later = (): number => Math.round(bornMs + 500 + random.next() * (durationMs * 0.95 - bornMs));
  const acts: { atMs: number; act: Act }[] = [];
  const event = (k: number, type: string): void => {
    acts.push({ atMs: later(), act: { kind: 'event', id: `chaos-${seed}-${n}-${k}`, type } });
  };
  const views = random.whole(1, 5);
  for (let k = 0; k < views; k += 1) event(k, 'page.viewed');
  if (random.chance(0.35)) for (let k = 10; k < 13; k += 1) event(k, 'pricing.viewed');
  if (random.chance(0.15)) event(20, 'demo.requested');
  if (random.chance(0.2)) {
    acts.push({ atMs: later(), act: { kind: 'submit', key: `chaos-${seed}-${n}-again`, campaign: 'again' } });
  }
  if (random.chance(0.15)) {
    const atMs = later();
    acts.push({ atMs, act: { kind: 'pause', key: `chaos-${seed}-${n}-pause` } });
    // Some leads stay paused, so that the end of the run has paused leads too.
    if (random.chance(0.8)) {
      acts.push({ atMs: atMs + 5_000, act: { kind: 'resume', key: `chaos-${seed}-${n}-resume` } });
    }
  }
  // At least one, also in a short run.
  if (random.chance(0.05) || n % 40 === 11) acts.push({ atMs: later(), act: { kind: 'unsubscribe' } });
  if (source === 'far')
    acts.push({ atMs: later(), act: { kind: 'forward', duration: random.pick(['PT26H', 'P2DT1H']) } });
  const birth = { atMs: bornMs, act: { kind: 'submit', key: `chaos-${seed}-${n}-first`, campaign: 'first' } } as const;
  return {
    email: `lead-${n}@${companyOf(n, source)}${LEAD_DOMAIN_END}`,
    source,
    ...(source === 'talk' && { reach: reachOf(seed, n) }),
    isLate,
    acts: [birth, ...acts.toSorted((a, b) => a.atMs - b.atMs)],
  };
}

/** Each of the channels in turn, so that a short run has all of them. */
function reachOf(seed: number, n: number): NonNullable<Life['reach']> {
  const preferredChannel = ['email', 'sms', 'phone'][(seed + Math.floor(n / 8)) % 3] ?? '';
  return { phone: `+4930${1_000_000 + n}`, preferredChannel };
}

/** A lead whose template throws is alone: it is judged by being held, which it would not be while it waits for a colleague. */
function companyOf(n: number, source: string): string {
  return source === 'poison' ? `company-of-${n}` : `company-${Math.floor(n / PEOPLE_OF_A_COMPANY)}`;
}

/** Whether the rep decides on the page of the lead, and not by the API. */
export function isAtDesk(seed: number, email: string, offer: number): boolean {
  return randomOf(seed, `desk ${email} ${offer}`).chance(0.5);
}

/** The decision on the n-th offer of a lead: the same for the same seed. */
export function decisionOn(seed: number, email: string, offer: number): RepDecision {
  const random = randomOf(seed, `decision ${email} ${offer}`);
  const dice = random.next();
  if (dice < 0.55) return { kind: 'accept', outcome: random.pick(['won', 'lost', 'opportunity', null]) };
  if (dice < 0.72) return { kind: 'reject', reason: 'too-early' };
  if (dice < 0.85) return { kind: 'reject', reason: 'no-budget' };
  if (dice < 0.92) return { kind: 'reject', reason: 'wrong-region' };
  return { kind: 'let-pass' };
}

/** How the n-th mail of a lead is read: the same for the same seed. Null: it is left unread. */
export function readingOf(seed: number, email: string, mail: number): Reading | null {
  const random = randomOf(seed, `reading ${email} ${mail}`);
  if (random.chance(0.3)) return null;
  return {
    reader: random.chance(0.25) ? 'program' : 'person',
    afterMs: random.chance(0.5) ? random.whole(0, 9_000) : random.whole(22_000, 35_000),
    looks: random.chance(0.25),
    opens: random.pick([0, 1, 1, 2]),
    clicks: random.pick([0, 1, 1, 2]),
  };
}

/** Each of the two delays is at most this long. */
const SLOW_MS = 250;

/** How the mail server treats the n-th message for an address: the same for the same seed. */
export function handlingOf(seed: number, to: string, message: number): Handling {
  const random = randomOf(seed, `handling ${to} ${message}`);
  return {
    draw: random.next(),
    isKept: random.chance(0.5),
    keptAfterMs: random.next() * SLOW_MS,
    answeredAfterMs: random.next() * SLOW_MS,
  };
}

/** How the n-th call for a place (a lead's email and a step) is answered: the same for the same seed, and taken at the third time. */
export function hookAnswerOf(seed: number, place: string, call: number): HookAnswer {
  if (call > 1) return '200';
  return randomOf(seed, `hook ${place} ${call}`).pick(['200', '200', '200', '500', 'none']);
}

/**
 * The same for a message about a hand-off, by its id. It is taken at the second time: the engine waits for a minute before it calls again,
 * and for two before the third time.
 */
export function handOffAnswerOf(seed: number, id: string, call: number): HookAnswer {
  return call > 0 ? '200' : hookAnswerOf(seed, id, call);
}
