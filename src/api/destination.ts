import { z } from 'zod';
import { actorHandle, type Actor } from '../domain/actor.ts';
import { idFor } from '../domain/ids.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { StoreContext } from '../store/context.ts';
import { activeRepIdOf } from '../store/lists/reps.ts';
import { goOnHandingOver, NEXT_LEAD_WITHIN_S } from '../store/sales/hand-overs.ts';
import { text } from './schemas/common.ts';
import { invalid } from './validate.ts';

/** Where a person sends a lead: to a team or to a rep. */
export const Destination = z
  .strictObject({
    team: text(100).optional(),
    rep: text(100).optional().meta({ description: 'Key or id' }),
    reps: z.array(text(100)).min(1).max(100).optional().meta({
      description: 'Keys or ids of several: whose turn it is among those who are here and have room',
    }),
    note: text(4000).optional(),
    handOver: text(100)
      .optional()
      .meta({
        description: `Any name, the same for several leads that you hand over one after the other: their new rep is told of them in one mail, once no further one has come for ${NEXT_LEAD_WITHIN_S} seconds. Without it each lead has a brief of its own, at once`,
        example: 'ada-is-ill-2026-12-01',
      }),
  })
  .refine(({ team, rep, reps }) => [team, rep, reps].filter((one) => one !== undefined).length === 1, {
    path: ['team'],
    message: 'or rep or reps must be given, and only one of them',
  });

/** The same, or nowhere in particular: tele-sales qualifies a lead on, and the rules say to whom. */
export const DestinationOrOn = z
  .strictObject({
    ...Destination.shape,
    on: z.literal(true).optional().meta({ description: 'Qualified on by the rules' }),
  })
  .refine(({ team, rep, reps, on }) => [team, rep, reps, on].filter((one) => one !== undefined).length === 1, {
    path: ['team'],
    message: 'or rep or reps or on must be given, and only one of them',
  })
  .refine(({ on, handOver }) => on === undefined || handOver === undefined, {
    path: ['handOver'],
    message: 'must be left out with on: each lead that is qualified on has a brief of its own',
  });

/** @throws AppError VALIDATION_FAILED for a team that there is not, or a rep who takes no leads */
export async function destinationOf(
  { db }: StoreContext,
  playbook: Playbook,
  { team, rep, reps }: z.output<typeof Destination>,
): Promise<{ team: string } | { repId: string } | { repIds: string[] }> {
  if (reps !== undefined) return { repIds: await activeRepIds(db, reps) };
  if (rep !== undefined) {
    const repId = await activeRepIdOf(db, rep);
    if (repId !== null) return { repId };
    throw invalid('body', [{ path: 'rep', message: 'must be the key or id of an active rep, see GET /v1/reps' }]);
  }
  const known = playbook.routing.teams.map((one) => one.team);
  if (team === undefined || !known.includes(team))
    throw invalid('body', [{ path: 'team', message: `must be one of ${known.join(', ')}` }]);
  return { team };
}

/** The hand-over of that name, whose row is there before its lead moves. Another caller's of the same name is another one. */
export async function handOverOf(
  { db }: StoreContext,
  actor: Actor,
  name: string | undefined,
): Promise<{ handOverId?: string }> {
  if (name === undefined) return {};
  const by = actorHandle(actor);
  const handOverId = idFor('handOver', `api:${by}:${name}`);
  await goOnHandingOver(db, handOverId, by);
  return { handOverId };
}

/** @throws AppError VALIDATION_FAILED for one who takes no leads */
async function activeRepIds(db: StoreContext['db'], reps: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [n, rep] of reps.entries()) {
    const id = await activeRepIdOf(db, rep);
    if (id === null)
      throw invalid('body', [
        { path: `reps[${n}]`, message: 'must be the key or id of an active rep, see GET /v1/reps' },
      ]);
    ids.push(id);
  }
  return ids;
}
