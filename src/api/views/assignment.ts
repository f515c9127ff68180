import type { z } from 'zod';
import type { ListedAssignment } from '../../store/lists/assignments.ts';
import type { Brief as BriefRead } from '../../store/lists/brief.ts';
import type { Named } from '../../store/lists/names.ts';
import type { Assignment, Brief } from '../schemas/assignment.ts';
import { moneyOf } from '../schemas/money.ts';
import { iso, ratingView, type ViewContext } from './lead.ts';
import { doerView } from './person.ts';

interface AssignmentContext extends ViewContext {
  names: ReadonlyMap<string, Named>;
  /** Of the team. */
  timeZone: string;
  /** May the caller see what the lead is today? */
  isTheirs: boolean;
}

/** Name, company and value are those of today: an assignment keeps none of its own. */
const NOTHING_OF_THE_LEAD = {
  name: null,
  company: null,
  jobTitle: null,
  source: null,
  stage: null,
  grade: null,
  score: null,
  readiness: null,
  valueTier: null,
} as const;

export function assignmentView(
  row: ListedAssignment,
  { realNowMs, fading, names, timeZone, isTheirs }: AssignmentContext,
): z.input<typeof Assignment> {
  const { lead, need } = row;
  return {
    id: row.id,
    status: row.status,
    rep: { id: row.rep.id, key: row.rep.key, name: row.rep.name },
    team: row.team,
    timeZone,
    rule: row.rule,
    offeredAt: row.offeredAt.toISOString(),
    dueAt: iso(row.dueAt),
    remindedAt: iso(row.remindedAt),
    decidedAt: iso(row.decidedAt),
    decidedBy: row.decidedBy,
    decider: row.decidedBy === null ? null : doerView(row.decidedBy, names),
    reason: row.reason,
    lead: isTheirs
      ? {
          id: lead.id,
          name: fullName(lead),
          company: lead.company,
          jobTitle: lead.jobTitle,
          source: lead.source,
          ...ratingView(lead, { realNowMs, fading }),
        }
      : { id: lead.id, ...NOTHING_OF_THE_LEAD },
    need: isTheirs
      ? {
          type: need.type,
          productLine: need.productLine,
          maturity: need.maturity,
          value: moneyOf(need),
          recycleCount: need.recycleCount,
        }
      : null,
  };
}

export function briefView(brief: BriefRead): z.input<typeof Brief> {
  const { email, phone, country, campaign, qualifiedBy } = brief;
  const stamped = <T extends { at: Date }>(entry: T) => ({ ...entry, at: entry.at.toISOString() });
  return {
    email,
    phone,
    country,
    campaign,
    qualifiedBy,
    reasons: brief.reasons.map(stamped),
    actions: brief.actions.map(stamped),
    whyNow: brief.whyNow,
    nextAction: brief.nextAction,
    read: brief.read,
    history: brief.history.map(stamped),
    notes: brief.notes.map(stamped),
  };
}

export function fullName(lead: { firstName: string | null; lastName: string | null }): string | null {
  const name = [lead.firstName, lead.lastName].filter((part) => part !== null).join(' ');
  return name === '' ? null : name;
}
