import type { BroadcastVariant } from '../../domain/broadcast.ts';
import type { MailWord } from '../../domain/consent.ts';
import type { TemplateSource } from '../../domain/template.ts';
import { readMailWord } from '../consent/mail-word.ts';
import { CAMPAIGN_OF_TOUCH, JOIN_CAMPAIGN, type TouchRead } from '../campaign-of-touch.ts';
import type { Db, Tx } from '../db.ts';
import type { Lead, Need, Send } from '../generated/client.ts';
import type { ActiveEnrollment } from '../process/picture.ts';
import { readRevision } from '../process/revisions.ts';
import { parseTemplate } from '../stored/template.ts';

/** A mail to a lead, and what it is written from, as it is known today. */
export interface SentMail {
  send: Send;
  lead: Lead;
  word: MailWord;
  template: TemplateSource;
  need: Need | null;
  /** The touch that the need began with; without a need the lead's first. */
  needTouch: NeedTouch | null;
  enrollment: Pick<ActiveEnrollment, 'key' | 'cadenceAsPinned'> | null;
  broadcastKey: string | null;
}

type NeedTouch = Pick<TouchRead, 'campaignKey' | 'inbound' | 'how' | 'occurredAt'>;

/** Null: there is no such mail, or its template is not stored. */
export async function readSentMail(db: Db, sendId: string): Promise<SentMail | null> {
  const found = await db.send.findUnique({
    where: { id: sendId },
    include: { lead: true, enrollment: true, broadcast: { select: { key: true, variants: true } } },
  });
  if (found === null || found.audience !== 'lead' || found.channel !== 'email') return null;
  const { lead, enrollment, broadcast, ...send } = found;
  const variants = (broadcast?.variants ?? []) as unknown as readonly BroadcastVariant[];
  const variant = variants.find(({ key }) => key === send.variant);
  const needId = enrollment?.needId ?? lead.needId;
  return db.$transaction(async (tx) => {
    const stored = await tx.templateRevision.findUnique({ where: { hash: variant?.hash ?? send.templateHash ?? '' } });
    if (stored === null) return null;
    const template = { ...parseTemplate(stored.source), key: send.templateKey };
    const need = needId === null ? null : await tx.need.findUnique({ where: { id: needId } });
    const word = await readMailWord(tx, lead);
    const revision = enrollment === null ? null : await readRevision(db, tx, enrollment.revisionId);
    return {
      send,
      lead,
      word,
      template: variant?.subject === undefined ? template : { ...template, subject: variant.subject },
      need,
      needTouch: await readNeedTouch(tx, lead.id, needId),
      enrollment:
        enrollment === null || revision === null ? null : { key: enrollment.key, cadenceAsPinned: revision.definition },
      broadcastKey: broadcast?.key ?? null,
    };
  });
}

async function readNeedTouch(tx: Tx, leadId: string, needId: string | null): Promise<SentMail['needTouch']> {
  const [touch] = await tx.$queryRaw<NeedTouch[]>`
    SELECT touches.inbound, touches.how, touches.occurred_at AS "occurredAt", ${CAMPAIGN_OF_TOUCH} FROM touches ${JOIN_CAMPAIGN}
    WHERE touches.lead_id = ${leadId} AND (touches.is_first OR touches.need_id = ${needId})
    ORDER BY touches.need_id IS NOT DISTINCT FROM ${needId} DESC, touches.occurred_at, touches.id LIMIT 1`;
  return touch ?? null;
}
