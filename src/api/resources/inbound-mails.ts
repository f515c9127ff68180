import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import {
  type InboundMail,
  listInbound,
  readInbound,
  settleInbound,
  unsubscribeByInbound,
} from '../../store/inbound/inbound-mails.ts';
import { actorOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { answerPage, idCursor, PAGE_QUERY, pageOf, readIdCursor } from '../page.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { id, Timestamp } from '../schemas/common.ts';
import { Doer } from '../schemas/person.ts';
import { iso } from '../views/lead.ts';
import { doersOf } from '../views/person.ts';

const Mail = z
  .object({
    id: id('inboundMail'),
    leadId: id('lead').nullable().meta({ description: 'Null: it belongs to no send that is known' }),
    sendId: z.string().nullable(),
    verdict: z.string().meta({ description: 'docs/email.md, "Bounces"' }),
    status: z.string().nullable().meta({ description: 'RFC 3463' }),
    recipient: z.string().nullable().meta({ description: 'The address that the notice names' }),
    did: z.string().meta({
      description: 'suppressed, unsubscribed, recorded, none; kept or quarantined: it waits for a person',
    }),
    asksRemoval: z.boolean().meta({ description: 'An answer that seems to ask for no more mail; a person reads it' }),
    excerpt: z.string().nullable().meta({
      description: 'The beginning of the mail: of an answer always, of another one as long as it waits for a person',
    }),
    receivedAt: Timestamp,
    settledAt: Timestamp.nullable(),
    settledBy: z.string().nullable(),
    settler: Doer.nullable().meta({ description: 'Who settled it' }),
  })
  .meta({ id: 'InboundMail' });

export function inboundMailRoutes({ store, ring }: ApiDeps): Route[] {
  const { db } = store;
  async function show(mails: readonly InboundMail[]) {
    const doers = await doersOf(
      db,
      mails.map(({ settledBy }) => settledBy),
    );
    return mails.map((mail) => ({ ...view(mail), settler: doers.orNobody(mail.settledBy) }));
  }
  const showOne = async (mail: InboundMail): Promise<z.input<typeof Mail>> => ({
    ...view(mail),
    settler: (await doersOf(db, [mail.settledBy])).orNobody(mail.settledBy),
  });
  const one = {
    tag: 'Operating',
    access: 'settle-mail',
    params: z.object({ id: id('inboundMail') }),
    problems: ['MAIL_UNKNOWN'],
    answers: { 200: { description: 'The mail', schema: Mail } },
  } as const;
  return [
    route({
      method: 'get',
      path: '/v1/inbound-mails',
      tag: 'Operating',
      access: 'settle-mail',
      summary: 'List mails that came back, newest first',
      description: 'Bounces, complaints and answers that came to the addresses at INBOUND_DOMAIN, and what was done.',
      query: z.strictObject({
        waiting: z.literal('true').optional().meta({ description: 'Only those that wait for a person' }),
        lead: id('lead').optional(),
        ...PAGE_QUERY,
      }),
      answers: { 200: { description: 'A page of mails', schema: pageOf(Mail).meta({ id: 'InboundMailPage' }) } },
      async handle({ query: { cursor, limit, waiting, lead } }) {
        const after = readIdCursor(cursor);
        return answerPage({
          limit,
          read: (count) => listInbound(db, { waiting: waiting === 'true', lead }, after, count),
          endOf: ({ id: last }) => idCursor(last),
          show,
        });
      },
    }),
    route({
      ...one,
      method: 'get',
      path: '/v1/inbound-mails/:id',
      summary: 'Read a mail that came back',
      handle: async ({ params }) => json(200, await showOne(await readInbound(db, params.id))),
    }),
    route({
      ...one,
      method: 'post',
      path: '/v1/inbound-mails/:id/suppress',
      problems: ['MAIL_UNKNOWN', 'CONFLICT'],
      summary: 'Say that the address is to get no more mail',
      description:
        'The address of the lead; where no message of ours is known to be meant, the address that the notice names. After a complaint its reason is `complaint`, else `hard-bounce`.',
      handle: async ({ params, caller }) =>
        json(
          200,
          await showOne(await settleInbound(store, params.id, { suppress: true, actor: actorHandle(actorOf(caller)) })),
        ),
    }),
    route({
      ...one,
      method: 'post',
      path: '/v1/inbound-mails/:id/unsubscribe',
      problems: ['MAIL_UNKNOWN', 'CONFLICT'],
      summary: 'Say that the writer wants no more mail',
      async handle({ params, caller }) {
        const { mail, ringIds } = await unsubscribeByInbound(store, params.id, actorHandle(actorOf(caller)));
        ring(ringIds);
        return json(200, await showOne(mail));
      },
    }),
    route({
      ...one,
      method: 'post',
      path: '/v1/inbound-mails/:id/dismiss',
      summary: 'Say that nothing follows from it',
      handle: async ({ params, caller }) =>
        json(
          200,
          await showOne(
            await settleInbound(store, params.id, { suppress: false, actor: actorHandle(actorOf(caller)) }),
          ),
        ),
    }),
  ];
}

function view(mail: InboundMail): Omit<z.input<typeof Mail>, 'settler'> {
  const { id: mailId, leadId, sendId, verdict, status, recipient, did, excerpt, asksRemoval, settledBy } = mail;
  return {
    id: mailId,
    leadId,
    sendId,
    verdict,
    status,
    recipient,
    did,
    asksRemoval,
    excerpt,
    receivedAt: mail.receivedAt.toISOString(),
    settledAt: iso(mail.settledAt),
    settledBy,
  };
}
