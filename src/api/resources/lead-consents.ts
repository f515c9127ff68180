import { z } from 'zod';
import type { ConsentBy } from '../../domain/consent-by.ts';
import { listConsents } from '../../store/consent/consent.ts';
import { requireLead } from '../access.ts';
import type { ApiDeps } from '../deps.ts';
import { answerPage, idCursor, PAGE_QUERY, pageOf, readIdCursor } from '../page.ts';
import { route, type Route } from '../route.ts';
import { id, Timestamp } from '../schemas/common.ts';
import { StatedBy } from '../schemas/lead.ts';

const ConsentProof = z
  .object({
    id: z.string(),
    topic: z.string().meta({ description: '`marketing`: every topic' }),
    granted: z.boolean(),
    unconfirmed: z.boolean().meta({ description: 'It decides nothing until the person confirms it by mail' }),
    confirms: z.string().nullable().meta({ description: 'The unconfirmed consent that it confirms' }),
    text: z.string().meta({ description: 'The words the person agreed to, or the refusal' }),
    version: z.string().nullable(),
    source: z.string(),
    statedBy: StatedBy,
    ipHash: z.string().nullable().meta({
      description: 'Keyed hash of the network address. Whoever has the address and the installation can compare',
    }),
    at: Timestamp,
    recordedAt: Timestamp,
  })
  .meta({ id: 'ConsentProof' });

export function leadConsentRoutes({ store }: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/leads/:id/consents',
      tag: 'Leads',
      access: 'see-lead',
      summary: 'List every consent and refusal of a lead with its proof, newest first',
      params: z.object({ id: id('lead') }),
      query: z.strictObject(PAGE_QUERY),
      problems: ['LEAD_UNKNOWN'],
      answers: { 200: { description: 'A page of consents', schema: pageOf(ConsentProof).meta({ id: 'ConsentPage' }) } },
      async handle({ params, query: { cursor, limit }, caller }) {
        await requireLead(store, caller, 'see-lead', params.id);
        const after = readIdCursor(cursor);
        return answerPage({
          limit,
          read: (count) => listConsents(store.db, params.id, after, count),
          endOf: ({ id: last }) => idCursor(last),
          show: (consents) =>
            consents.map(({ leadId: _known, occurredAt, recordedAt, statedBy, ...proof }) => ({
              ...proof,
              statedBy: statedBy as ConsentBy | null,
              at: occurredAt.toISOString(),
              recordedAt: recordedAt.toISOString(),
            })),
        });
      },
    }),
  ];
}
