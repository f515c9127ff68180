/**
 * Makes the scores and grades of all leads anew, by the rules in force. The leads that are ready by them are marked on the way. A run that
 * hands over then does so one lead after the other, the readiest first, at a pace that sales can take.
 */
import { isMarked, type Rescoring } from '../../domain/rescoring.ts';
import { lineScoreAtMs, partsOfScore, scoreAtMs } from '../../domain/score.ts';
import type { ReplayedEntry } from '../../domain/score-replay.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { type AuditRow, auditAll } from '../../store/audit.ts';
import { leadNow } from '../../store/clock.ts';
import { loadContexts } from '../../store/facts/load-contexts.ts';
import type { Lead } from '../../store/generated/client.ts';
import { lockLead, lockLeads } from '../../store/lock.ts';
import { announce } from '../../store/outbox.ts';
import { updateRow } from '../../store/rows.ts';
import { qualificationOf, qualify } from '../../store/scoring/evaluate.ts';
import { isRatedAnew } from '../../store/scoring/grade.ts';
import { readPast } from '../../store/scoring/past.ts';
import {
  bestMarked,
  liveEntries,
  type LiveEntry,
  nextLeads,
  replaceLedger,
  writeRescored,
} from '../../store/scoring/rescore-writes.ts';
import { askedByScoring, replayRulesOf, rescored } from '../../store/scoring/rescored.ts';
import type { Piece, PieceWork } from './piece.ts';

const RULES_COME_WITHIN_MS = 1_000;
const HOUR_MS = 3_600_000;

export async function rescorePiece(work: PieceWork): Promise<Piece | null> {
  const { run, rules, nowMs } = work;
  const rescoring = run.params as unknown as Rescoring;
  // This worker has not read yet what was published with the run.
  if (rules.revision < rescoring.revision)
    return { became: [], after: run.after, rung: 0, restMs: RULES_COME_WITHIN_MS };
  const scored = await rescoreNext(work, rescoring);
  if (scored !== null || rescoring.crossing === 'mark') return scored;
  const { nextAtMs = 0 } = rescoring;
  if (nowMs < nextAtMs) return { became: [], after: run.after, rung: 0, restMs: nextAtMs - nowMs };
  return handOverNext(work, rescoring);
}

async function rescoreNext(
  { tx, run, rules, limit, nowMs }: PieceWork,
  { crossing }: Rescoring,
): Promise<Piece | null> {
  const ids = await nextLeads(tx, run.after, run.startedAt, limit);
  const after = ids.at(-1);
  if (after === undefined) return null;
  const { playbook } = rules;
  const leads = await lockLeads(tx, ids);
  const replay = replayRulesOf(playbook);
  const [contexts, past, live] = await Promise.all([
    loadContexts(tx, leads, askedByScoring(playbook), { atMs: nowMs, clock: 'lead', fading: playbook.scoring }),
    readPast(tx, { ids }, { rules: replay, withIds: true }),
    liveEntries(tx, ids),
  ]);
  const became: string[] = [];
  const changed: Lead[] = [];
  const ledger = new Map<string, ReplayedEntry[]>();
  const audits: AuditRow[] = [];
  for (const lead of leads) {
    const atMs = leadNow(lead, nowMs);
    const known = { context: contexts.get(lead.id) ?? {}, past: past.get(lead.id), atMs };
    const { lead: anew, rated, replayed } = rescored(playbook, replay, lead, known);
    const isOther = !saysTheSame(
      playbook,
      { lead, live: live.get(lead.id) ?? [] },
      { lead: anew, entries: replayed.entries },
      atMs,
    );
    if (isOther) ledger.set(lead.id, replayed.entries);
    const engagedAt = laterOf(lead.lastEngagedAt, replayed.lastEngagedAtMs);
    const now = isOther ? { ...anew, lastEngagedAt: engagedAt } : { ...lead, ...rated };
    const crosses = !isMarked(now) && qualificationOf(playbook, now, atMs, null).qualifies;
    // From now on only what it does next counts: it does not qualify by itself with the next step or look of its process.
    const at = new Date(atMs);
    const after = crosses ? { ...now, armedAt: at, markedAt: at } : now;
    const isChanged = isOther || crosses || isRatedAnew(lead, rated);
    became.push(crosses ? (crossing === 'mark' ? 'marked' : 'waiting') : isChanged ? 'rescored' : 'same');
    if (!isChanged) continue;
    changed.push(after);
    audits.push(entryOf(playbook, run.id, lead, after, atMs));
  }
  await Promise.all([writeRescored(tx, changed), replaceLedger(tx, run.id, ledger), auditAll(tx, audits)]);
  return { became, after, rung: 0 };
}

/** A hundredth of a point is less than any rule gives, and more than rounding does. */
const NEXT_TO_NOTHING = 0.01;

/** Whether the ledger and the score say the same. Entries that came in in another order than they happened say the same if their points do. */
function saysTheSame(
  { scoring }: Playbook,
  before: { lead: Lead; live: readonly LiveEntry[] },
  after: { lead: Lead; entries: readonly ReplayedEntry[] },
  atMs: number,
): boolean {
  const said = (entries: readonly LiveEntry[]): string =>
    entries
      .filter(({ eventId }) => eventId !== null)
      .map(({ eventId, rule, points, group, line }) => [eventId, rule, points.toFixed(3), group, line].join('\n'))
      .toSorted()
      .join('\n\n');
  if (said(before.live) !== said(after.entries)) return false;
  const lines = Object.keys({ ...partsOfScore(before.lead).lines, ...partsOfScore(after.lead).lines });
  const scores = (lead: Lead): number[] => [
    scoreAtMs(lead, atMs, scoring),
    ...lines.map((line) => lineScoreAtMs(lead, line, atMs, scoring)),
  ];
  const now = scores(after.lead);
  return scores(before.lead).every((score, n) => Math.abs(score - (now[n] ?? 0)) <= NEXT_TO_NOTHING);
}

function laterOf(at: Date | null, ms: number | null): Date | null {
  return ms === null || (at !== null && at.getTime() >= ms) ? at : new Date(ms);
}

function entryOf({ scoring }: Playbook, runId: string, before: Lead, after: Lead, atMs: number): AuditRow {
  const [from, to] = [before, after].map((lead) => scoreAtMs(lead, atMs, scoring)) as [number, number];
  return {
    leadId: after.id,
    actor: 'system',
    at: new Date(atMs),
    action: 'lead.rescored',
    data: { runId, from, to, gradeFrom: before.fitGrade, gradeTo: after.fitGrade, marked: isMarked(after) },
  };
}

/** Looks at the lead once more: since it was marked its points have faded, or a cool-off has begun. */
async function handOverNext({ tx, run, rules, nowMs }: PieceWork, { perHour }: Rescoring): Promise<Piece | null> {
  const id = await bestMarked(tx, rules.playbook.scoring, nowMs);
  if (id === null) return null;
  const lead = await lockLead(tx, id);
  // It engaged, or was taken on, while we waited for its lock: the next piece looks for another one.
  if (!isMarked(lead)) return { became: [], after: run.after, rung: 0 };
  const atMs = leadNow(lead, nowMs);
  const qualified = qualify(rules, { ...lead, lastEngagedAt: new Date(atMs + 1) }, atMs, 'rescoring');
  if (qualified === null) {
    await updateRow(tx, 'leads', id, { markedAt: null });
    return { became: [], changed: [{ from: 'waiting', to: 'faded' }], after: run.after, rung: 0 };
  }
  const { armed, qualifiedAt, qualifiedBy } = qualified.lead;
  await updateRow(tx, 'leads', id, { armed, qualifiedAt, qualifiedBy, markedAt: null });
  await auditAll(tx, [qualified.audit]);
  await announce(tx, [qualified.ring]);
  const restMs = Math.round(HOUR_MS / perHour);
  return {
    became: [],
    changed: [{ from: 'waiting', to: 'handed-over' }],
    after: run.after,
    rung: 1,
    restMs,
    params: { nextAtMs: nowMs + restMs },
  };
}
