/** A database of its own, a small playbook and a clock that the test sets. */
import { expect } from 'vitest';

import type { Playbook } from '../../src/domain/playbook.ts';
import type { StoreContext } from '../../src/store/context.ts';
import { createAddressHash } from '../../src/store/consent/address-hash.ts';
import { closeDb, createDb, type Db } from '../../src/store/db.ts';
import type { Lead, Outbox } from '../../src/store/generated/client.ts';
import { fixedRules, type RulesInForce } from '../../src/store/rules/in-force.ts';
import { submitLead, type LeadSubmission } from '../../src/store/capture/submit-lead.ts';
import { createTestDatabase } from '../support/database.ts';
import { lockWaiters } from '../support/lock-waiters.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const PLAYBOOK: Playbook = {
  cadences: [],
  forms: [],
  segments: [],
  scoring: {
    halfLifeMs: 30 * DAY,
    engagement: [
      { rule: 'viewed', event: 'page.viewed', points: 2 },
      { rule: 'pricing', event: 'page.viewed', when: { 'event.path': { startsWith: '/pricing' } }, points: 5 },
      { rule: 'docs', event: 'docs.read', points: 4, cap: { points: 10, per: { amount: 1, unit: 'days' } } },
      { rule: 'opened', event: 'email.opened', points: 1, oncePerSend: true },
      { rule: 'clicked', event: 'email.clicked', points: 5, oncePerSend: true },
      { rule: 'webinar', event: 'webinar.attended', when: { medium: 'partner' }, points: 20 },
      { rule: 'left', event: 'unsubscribed', points: -10 },
    ],
    fit: [
      { rule: 'big', when: { companySize: { gte: 100 } }, points: 20 },
      { rule: 'free', when: { freeMail: true }, points: -5 },
    ],
    grades: { A: 15, B: 10, C: 0 },
    ready: { A: 20, B: 30, C: 40, D: null },
    highIntent: [{ event: 'demo.requested' }],
  },
  routing: {
    rules: [{ rule: 'all', team: 'inside' }],
    teams: [
      {
        team: 'inside',
        name: 'Inside sales',
        reps: ['ada', 'ben'],
        sla: { accept: { amount: 4, unit: 'hours' }, remindAfter: { amount: 2, unit: 'hours' } },
        workingHours: { days: ['mon'], from: '09:00', to: '17:00' },
        timeZone: 'UTC',
      },
    ],
    reps: [
      { rep: 'ada', name: 'Ada', email: 'ada@sales.example', manager: true, active: true },
      { rep: 'ben', name: 'Ben', email: 'ben@sales.example', manager: false, active: true },
    ],
  },
  reasons: [],
  events: [],
  calendars: [],
  defaultTimeZone: 'UTC',
  funnel: [],
  notices: { gather: { amount: 15, unit: 'minutes' } },
  productLines: [],
  needTypes: [],
  campaigns: [],
  quietHours: [],
  caps: [],
};

/** Rules in force of a playbook that was never published. */
export function rulesOf(playbook: Playbook): RulesInForce {
  return fixedRules({ revision: 1, playbook, templates: new Map(), cadences: new Map(), canaries: new Map() });
}

export interface Bench extends AsyncDisposable {
  db: Db;
  /** Address of the database, for those who connect by themselves. */
  url: string;
  ctx: StoreContext;
  /** Real time as the store sees it; the test moves it. */
  now: number;
  lead(submission?: Partial<LeadSubmission>): Promise<Lead>;
  reload(lead: { id: string }): Promise<Lead>;
  /** Bells written for a lead, the oldest first. */
  bells(lead: { id: string }): Promise<Outbox[]>;
}

/** Resolves once so many connections wait for a lock in this database: who was to meet a race stands where it does. */
export async function untilWaiting(db: Db, count: number): Promise<void> {
  await expect.poll(() => lockWaiters(db)).toHaveLength(count);
}

/** Real time as a bench begins. */
export const NOW = Date.parse('2026-11-20T10:00:00Z');

let serial = 0;

export async function openBench(playbook: Playbook = PLAYBOOK): Promise<Bench> {
  const database = await createTestDatabase();
  const db = createDb(database.url, { max: 20 });
  const bench: Bench = {
    db,
    url: database.url,
    now: NOW,
    ctx: {
      db,
      rules: rulesOf(playbook),
      realNow: () => bench.now,
      hashAddress: createAddressHash(db, ['secret of the test']),
    },
    async lead(submission = {}) {
      serial += 1;
      const { leadId } = await submitLead(bench.ctx, {
        email: `p${serial}@firm${serial}.example`,
        how: 'form',
        ...submission,
      });
      await db.outbox.deleteMany({ where: { leadId } });
      return bench.reload({ id: leadId });
    },
    reload: ({ id }) => db.lead.findUniqueOrThrow({ where: { id } }),
    bells: ({ id }) => db.outbox.findMany({ where: { leadId: id }, orderBy: { id: 'asc' } }),
    async [Symbol.asyncDispose]() {
      await closeDb(db);
      await database.drop();
    },
  };
  return bench;
}
