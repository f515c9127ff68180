import type { z } from 'zod';
import { isBroadcastOver } from '../../domain/broadcast.ts';
import { explainCondition } from '../../domain/condition.ts';
import type { Broadcast } from '../../store/broadcasts/broadcasts.ts';
import { figuresOf } from '../../store/broadcasts/figures.ts';
import { waitsOf } from '../../store/broadcasts/waits.ts';
import type { StoreContext } from '../../store/context.ts';
import { type Doers, doersOf } from './person.ts';
import { waitView } from './waits.ts';
import type { BroadcastSummary, BroadcastView } from '../schemas/broadcast.ts';

export async function broadcastView(
  { db, rules }: Pick<StoreContext, 'db' | 'rules'>,
  one: Broadcast,
): Promise<z.input<typeof BroadcastView>> {
  const [{ left, outcomes, trial, reactions, countedAt }, waits, doers] = await Promise.all([
    figuresOf(db, one),
    waitsOf(db, rules.current().playbook, one),
    doersOf(db, [one.createdBy, one.startedBy]),
  ]);
  const { preview } = one;
  const variants = one.variants.map(({ key, template, subject }, n) => ({
    variant: key,
    template,
    subject: subject ?? null,
    sent: trial[n]?.sent ?? 0,
    measured: trial[n]?.measured ?? 0,
    reacted: trial[n]?.reacted ?? 0,
  }));
  return {
    ...summaryOf(one, doers),
    preview: preview === null ? null : { ...preview, later: { ...preview.later }, leftOut: { ...preview.leftOut } },
    variants,
    left,
    waitsFor: waits.map(waitView),
    outcomes: { ...outcomes },
    reactions,
    countedAt: countedAt.toISOString(),
  };
}

export async function broadcastSummaries(
  db: StoreContext['db'],
  all: readonly Broadcast[],
): Promise<z.input<typeof BroadcastSummary>[]> {
  const doers = await doersOf(
    db,
    all.flatMap(({ createdBy, startedBy }) => [createdBy, startedBy]),
  );
  return all.map((one) => summaryOf(one, doers));
}

function summaryOf(one: Broadcast, doers: Doers): z.input<typeof BroadcastSummary> {
  const { key, status, variants, topic, segment, audience, schedule, rate, again, total, error, createdBy, startedBy } =
    one;
  return {
    id: one.id,
    key,
    status,
    template: variants[0]?.template ?? '',
    topic,
    segment,
    when: audience === null ? null : explainCondition(audience.when),
    schedule: schedule.kind === 'now' ? 'now' : schedule.kind === 'at' ? { at: schedule.at } : { local: schedule.at },
    rate,
    again,
    total,
    nextAt: isBroadcastOver(one.status) ? null : (one.nextAt?.toISOString() ?? null),
    winner: one.winner,
    winnerBecause: one.winnerBecause,
    error,
    createdBy,
    creator: doers.of(createdBy),
    createdAt: one.createdAt.toISOString(),
    startedBy,
    starter: doers.orNobody(startedBy),
    startedAt: one.startedAt?.toISOString() ?? null,
    endedAt: one.endedAt?.toISOString() ?? null,
  };
}
