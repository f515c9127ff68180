import { AppError } from '../../domain/errors.ts';
import type { ShownSendStatus } from '../../domain/send-status.ts';
import type { Db } from '../db.ts';
import type { Lead, Prisma, Send } from '../generated/client.ts';

/** `broadcast`: the key of the one that it is a message of. */
export type ListedSend = Send & { broadcast: { key: string } | null };

/** The lead that a message was meant for; null when there is no such message. */
export async function recipientOf(
  db: Db,
  sendId: string,
): Promise<{ leadId: string; email: string | null; language: string | null } | null> {
  const send = await db.send.findUnique({
    where: { id: sendId },
    select: { lead: { select: { id: true, email: true, language: true } } },
  });
  return send === null ? null : { leadId: send.lead.id, email: send.lead.email, language: send.lead.language };
}

const WITH_BROADCAST = { broadcast: { select: { key: true } } } as const;

/** The latest message for the lead with any status, and the latest messages that were not sent. */
export async function lastSends(
  db: Db,
  leadId: string,
  skipped: number,
): Promise<{ last: ListedSend | null; skipped: ListedSend[] }> {
  const toLead = { leadId, audience: 'lead' };
  const [last, decidedAgainst] = await Promise.all([
    db.send.findFirst({ where: toLead, orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }], include: WITH_BROADCAST }),
    db.send.findMany({
      where: { ...toLead, status: { in: ['skipped', 'failed', 'in_doubt'] } },
      orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
      take: skipped,
      include: WITH_BROADCAST,
    }),
  ]);
  return { last, skipped: decidedAgainst };
}

/** A message with what people did about it while it was in doubt. */
export type SendDetail = Prisma.SendGetPayload<{ include: typeof SETTLED }>;

const SETTLED = { dismissed: true, resent: true } as const satisfies Prisma.SendInclude;

/** @throws AppError SEND_UNKNOWN */
export async function readSend(db: Db, id: string): Promise<SendDetail> {
  const send = await db.send.findUnique({ where: { id }, include: SETTLED });
  if (send === null) throw new AppError('SEND_UNKNOWN', 'There is no message with this id');
  return send;
}

/** The messages to a lead, and those about it to reps: newest first. `after`: the last id of the page before. */
export function listSends(
  db: Db,
  filter: { lead: string; status?: ShownSendStatus | undefined },
  after: string | null,
  limit: number,
): Promise<SendDetail[]> {
  const { lead: leadId, status } = filter;
  return db.send.findMany({
    where: {
      leadId,
      ...(status === undefined ? {} : whereShown(status)),
      ...(after === null ? {} : { id: { lt: after } }),
    },
    include: SETTLED,
    orderBy: { id: 'desc' },
    take: limit,
  });
}

/** The counterpart of `shownStatus`. */
function whereShown(status: ShownSendStatus): Prisma.SendWhereInput {
  switch (status) {
    case 'delivered':
    case 'bounced':
    case 'complained':
      return { delivery: status, OR: [{ status: 'sent' }, { status: 'in_doubt' }] };
    case 'sent':
    case 'in_doubt':
      return { status, delivery: null };
    default:
      return { status };
  }
}

/** Who reads a message, for the pages that its links lead to. */
export interface Reader {
  sendId: string;
  lead: Lead;
}

/** Null when there is no such message, or it is not to a lead. */
export async function readReader(db: Db, sendId: string): Promise<Reader | null> {
  const send = await db.send.findUnique({ where: { id: sendId }, include: { lead: true } });
  return send === null || send.audience !== 'lead' ? null : { sendId, lead: send.lead };
}
