/** The list of addresses that must not be mailed, for people of ours. */
import { type Actor, actorHandle } from '../../domain/actor.ts';
import { AppError } from '../../domain/errors.ts';
import { SUPPRESSION_REASONS, type SuppressionReason, whyNotLifted } from '../../domain/suppression.ts';
import { audit, auditAll, type AuditRow } from '../audit.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Db } from '../db.ts';
import type { Suppression } from '../generated/client.ts';
import { lockLeadsNamed } from '../lock.ts';

export type { Suppression } from '../generated/client.ts';

/** Newest first, without those of erased people, of whom no address is known. `after`: the last id of the page before. */
export function listSuppressions(
  db: Db,
  { reason }: { reason?: SuppressionReason | undefined },
  after: number | null,
  limit: number,
): Promise<Suppression[]> {
  return db.suppression.findMany({
    where: {
      NOT: { email: null },
      ...(reason === undefined ? {} : { reason }),
      ...(after === null ? {} : { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
}

/** Every reason against an address, the oldest first, also from before its person was erased. */
export async function suppressionsOf(ctx: StoreContext, address: string): Promise<Suppression[]> {
  const addressHash = await ctx.hashAddress(address);
  return ctx.db.suppression.findMany({
    where: { OR: [{ email: address }, { email: null, addressHash }] },
    orderBy: [{ occurredAt: 'asc' }, { id: 'asc' }],
  });
}

export interface NewSuppression {
  /** As `storedAddress` gives it. */
  address: string;
  reason: SuppressionReason;
  source: string;
  at?: Date;
}

const AT_ONCE = 1_000;

/**
 * Adds reasons, and answers with how many are new. One that stands already keeps its source and time. Nothing is lifted. A lead of an
 * address that is added is not woken: each mail asks before it leaves; the lead's timeline tells of it. `isList`: lines of a list. `note`: of a
 * person of ours, kept where a lead is known by the address.
 */
export async function addSuppressions(
  ctx: StoreContext,
  added: readonly NewSuppression[],
  { actor, isList, note }: { actor: Actor; isList: boolean; note?: string },
): Promise<number> {
  const realNowMs = ctx.realNow();
  const now = new Date(realNowMs);
  let count = 0;
  for (let from = 0; from < added.length; from += AT_ONCE) {
    const part = added.slice(from, from + AT_ONCE);
    count += await transact(ctx.db, async (tx) => {
      const rows = await tx.$queryRaw<{ reason: string; leadId: string | null; clockOffsetMs: bigint | null }[]>`
        WITH added AS (
          INSERT INTO suppressions (email, reason, source, lead_id, occurred_at)
          SELECT DISTINCT ON (n.email, n.reason) n.email, n.reason, n.source, l.id, n.at
          FROM unnest(${part.map(({ address }) => address)}::text[], ${part.map(({ reason }) => reason)}::text[],
            ${part.map(({ source }) => source)}::text[], ${part.map(({ at = now }) => at)}::timestamptz[]) AS n(email, reason, source, at)
          LEFT JOIN leads l ON l.email = n.email
          ON CONFLICT (email, reason) DO NOTHING RETURNING reason, lead_id)
        SELECT a.reason, a.lead_id AS "leadId", l.clock_offset_ms AS "clockOffsetMs"
        FROM added a LEFT JOIN leads l ON l.id = a.lead_id`;
      const told = rows.flatMap(({ reason, leadId, clockOffsetMs }): AuditRow[] => {
        if (leadId === null || clockOffsetMs === null) return [];
        const at = new Date(leadNow({ clockOffsetMs }, realNowMs));
        const data = {
          reason,
          ...(isList ? { list: true as const } : {}),
          ...(note === undefined ? {} : { note }),
        };
        return [{ leadId, actor: actorHandle(actor), at, action: 'suppression.added', data }];
      });
      await auditAll(tx, told);
      return rows.length;
    });
  }
  return count;
}

/**
 * A person of ours lifts one reason; the others stay. `lifted`: false when it did not stand.
 * @throws AppError CONFLICT: this reason is lifted by another act
 */
export async function liftSuppression(
  ctx: StoreContext,
  { address, reason, note }: { address: string; reason: SuppressionReason; note?: string | undefined },
  actor: Actor,
): Promise<{ lifted: boolean; left: string[] }> {
  const refusal = whyNotLifted(reason, note);
  if (refusal !== null) throw new AppError('CONFLICT', refusal);
  const addressHash = await ctx.hashAddress(address);
  const where = { OR: [{ email: address }, { email: null, addressHash }] };
  return transact(ctx.db, async (tx) => {
    const [lead] = await lockLeadsNamed(tx, [], [address]);
    const { count } = await tx.suppression.deleteMany({ where: { ...where, reason } });
    const left = await tx.suppression.findMany({ where, select: { reason: true } });
    const at = new Date(lead === undefined ? ctx.realNow() : leadNow(lead, ctx.realNow()));
    if (count > 0)
      await audit(
        tx,
        { leadId: lead?.id ?? null, actor: actorHandle(actor), at },
        { action: 'suppression.lifted', data: { reason, ...(note === undefined ? {} : { note }) } },
      );
    const standing = new Set(left.map((one) => one.reason));
    return { lifted: count > 0, left: SUPPRESSION_REASONS.filter((one) => standing.has(one)) };
  });
}
