import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import { WEEKDAYS } from '../../domain/cadence.ts';
import { AppError } from '../../domain/errors.ts';
import { denialOf, tiesOfRep } from '../../domain/policy.ts';
import { listRepsWithLeads } from '../../store/lists/reps.ts';
import { MOST_WEIGHT } from '../../domain/route.ts';
import { changeRep } from '../../store/sales/change-rep.ts';
import type { Keyring } from '../auth.ts';
import { actorOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { text } from '../schemas/common.ts';

const Clock = z.string().regex(/^(24:00|([01]\d|2[0-3]):[0-5]\d)$/, 'must be a time such as "09:00"');
const WorkingHours = z
  .strictObject({ days: z.array(z.enum(WEEKDAYS)).min(1), from: Clock, to: Clock })
  .meta({ id: 'WorkingHours' });

const Rep = z
  .object({
    id: z.string(),
    key: z.string(),
    name: z.string(),
    timeZone: z.string().nullable().meta({
      description: 'IANA name; the days of an absence begin at midnight there. Null: the one of `settings.yaml`',
    }),
    teams: z.array(z.string()),
    manager: z.boolean(),
    active: z
      .boolean()
      .meta({ description: 'False when no leads are offered to the rep, because the playbook or a person says so' }),
    inPlaybook: z
      .boolean()
      .meta({ description: 'False when the published `routing.yaml` does not have the rep, or has `active: false`' }),
    offered: z.int().meta({ description: 'Number of leads that wait for a decision of the rep' }),
    open: z.int().meta({ description: 'Number of leads that the rep has: offered, accepted or an opportunity' }),
    weight: z.int().meta({ description: 'Share of the leads of the team, beside the weights of the colleagues' }),
    maxOpen: z
      .int()
      .nullable()
      .meta({ description: 'Leads offered to the rep or with the rep, at once; null: no limit' }),
    maxPerDay: z.int().nullable().meta({ description: 'Offers in any 24 hours; null: no limit' }),
    maxPerHour: z.int().nullable().meta({ description: 'Offers in any hour; null: no limit' }),
    skills: z.array(z.string()),
    languages: z.array(z.string()).meta({ description: 'Codes; none: any language' }),
    workingHours: WorkingHours.nullable().meta({
      description: 'Own hours, in the zone of the rep; null: those of the team',
    }),
    away: z.object({ from: z.string(), until: z.string().nullable(), deputy: z.string().nullable() }).nullable().meta({
      description:
        'The absence that is planned or under way; `deputy`: key of the rep who gets the leads that the rep knows',
    }),
    dailyDigest: z
      .boolean()
      .meta({ description: 'Gets a mail with what waits, is due and overdue on the mornings of the working days' }),
  })
  .meta({ id: 'Rep' });

const limit = z.int().min(1).max(10_000).nullable().optional();
const Patch = z.strictObject({
  active: z.boolean().optional(),
  weight: z.int().min(1).max(MOST_WEIGHT).optional(),
  maxOpen: limit,
  maxPerDay: limit,
  maxPerHour: limit,
  workingHours: WorkingHours.nullable().optional(),
  away: z
    .strictObject({
      from: z.iso.datetime({ offset: true }),
      until: z.iso.datetime({ offset: true }).nullable().default(null),
      deputy: text(100).nullable().default(null),
    })
    .nullable()
    .optional(),
  dailyDigest: z.boolean().optional(),
});

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
        return json(200, { items: await listRepsWithLeads(db) });
      },
    }),
    route({
      method: 'patch',
      path: '/v1/reps/:rep',
      tag: 'Reps',
      summary: 'Change what a rep gets: on or off, share, limits, absence',
      description:
        'For a manager of one of the rep’s teams, or an admin. A rep who is switched off gets no offers, and the rep’s keys and links do not ' +
        'work. What the rep accepted stays theirs. An open offer goes to the next rep when its time to accept is over; reroute it to be ' +
        'faster. No publishing switches a rep on again. The last active rep of a team cannot be switched off. ' +
        '`weight`, the limits, `workingHours` and `away` are state as well: what is not named stays, null takes a limit or the absence away. A rep has one absence, which is not over yet: another takes the place of it. Who is away or at a ' +
        'limit is passed over, and does not make up for it later.',
      access: 'switch-rep',
      params: z.object({ rep: text(100).meta({ description: 'Key or id' }) }),
      body: Patch,
      bodyExample: {
        maxOpen: 20,
        away: { from: '2026-12-21T00:00:00+01:00', until: '2027-01-04T00:00:00+01:00', deputy: 'luca-moretti' },
      },
      answers: { 200: { description: 'The rep', schema: Rep } },
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, body: { away, ...state }, caller }) {
        const actor = actorOf(caller);
        const id = await changeRep(db, {
          rep: params.rep,
          patch: {
            ...state,
            ...(away !== undefined && {
              away: away && {
                ...away,
                from: new Date(away.from),
                until: away.until === null ? null : new Date(away.until),
              },
            }),
          },
          actor: actorHandle(actor),
          at: new Date(realNow()),
          denial: ({ teams }) => denialOf(actor, 'switch-rep', tiesOfRep({ teams })),
        });
        keyring.forget();
        const rep = (await listRepsWithLeads(db)).find((one) => one.id === id);
        if (rep === undefined) throw new AppError('NOT_FOUND', 'There is no such rep any more');
        return json(200, rep);
      },
    }),
  ];
}
