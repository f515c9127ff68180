import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import { AppError } from '../../domain/errors.ts';
import { denialOf, tiesOfRep } from '../../domain/policy.ts';
import { listReps } from '../../store/lists/reps.ts';
import { switchRep } from '../../store/sales/switch-rep.ts';
import type { Keyring } from '../auth.ts';
import { actorOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { text } from '../schemas/common.ts';

const Rep = z
  .object({
    id: z.string(),
    key: z.string(),
    name: z.string(),
    teams: z.array(z.string()),
    manager: z.boolean(),
    active: z
      .boolean()
      .meta({ description: 'False when no leads are offered to the rep, because the playbook or a person says so' }),
    inPlaybook: z
      .boolean()
      .meta({ description: 'False when the published `routing.yaml` does not have the rep, or has `active: false`' }),
    offered: z.int().meta({ description: 'Number of leads that wait for a decision of the rep' }),
  })
  .meta({ id: 'Rep' });

export function repRoutes({ store: { db, realNow } }: ApiDeps, keyring: Pick<Keyring, 'forget'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/reps',
      tag: 'Reps',
      summary: 'The reps and their teams',
      access: 'see-playbook',
      answers: { 200: { description: 'By name', schema: z.object({ items: z.array(Rep) }) } },
      async handle() {
        return json(200, { items: await listReps(db) });
      },
    }),
    route({
      method: 'patch',
      path: '/v1/reps/:rep',
      tag: 'Reps',
      summary: 'Switch a rep on or off',
      description:
        'For a manager of one of the rep’s teams, or an admin. A rep who is switched off gets no offers, and the rep’s keys and links do not ' +
        'work. What the rep accepted stays theirs. An open offer goes to the next rep when its time to accept is over; reroute it to be ' +
        'faster. No publishing switches a rep on again. The last active rep of a team cannot be switched off.',
      access: 'switch-rep',
      params: z.object({ rep: text(100).meta({ description: 'Key or id' }) }),
      body: z.strictObject({ active: z.boolean() }),
      bodyExample: { active: false },
      answers: { 200: { description: 'The rep', schema: Rep } },
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, body: { active }, caller }) {
        const actor = actorOf(caller);
        const id = await switchRep(db, {
          rep: params.rep,
          active,
          actor: actorHandle(actor),
          at: new Date(realNow()),
          denial: ({ teams }) => denialOf(actor, 'switch-rep', tiesOfRep({ teams })),
        });
        keyring.forget();
        const rep = (await listReps(db)).find((one) => one.id === id);
        if (rep === undefined) throw new AppError('NOT_FOUND', 'There is no such rep any more');
        return json(200, rep);
      },
    }),
  ];
}
