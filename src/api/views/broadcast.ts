import type { z } from 'zod';
import { explainCondition } from '../../domain/condition.ts';
import type { Broadcast } from '../../store/broadcasts/broadcasts.ts';
import { figuresOf } from '../../store/broadcasts/figures.ts';
import { waitsOf } from '../../store/broadcasts/waits.ts';
import type { StoreContext } from '../../store/context.ts';
import { waitView } from './waits.ts';
import type { BroadcastSummary, BroadcastView } from '../schemas/broadcast.ts';

export async function broadcastView(
  { db, rules }: Pick<StoreContext, 'db' | 'rules'>,
  one: Broadcast,
): Promise<z.input<typeof BroadcastView>> {
  const [{ left, outcomes, trial, reactions, countedAt }, waits] = await Promise.all([
    figuresOf(db, one),
    waitsOf(db, rules.current().playbook, one),
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
    ...broadcastSummary(one),
    preview: preview === null ? null : { ...preview, later: { ...preview.later }, leftOut: { ...preview.leftOut } },
    variants,
    left,
    waitsFor: waits.map(waitView),
    outcomes: { ...outcomes },
    reactions,
    countedAt: countedAt.toISOString(),
  };
}

export function broadcastSummary(one: Broadcast): z.input<typeof BroadcastSummary> {
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
    nextAt: one.nextAt?.toISOString() ?? null,
    winner: one.winner,
    winnerBecause: one.winnerBecause,
    error,
    createdBy,
    createdAt: one.createdAt.toISOString(),
    startedBy,
    startedAt: one.startedAt?.toISOString() ?? null,
    endedAt: one.endedAt?.toISOString() ?? null,
  };
}
