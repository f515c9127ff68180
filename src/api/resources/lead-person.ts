/** What a person may ask of whoever stores something about them: all of it, and that it is deleted. */
import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import { AppError } from '../../domain/errors.ts';
import { eraseLead } from '../../store/erasure/erase-lead.ts';
import { exportLead } from '../../store/erasure/export-lead.ts';
import { requireLead } from '../access.ts';
import { actorOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { empty, json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { id, Timestamp } from '../schemas/common.ts';

const Export = z
  .object({
    leadId: id('lead'),
    exportedAt: Timestamp,
    data: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))).meta({
      description:
        '`profile`, `touches`, `events`, `sends`, `consents`, `suppressions`, `inboundMails`, `repActivities` (calls and notes), `history` and so on: ' +
        'a list of rows for each, the oldest first',
    }),
  })
  .meta({ id: 'LeadExport' });

export function leadPersonRoutes({ store, ring, bulkRuns, broadcasts }: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/leads/:id/export',
      tag: 'Leads',
      access: 'export-lead',
      summary: 'Everything that is stored about a person (GDPR)',
      description:
        'As it stands at this moment, in one answer. What others wrote of the person is in it, such as notes of reps: look through it before it is handed over.',
      params: z.object({ id: id('lead') }),
      problems: ['LEAD_UNKNOWN'],
      answers: { 200: { description: 'All of it', schema: Export } },
      async handle({ params, caller }) {
        await requireLead(store, caller, 'export-lead', params.id);
        const data = await exportLead(store.db, params.id);
        if (data === null) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id');
        const exportedAt = new Date(store.realNow()).toISOString();
        return json(200, { leadId: params.id, exportedAt, data: data as z.output<typeof Export>['data'] });
      },
    }),
    route({
      method: 'delete',
      path: '/v1/leads/:id',
      tag: 'Leads',
      access: 'erase-lead',
      summary: 'Erase a person for good (GDPR)',
      description:
        'Deletes all data of the lead. What stays: that a lead was erased, when and by whom, and the reasons why the address must not be mailed, ' +
        'under a keyed hash. It cannot be undone.',
      params: z.object({ id: id('lead') }),
      problems: ['LEAD_UNKNOWN'],
      answers: { 204: { description: 'Erased' } },
      async handle({ params, caller }) {
        await requireLead(store, caller, 'erase-lead', params.id);
        const erased = await eraseLead(store, { leadId: params.id, actor: actorHandle(actorOf(caller)) });
        ring(erased.ringIds);
        for (const runId of erased.runIds) bulkRuns.tell(runId);
        for (const broadcastId of erased.broadcastIds) broadcasts.tell(broadcastId);
        return empty(204);
      },
    }),
  ];
}
