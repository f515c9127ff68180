import { z } from 'zod';
import { SEND_STATUSES, shownStatus } from '../../domain/send-status.ts';
import { type Named, readNames } from '../../store/lists/names.ts';
import { listSends, readSend, type SendDetail } from '../../store/lists/sends.ts';
import { dismissSend } from '../../store/process/dismiss-send.ts';
import { resendSend } from '../../store/process/resend-send.ts';
import { type Settled as SettledRepMail, settleRepMailByHand } from '../../store/sales/settle-rep-mail.ts';
import { requireLead } from '../access.ts';
import { actorOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { answerPage, idCursor, PAGE_QUERY, pageOf, readIdCursor } from '../page.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { id, Timestamp } from '../schemas/common.ts';
import { Doer } from '../schemas/person.ts';
import { doerView } from '../views/person.ts';

/** A mail is to a lead, or about one; the list of the day and gathered alerts are to a rep. */
const WHOSE = {
  leadId: id('lead').nullable(),
  repId: id('rep').optional().meta({ description: 'Of the list of the day and gathered alerts' }),
};
const Dismissed = z
  .object({ id: id('send'), ...WHOSE, dismissedAt: Timestamp, dismissedBy: z.string(), by: Doer })
  .meta({ id: 'DismissedSend' });
const Resent = z
  .object({ id: id('send'), ...WHOSE, resentAt: Timestamp, resentBy: z.string(), by: Doer })
  .meta({ id: 'ResentSend' });

const SendStatus = z.enum(SEND_STATUSES).meta({
  description:
    'The mail server took it: `sent`; then `delivered`, `bounced` or `complained`, as far as a mail that came back says. `in_doubt`: nobody knows whether it left',
});
const SendEntry = z
  .object({
    id: id('send'),
    leadId: id('lead'),
    at: Timestamp,
    channel: z.string(),
    audience: z.enum(['lead', 'rep']),
    template: z.string(),
    topic: z.string().nullable(),
    status: SendStatus,
    reason: z.string().nullable(),
    sentAt: Timestamp.nullable(),
    deliveryAt: Timestamp.nullable().meta({ description: 'When it was delivered, bounced or complained about' }),
    enrollmentId: z.string().nullable(),
    stepId: z.string().nullable(),
    untracked: z
      .enum(['opens', 'all'])
      .nullable()
      .meta({ description: '`opens`: whether it was opened cannot be known; `all`: nor whether a link was clicked' }),
    resendOf: id('send').nullable().meta({ description: 'The message in doubt that it repeats' }),
    resent: z.object({ at: Timestamp, by: Doer }).nullable().meta({ description: 'Who had it sent once more' }),
    dismissed: z.object({ at: Timestamp, by: Doer }).nullable(),
  })
  .meta({ id: 'Send' });

const PARAMS = z.object({ id: id('send') });

export function sendRoutes({ store, ring }: ApiDeps): Route[] {
  const { db } = store;
  const doer = async (handle: string): Promise<z.input<typeof Doer>> => doerView(handle, await readNames(db, [handle]));
  return [
    route({
      method: 'get',
      path: '/v1/leads/:id/sends',
      tag: 'Leads',
      access: 'see-lead',
      summary: 'List the messages to a lead, and those about it to reps, newest first',
      params: z.object({ id: id('lead') }),
      query: z.strictObject({ status: SendStatus.optional(), ...PAGE_QUERY }),
      problems: ['LEAD_UNKNOWN'],
      answers: { 200: { description: 'A page of messages', schema: pageOf(SendEntry).meta({ id: 'SendPage' }) } },
      async handle({ params, query: { status, cursor, limit }, caller }) {
        await requireLead(store, caller, 'see-lead', params.id);
        const after = readIdCursor(cursor);
        return answerPage({
          limit,
          read: (count) => listSends(db, { lead: params.id, status }, after, count),
          endOf: ({ id: last }) => idCursor(last),
          show: (sends) => sendViews(db, sends),
        });
      },
    }),
    route({
      method: 'get',
      path: '/v1/sends/:id',
      tag: 'Operating',
      access: 'settle-mail',
      summary: 'Read a message: what became of it, and what people did about it',
      params: PARAMS,
      problems: ['SEND_UNKNOWN'],
      answers: { 200: { description: 'The message', schema: SendEntry } },
      async handle({ params }) {
        const [send] = await sendViews(db, [await readSend(db, params.id)]);
        return json(200, send);
      },
    }),
    route({
      method: 'post',
      path: '/v1/sends/:id/resend',
      tag: 'Operating',
      access: 'settle-mail',
      summary: 'Send a message in doubt once more',
      description:
        'Of a mail to a rep (`rep-mail-in-doubt`) what it told is told again, as it is by then. Else: a new message with the same words, which names the one it repeats. For a mail to a lead that certainly did not arrive: the engine cannot know, so look into the log of the mail server first. Repeating the request changes nothing. It is refused where consent, a suppression or the stage forbids the message by now, and checked again as it leaves.',
      params: PARAMS,
      problems: ['SEND_UNKNOWN', 'CONFLICT', 'STAGE_FORBIDS'],
      answers: { 202: { description: 'It leaves with the next turn of the lead’s process', schema: Resent } },
      async handle({ params, caller }) {
        const ofRep = await settleRepMailByHand(store, params.id, 'resend', actorOf(caller));
        const resent = ofRep === null ? await resendSend(store, params.id, actorOf(caller)) : null;
        if (resent !== null) ring(resent.ringIds);
        const { at, by, ...whose } = settled(params.id, ofRep, resent);
        return json(202, { ...whose, resentAt: at, resentBy: by, by: await doer(by) });
      },
    }),
    route({
      method: 'post',
      path: '/v1/sends/:id/dismiss',
      tag: 'Operating',
      access: 'settle-mail',
      summary: 'Say that nothing follows from a message in doubt',
      description:
        'It may or may not have gone out, and is not repeated. After this it no longer waits for a person. Who said it, and when, stands on the timeline of the lead.',
      params: PARAMS,
      problems: ['SEND_UNKNOWN', 'CONFLICT'],
      answers: { 200: { description: 'The message', schema: Dismissed } },
      async handle({ params, caller }) {
        const ofRep = await settleRepMailByHand(store, params.id, 'dismiss', actorOf(caller));
        const dismissed = ofRep === null ? await dismissSend(store, params.id, actorOf(caller)) : null;
        const { at, by, ...whose } = settled(params.id, ofRep, dismissed);
        return json(200, { ...whose, dismissedAt: at, dismissedBy: by, by: await doer(by) });
      },
    }),
  ];
}

/** What a person said about a message in doubt. */
function settled(
  sendId: string,
  ofRep: SettledRepMail | null,
  ofLead: { leadId: string; at: Date; by: string } | null,
) {
  const said = ofRep ?? ofLead;
  if (said === null) throw new Error('Nothing was said about the message');
  return {
    id: sendId,
    leadId: ofLead?.leadId ?? null,
    ...(ofRep !== null && { repId: ofRep.repId }),
    at: said.at.toISOString(),
    by: said.by,
  };
}

async function sendViews(
  db: ApiDeps['store']['db'],
  sends: readonly SendDetail[],
): Promise<z.input<typeof SendEntry>[]> {
  const doers = sends.flatMap(({ resent, dismissed }) => [resent?.resentBy, dismissed?.dismissedBy]);
  const names = await readNames(
    db,
    doers.filter((by) => by !== undefined),
  );
  return sends.map((send) => sendView(send, names));
}

function sendView(send: SendDetail, names: ReadonlyMap<string, Named>): z.input<typeof SendEntry> {
  const { id: sendId, leadId, channel, topic, reason, enrollmentId, stepId, resendOf, resent, dismissed } = send;
  return {
    id: sendId,
    leadId,
    at: send.occurredAt.toISOString(),
    channel,
    audience: send.audience === 'rep' ? 'rep' : 'lead',
    template: send.templateKey,
    topic,
    status: shownStatus(send),
    reason,
    sentAt: send.sentAt?.toISOString() ?? null,
    deliveryAt: send.deliveryAt?.toISOString() ?? null,
    enrollmentId,
    stepId,
    untracked: send.untracked === 'all' || send.untracked === 'opens' ? send.untracked : null,
    resendOf,
    resent: resent && { at: resent.resentAt.toISOString(), by: doerView(resent.resentBy, names) },
    dismissed: dismissed && { at: dismissed.dismissedAt.toISOString(), by: doerView(dismissed.dismissedBy, names) },
  };
}
