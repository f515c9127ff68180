import { z } from 'zod';
import { AppError } from '../../domain/errors.ts';
import { routingOfLead } from '../../store/lists/routing.ts';
import { requireLead } from '../access.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { id } from '../schemas/common.ts';

const Target = z.union([
  z.object({ team: z.string() }),
  z.object({ rep: z.string() }),
  z.object({ queue: z.string() }),
]);

const Routing = z
  .object({
    leadId: id('lead'),
    rule: z.string().meta({ description: 'The first rule of routing.yaml that holds' }),
    leadsTo: Target,
    afterFirstContact: z
      .object({ rule: z.string(), leadsTo: Target })
      .nullable()
      .meta({ description: 'Where it goes once tele-sales qualifies it on; null where this is no first contact' }),
    rep: z.string().nullable().meta({ description: 'Key of the rep who would get it now; null: nobody' }),
    because: z.string(),
    rules: z
      .array(z.object({ rule: z.string(), when: z.string(), holds: z.boolean().nullable(), passedOver: z.boolean() }))
      .meta({
        description:
          'The rules up to the one that leads on. `holds` is null where a value that it asks about is not known. A rule that leads to tele-sales is passed over once they made the first contact',
      }),
    considered: z
      .array(z.object({ rep: z.string(), name: z.string(), weight: z.number(), whyNot: z.string().nullable() }))
      .meta({
        description:
          'The reps of the team in the turn order: of those without `whyNot` the first gets the lead, the others come later',
      }),
    current: z
      .object({
        rep: z.string(),
        team: z.string(),
        rule: z.string(),
        since: z.iso.datetime(),
        timeZone: z.string().meta({ description: 'Zone of the team, in which `why` says its times' }),
        why: z.string().nullable().meta({
          description:
            'Why this rep among those of the team, as it stood then; null where a person or a rule named the rep, or the rep knows the lead',
        }),
      })
      .nullable()
      .meta({ description: 'Who has the lead now, and why; null: nobody' }),
  })
  .meta({ id: 'Routing' });

export function leadRoutingRoutes({ store }: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/leads/:id/routing',
      tag: 'Leads',
      summary: 'Tell who has a lead, who would get it if it were handed over now, and why',
      access: 'see-lead',
      params: z.object({ id: id('lead') }),
      answers: {
        200: { description: 'The rule, who was considered, and why the others do not get it', schema: Routing },
      },
      problems: ['LEAD_UNKNOWN'],
      async handle({ params, caller, rules: { playbook } }) {
        await requireLead(store, caller, 'see-lead', params.id);
        const found = await routingOfLead(store.db, playbook, params.id, store.realNow());
        if (found === null) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id');
        return json(200, { leadId: params.id, ...found });
      },
    }),
  ];
}
