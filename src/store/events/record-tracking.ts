/** Opens and clicks of messages to leads: told apart from those of machines, and recorded as events. */
import { newId } from '../../domain/ids.ts';
import { classifyEngagement } from '../../domain/machine-open.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Db, type Tx } from '../db.ts';
import type { SendStatus } from '../generated/client.ts';
import { ingest } from './ingest.ts';
import { lockLead } from '../lock.ts';

/** One fetch of a pixel or a tracked link. */
export interface TrackedFetch {
  sendId: string;
  /** HTTP method. */
  method: string;
  /** The User-Agent header; read and not kept. */
  userAgent: string | null;
  /** Real time. */
  at: Date;
}

/** Longest that a claim is with SMTP before its outcome is written, in milliseconds; an older one is a dead worker's. */
const HAND_OVER_MS = 60_000;

/** A send as tracking needs it. */
interface TrackedSend {
  id: string;
  status: SendStatus;
  leadId: string;
  audience: string;
  templateKey: string;
  contentKind: string | null;
  stepId: string | null;
  occurredAt: Date;
  sentAt: Date | null;
  cadence: string | null;
}

interface ClickedLink {
  id: number;
  url: string;
}

/** Records an open. An unknown send, or one to a rep, is not tracked: nothing is recorded and nothing is wrong. */
export async function recordOpen(ctx: StoreContext, fetch: TrackedFetch): Promise<{ ringIds: string[] }> {
  return { ringIds: await record(ctx, fetch, null) };
}

/** Records a click and answers where it leads; null when no such link is stored. */
export async function recordClick(
  ctx: StoreContext,
  fetch: TrackedFetch & { linkId: number },
): Promise<{ url: string; ringIds: string[] } | null> {
  const link = await ctx.db.link.findUnique({ where: { id: fetch.linkId } });
  if (link === null) return null;
  return { url: link.url, ringIds: await record(ctx, fetch, link) };
}

async function record(ctx: StoreContext, fetch: TrackedFetch, link: ClickedLink | null): Promise<string[]> {
  const send = await findTracked(ctx.db, fetch.sendId);
  if (send === undefined || send.audience !== 'lead') return [];
  return transact(ctx.db, async (tx) => {
    // Under the lock, the second of two links followed at once sees the first.
    const lead = await lockLead(tx, send.leadId);
    const atMs = leadNow(lead, fetch.at.getTime());
    const actor = await classify(tx, send, fetch, link, sinceSentMs(send, atMs, leadNow(lead, ctx.realNow())));
    const event = {
      id: newId('event'),
      leadId: lead.id,
      type: link === null ? 'email.opened' : 'email.clicked',
      properties: propertiesOf(send, link, actor),
      machine: actor === 'machine',
      sendId: send.id,
      occurredAtMs: atMs,
    };
    const { ringIds } = await ingest(tx, ctx.rules.current(), [lead], [event], ctx.realNow());
    return ringIds;
  });
}

async function findTracked(db: Db, sendId: string): Promise<TrackedSend | undefined> {
  const [send] = await db.$queryRaw<TrackedSend[]>`
    SELECT s.id, s.status, s.lead_id AS "leadId", s.audience, s.template_key AS "templateKey",
      s.content_kind AS "contentKind", s.step_id AS "stepId", s.occurred_at AS "occurredAt", s.sent_at AS "sentAt", e.cadence
    FROM sends s LEFT JOIN enrollments e ON e.id = s.enrollment_id
    WHERE s.id = ${sendId}`;
  return send;
}

async function classify(
  tx: Tx,
  send: TrackedSend,
  fetch: TrackedFetch,
  link: ClickedLink | null,
  sinceSentMs: number,
): Promise<ReturnType<typeof classifyEngagement>> {
  return classifyEngagement({
    kind: link === null ? 'open' : 'click',
    method: fetch.method,
    userAgent: fetch.userAgent,
    sinceSentMs,
    otherLinksWithinSecond: link === null ? 0 : await otherLinksJustNow(tx, send.id, link.id),
  });
}

/**
 * Milliseconds from the sending to the fetch; 0 while the message is being handed over, when a gateway has it and nobody else.
 * All times are on the lead's clock, so that a forwarded lead reads its mail days later, not at once.
 */
function sinceSentMs(send: TrackedSend, atMs: number, nowMs: number): number {
  const sentAtMs = (send.sentAt ?? send.occurredAt).getTime();
  const sinceMs = atMs - sentAtMs;
  if (send.status === 'claimed') return sinceMs < HAND_OVER_MS ? 0 : sinceMs;
  // Sent after the fetch and before we came to look: it was claimed then. What is to be sent only later is another clock's.
  return sinceMs < 0 && sentAtMs <= nowMs ? 0 : sinceMs;
}

async function otherLinksJustNow(tx: Tx, sendId: string, linkId: number): Promise<number> {
  const [row] = await tx.$queryRaw<{ others: number }[]>`
    SELECT count(DISTINCT properties->>'linkId')::int AS others FROM events
    WHERE send_id = ${sendId} AND type = 'email.clicked' AND recorded_at > now() - interval '1 second'
      AND properties->>'linkId' <> ${String(linkId)}`;
  return row?.others ?? 0;
}

/** What conditions may ask about: `event.template`, `event.url` … Absent where unknown. */
function propertiesOf(send: TrackedSend, link: ClickedLink | null, actor: string): Record<string, unknown> {
  return {
    sendId: send.id,
    template: send.templateKey,
    actor,
    ...(send.cadence === null ? {} : { cadence: send.cadence }),
    ...(send.stepId === null ? {} : { step: send.stepId }),
    ...(send.contentKind === null ? {} : { contentKind: send.contentKind }),
    ...(link === null ? {} : { linkId: link.id, url: withoutQuery(link.url) }),
  };
}

/** A query may carry what identifies a person, and would keep conditions from matching. */
function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}
