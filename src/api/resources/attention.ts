import { z } from 'zod';
import { ATTENTION_KINDS, attentionPage, type AttentionKind } from '../../store/lists/attention.ts';
import { scopeFor } from '../access.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { At, Cursor, id, Limit, page, readPlace, writePlace } from '../schemas/common.ts';

const Entry = z
  .object({
    kind: z.enum(ATTENTION_KINDS),
    leadId: id('lead'),
    ref: z.string().nullable().meta({ description: 'The send, assignment, touch or kind of finding it is about' }),
    since: At,
    reason: z.string(),
    whatToDo: z.string(),
  })
  .meta({ id: 'AttentionEntry' });

const WHAT_TO_DO: Readonly<Record<AttentionKind, string>> = {
  held: 'Remove the cause named in the reason, then POST /v1/leads/{id}/resume',
  finding:
    'The reason says what to do. A process that is overdue or does not hear was rung and should heal by itself; if it stays, look at it in the Temporal UI and terminate it: it is started anew',
  'send-in-doubt':
    'Look into the mail server’s log whether it was delivered; the message is not repeated by itself, and the cadence goes on',
  reroute: 'POST /v1/assignments/{ref}/reroute to the team or rep it belongs to',
  unassigned: 'No rep can take it: make one active in routing.yaml, or reroute its last assignment',
  'asked-again':
    'A disqualified lead made a new request and gets nothing: decide whether the disqualification still holds, and contact it',
};

export function attentionRoutes({ store }: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/attention',
      tag: 'Operating',
      summary: 'What does not go on until a person acts, oldest first',
      description:
        'Leads held, findings of the reconciler, sends in doubt, leads to reroute or with nobody to take them, disqualified leads that asked again.',
      access: 'see-attention',
      query: z.strictObject({ kind: z.enum(ATTENTION_KINDS).optional(), cursor: Cursor, limit: Limit }),
      answers: { 200: { description: 'A page of entries', schema: page(Entry).meta({ id: 'Attention' }) } },
      async handle({ query: { kind, cursor, limit }, caller }) {
        const place = readPlace(cursor);
        const after = place === null ? null : { since: place.at, key: place.key };
        const rows = await attentionPage(store.db, scopeFor(caller, 'see-attention'), kind ?? null, after, limit + 1);
        const items = rows.slice(0, limit);
        const last = items.at(-1);
        return json(200, {
          items: items.map((row) => ({
            kind: row.kind,
            leadId: row.leadId,
            ref: row.ref,
            since: row.since.toISOString(),
            reason: row.reason,
            whatToDo: WHAT_TO_DO[row.kind],
          })),
          nextCursor: rows.length > limit && last !== undefined ? writePlace(last.since, last.key) : null,
        });
      },
    }),
  ];
}
