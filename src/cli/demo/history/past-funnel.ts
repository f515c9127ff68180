/** The way of past sales through the funnel. */
import type { Chance } from './chance.ts';

/** Stages, with the days after the lead came in. */
export type PastFunnel = readonly { stage: string; afterDays: number }[];

/** By the funnel that settings.yaml has where nothing is said. */
export function funnelOf(
  chance: Chance,
  opportunity: number | null,
  ended: { afterDays: number; won: boolean } | null,
  shareQuoted: number,
): PastFunnel {
  if (opportunity === null) return [];
  const quoted = opportunity + 1 + 8 * chance.next();
  const stages = [
    { stage: 'active inquiry', afterDays: opportunity },
    ...(chance.next() < shareQuoted ? [{ stage: 'quote sent', afterDays: quoted }] : []),
  ];
  if (ended === null) return stages;
  if (!ended.won) return stages.filter(({ afterDays }) => afterDays < ended.afterDays);
  return [
    ...stages,
    { stage: 'agreed and invoiced', afterDays: ended.afterDays },
    { stage: 'paid', afterDays: ended.afterDays + 5 + 20 * chance.next() },
    { stage: 'delivered', afterDays: ended.afterDays + 30 + 20 * chance.next() },
  ];
}

/** The same as rows. `funnel`: what of it happened. `at`: the instant so many days after the lead came in. */
export function funnelRows({
  leadId,
  needId,
  funnel,
  at,
}: {
  funnel: PastFunnel;
  leadId: string;
  needId: string;
  at: (afterDays: number) => string;
}): Record<string, unknown>[] {
  return funnel.map(({ stage, afterDays }) => ({
    lead_id: leadId,
    need_id: needId,
    funnel_stage: stage,
    actor: 'system',
    occurred_at: at(afterDays),
    recorded_at: at(afterDays),
  }));
}
