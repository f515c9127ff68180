/** Past hand-offs as the rules see them: the score of the moment is made anew from what the lead had done by then. */
import type { HandOffResult, PastHandOff } from '../../domain/backtest.ts';
import { isReady } from '../../domain/engagement.ts';
import { emailDomainOf } from '../../domain/email-domain.ts';
import { FREE_MAIL_DOMAINS } from '../../domain/free-mail.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { type ReplayRules, replayScore, type ScorePast } from '../../domain/score-replay.ts';
import { scoreAtMs } from '../../domain/score.ts';
import type { Grade } from '../../domain/stage.ts';
import type { Tx } from '../db.ts';
import { factsOf } from '../facts/facts.ts';
import { type LeadContext, loadContexts } from '../facts/load-contexts.ts';
import { type Lead, Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import { columnsOf } from '../rows.ts';
import { graded } from './grade.ts';
import { readPast } from './past.ts';
import { askedByScoring, replayRulesOf } from './rescored.ts';

const AT_ONCE = 500;

interface HandOffRow {
  id: string;
  leadId: string;
  offeredAt: Date;
  status: string;
  reason: string | null;
  outcome: string | null;
  isClosed: boolean;
  /** The need was offered again later. */
  isFollowed: boolean;
  opportunity: boolean;
  /** The lead's grade then, by the history of its grades. */
  grade: Grade;
}

export interface HandOffOfLead extends PastHandOff {
  leadId: string;
}

/** Hand-offs that were offered at or after `since` and before `until`, and no more than the newest of them. */
interface Part {
  since: Date;
  until: Date;
  /** Which of them, as SQL over the offer `a`. */
  only: Prisma.Sql;
  most: number;
}

/**
 * Every hand-off that a rep decided on, or a part of them; newest first. A reroute says nothing of the lead and is left out.
 * @param regrade the fit rules are others than those in force: grades are made anew, by the profile as it is now
 */
export async function readHandOffs(
  db: Tx,
  playbook: Playbook,
  regrade: boolean,
  part?: Part,
): Promise<HandOffOfLead[]> {
  const rules = replayRulesOf(playbook);
  const decided = decidedOffers(playbook, part);
  const most = part?.most ?? Number.POSITIVE_INFINITY;
  const handOffs: HandOffOfLead[] = [];
  for (let before: string | null = null; ;) {
    const rows: HandOffRow[] = await nextHandOffs(db, before, decided, Math.min(AT_ONCE, most - handOffs.length));
    const last = rows.at(-1);
    if (last === undefined) return handOffs;
    before = last.id;
    const ids = [...new Set(rows.map(({ leadId }) => leadId))];
    const leads = await db.$queryRaw<Lead[]>`SELECT ${columnsOf('leads')} FROM leads WHERE id = ANY(${ids})`;
    const moment = { atMs: Date.now(), clock: 'lead', fading: playbook.scoring } as const;
    const [contexts, past] = await Promise.all([
      loadContexts(db, leads, askedByScoring(playbook), moment),
      readPast(db, { ids }, { rules }),
    ]);
    const byId = new Map(leads.map((lead) => [lead.id, lead]));
    for (const row of rows) {
      const lead = byId.get(row.leadId);
      const known = { context: contexts.get(row.leadId) ?? {}, past: past.get(row.leadId) };
      if (lead !== undefined) handOffs.push(asOfThen(playbook, rules, row, lead, known, regrade));
    }
  }
}

/** How many of these hand-offs a rep decided on. */
export async function countHandOffs(db: Tx, playbook: Playbook, which: Omit<Part, 'most'>): Promise<number> {
  const [row] = await planned<{ count: number }>(
    db,
    Prisma.sql`SELECT count(*)::int AS count FROM assignments a WHERE ${decidedOffers(playbook, which)}`,
  );
  return row?.count ?? 0;
}

function decidedOffers({ reasons }: Playbook, which?: Omit<Part, 'most'>): Prisma.Sql {
  const rerouting = reasons.filter(({ follow }) => follow.kind === 'reroute').map(({ reason }) => reason);
  return Prisma.sql`a.status IN ('accepted', 'rejected') AND (a.reason IS NULL OR a.reason <> ALL(${rerouting}))
    AND ${which === undefined ? Prisma.sql`TRUE` : Prisma.sql`a.offered_at >= ${which.since} AND a.offered_at < ${which.until} AND ${which.only}`}`;
}

function nextHandOffs(db: Tx, before: string | null, decided: Prisma.Sql, limit: number): Promise<HandOffRow[]> {
  const graded = Prisma.sql`SELECT g.data FROM audit g WHERE g.lead_id = a.lead_id AND g.action = 'lead.graded'`;
  return planned<HandOffRow>(
    db,
    Prisma.sql`
    SELECT a.id, a.lead_id AS "leadId", a.offered_at AS "offeredAt", a.status::text AS status, a.reason,
      n.outcome, n.closed_at IS NOT NULL AS "isClosed",
      EXISTS (SELECT FROM assignments later WHERE later.need_id = a.need_id AND later.offered_at > a.offered_at) AS "isFollowed",
      EXISTS (SELECT FROM stage_changes s WHERE s.lead_id = a.lead_id AND s.need_id = a.need_id AND s.occurred_at >= a.offered_at
        AND s.to_stage IN ('opportunity', 'customer')) AS opportunity,
      coalesce((${graded} AND g.occurred_at <= a.offered_at ORDER BY g.occurred_at DESC, g.id DESC LIMIT 1)->>'to',
        (${graded} AND g.occurred_at > a.offered_at ORDER BY g.occurred_at, g.id LIMIT 1)->>'from', l.fit_grade::text) AS grade
    FROM assignments a JOIN needs n ON n.id = a.need_id JOIN leads l ON l.id = a.lead_id
    WHERE ${decided} AND ${before === null ? Prisma.sql`TRUE` : Prisma.sql`a.id < ${before}`}
    ORDER BY a.id DESC LIMIT ${limit}`,
  );
}

function asOfThen(
  playbook: Playbook,
  rules: ReplayRules,
  row: HandOffRow,
  lead: Lead,
  { context, past }: { context: LeadContext; past: ScorePast | undefined },
  regrade: boolean,
): HandOffOfLead {
  const atMs = row.offeredAt.getTime();
  const then = {
    events: (past?.events ?? []).filter((one) => one.occurredAtMs <= atMs),
    adjustments: (past?.adjustments ?? []).filter((one) => one.atMs <= atMs),
  };
  const replayed = replayScore(rules, then, factsOf(lead, context, playbook, atMs));
  const score = scoreAtMs(replayed.row, atMs, playbook.scoring);
  const grade = regrade ? graded(playbook, lead, context, atMs).lead.fitGrade : row.grade;
  const domain = lead.email === null ? null : emailDomainOf(lead.email);
  return {
    leadId: lead.id,
    atMs,
    score,
    grade,
    source: lead.source,
    freeMail: domain !== null && FREE_MAIL_DOMAINS.has(domain),
    result: resultOf(row),
    opportunity: row.opportunity,
    reason: row.status === 'rejected' ? row.reason : null,
    ready: isReady(playbook.scoring, grade, score),
    rules: replayed.entries.flatMap(({ rule, points, eventId }) => (points > 0 && eventId !== null ? [rule] : [])),
  };
}

function resultOf({ status, outcome, isClosed, isFollowed }: HandOffRow): HandOffResult {
  if (status === 'rejected' || isFollowed) return 'rejected';
  if (outcome === 'won') return 'won';
  return isClosed ? 'lost' : 'open';
}
