import { z } from 'zod';
import { dismissSend } from '../../store/process/dismiss-send.ts';
import { actorOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { id, Timestamp } from '../schemas/common.ts';

const Dismissed = z
  .object({ id: id('send'), leadId: id('lead'), dismissedAt: Timestamp, dismissedBy: z.string() })
  .meta({ id: 'DismissedSend' });

export function sendRoutes({ store }: ApiDeps): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/sends/:id/dismiss',
      tag: 'Operating',
      access: 'settle-mail',
      summary: 'Say that nothing follows from a message in doubt',
      description:
        'It may or may not have gone out, and is not repeated. After this it no longer waits for a person. Who said it, and when, stands on the timeline of the lead.',
      params: z.object({ id: id('send') }),
      problems: ['SEND_UNKNOWN', 'CONFLICT'],
      answers: { 200: { description: 'The message', schema: Dismissed } },
      async handle({ params, caller }) {
        const { leadId, at, by } = await dismissSend(store, params.id, actorOf(caller));
        return json(200, { id: params.id, leadId, dismissedAt: at.toISOString(), dismissedBy: by });
      },
    }),
  ];
}
