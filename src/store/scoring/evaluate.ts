/** Decides after a change whether a lead qualifies now: in ingestion, in submissions, and when a recycle arms the lead again. */
import { zoneOfLead } from '../../domain/lead-zone.ts';
import { scoreAtMs } from '../../domain/score.ts';
import { explainReadiness, isReady, qualification, type Qualification } from '../../domain/engagement.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { readyByLearned } from '../../domain/learned/of-lead.ts';
import { isMarked } from '../../domain/rescoring.ts';
import type { Stage } from '../../domain/stage.ts';
import type { AuditRow } from '../audit.ts';
import { auditAll } from '../audit.ts';
import type { Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';
import { announce, type OutboxEntry } from '../outbox.ts';
import type { DecidingRules } from '../rules/in-force.ts';
import { updateRow } from '../rows.ts';

/** The writes for a lead that has just qualified. */
export interface Qualified {
  /** The new row: disarmed, with the time and the reason. */
  lead: Lead;
  audit: AuditRow;
  ring: OutboxEntry;
}

/** The same as `readinessNow` without its words, for very many leads. `score`: at that instant. */
export function isReadyNow({ scoring }: Pick<Playbook, 'scoring'>, lead: Lead, score: number, atMs: number): boolean {
  return isReady(scoring, lead.fitGrade, score) || readyByLearned(scoring, lead, atMs)?.ready === true;
}

/** Ready by grade and score, or by what was learned where the rules let that decide. */
export function readinessNow(
  { scoring }: Pick<Playbook, 'scoring'>,
  lead: Lead,
  atMs: number,
): { ready: boolean; readyBecause: string } {
  const score = scoreAtMs(lead, atMs, scoring);
  const ready = isReady(scoring, lead.fitGrade, score);
  const readyBecause = explainReadiness(scoring, lead.fitGrade, score);
  const learned = ready ? null : readyByLearned(scoring, lead, atMs);
  if (learned === null) return { ready, readyBecause };
  return {
    ready: learned.ready,
    readyBecause: learned.ready ? learned.because : `${readyBecause}, ${learned.because}`,
  };
}

/**
 * The decision for the given row. Writes nothing. `atMs` is on the lead's clock; `trigger` names the event that asks.
 */
export function qualificationOf(playbook: Playbook, lead: Lead, atMs: number, trigger: string | null): Qualification {
  return qualification(
    {
      stage: lead.stage as Stage,
      armed: lead.armed,
      armedAtMs: lead.armedAt?.getTime() ?? null,
      marked: isMarked(lead),
      coolOffUntilMs: lead.coolOffUntil?.getTime() ?? null,
      lastEngagedAtMs: lead.lastEngagedAt?.getTime() ?? null,
      lastHighIntentAtMs: lead.lastHighIntentAt?.getTime() ?? null,
      ...readinessNow(playbook, lead, atMs),
    },
    trigger,
    atMs,
    zoneOfLead(lead, playbook.defaultTimeZone),
  );
}

/** What must be written if the lead qualifies now; null when it does not. */
export function qualify(rules: DecidingRules, lead: Lead, atMs: number, trigger: string | null): Qualified | null {
  const { qualifies, by, because } = qualificationOf(rules.playbook, lead, atMs, trigger);
  if (!qualifies) return null;
  const at = new Date(atMs);
  const cause = by ?? 'readiness';
  return {
    lead: { ...lead, armed: false, qualifiedAt: at, qualifiedBy: cause },
    audit: {
      leadId: lead.id,
      actor: 'system',
      at,
      action: 'lead.qualified',
      data: { by: cause, because, playbook: rules.revision },
    },
    ring: { leadId: lead.id, reason: 'qualified', refs: { by: cause } },
  };
}

/**
 * Asks and, if it qualifies, writes: disarms, stamps, audits and announces. The lead must be locked (lock.ts), so that of
 * two changes that both make it ready one disarms and the other finds it disarmed: a crossing fires once.
 * `lockedLead` must be the row as it stands after the change.
 */
export async function evaluateQualification(
  tx: Tx,
  rules: DecidingRules,
  lockedLead: Lead,
  atMs: number,
  trigger: string | null = null,
): Promise<{ lead: Lead; qualified: boolean; ringIds: string[] }> {
  const found = qualify(rules, lockedLead, atMs, trigger);
  if (found === null) return { lead: lockedLead, qualified: false, ringIds: [] };
  const { armed, qualifiedAt, qualifiedBy } = found.lead;
  await updateRow(tx, 'leads', lockedLead.id, { armed, qualifiedAt, qualifiedBy });
  await auditAll(tx, [found.audit]);
  return { lead: found.lead, qualified: true, ringIds: await announce(tx, [found.ring]) };
}
