import { type Actor, actorHandle } from '../../domain/actor.ts';
import {
  ASSESSED_FACTS,
  type AssessedFact,
  type AssessedFacts,
  type AssessedGrade,
  assessmentEndsMs,
  BY_HAND,
} from '../../domain/assessment.ts';
import type { AuditAction } from '../../domain/audit.ts';
import { AppError } from '../../domain/errors.ts';
import { newId } from '../../domain/ids.ts';
import { withPoints } from '../../domain/score.ts';
import type { BantState, Grade, Maturity } from '../../domain/stage.ts';
import { allowUnderLock } from '../access/allow.ts';
import { auditAll } from '../audit.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Tx } from '../db.ts';
import type { Lead, Need, Prisma } from '../generated/client.ts';
import { updateRow } from '../rows.ts';
import { evaluateQualification } from '../scoring/evaluate.ts';
import { contextForGrade, graded } from '../scoring/grade.ts';

export interface Assessment {
  /** Where a repeat is to count once. */
  commandId?: string;
  /** Null: the rules give the grade again. */
  grade?: Grade | null;
  maturity?: Maturity;
  budget?: BantState;
  authority?: BantState;
  needKnown?: BantState;
  timing?: BantState;
  points?: number;
  note?: string;
}

export interface Assessed {
  lead: Lead;
  /** Null: the lead has no need yet. */
  need: Need | null;
  until: Date;
  /** Outbox rows that were written: to be handed to the relay after the commit. */
  ringIds: string[];
}

/**
 * Writes what a person found out about a lead, and asks whether it qualifies by it. Points go into the ledger; they are no engagement of the
 * lead. What was assessed outranks rules and requests until it is too old.
 *
 * @throws AppError LEAD_UNKNOWN, CONFLICT for facts of a need where there is no open one, or why the policy forbids it
 */
export async function assess(ctx: StoreContext, actor: Actor, leadId: string, given: Assessment): Promise<Assessed> {
  const rules = ctx.rules.current();
  const { scoring } = rules.playbook;
  return transact(ctx.db, async (tx) => {
    const found = await allowUnderLock(tx, actor, 'assess', leadId);
    const atMs = leadNow(found, ctx.realNow());
    const at = new Date(atMs);
    const untilMs = assessmentEndsMs(scoring, atMs);
    if (given.commandId !== undefined && (await isRepeat(tx, leadId, given.commandId)))
      return { lead: found, need: await needOf(tx, found), until: new Date(untilMs), ringIds: [] };
    const by = actorHandle(actor);
    const facts = ASSESSED_FACTS.filter((fact) => given[fact] !== undefined);
    const need = await assessNeed(tx, found, facts, given, untilMs);
    const noteId = await keepNote(tx, found, actor, given.note, at);
    const scored = given.points === undefined ? found : await givePoints(tx, found, given.points, atMs, scoring);
    const assessed =
      given.grade === undefined
        ? found.assessed
        : given.grade === null
          ? null
          : asJson({ grade: given.grade, untilMs, by });
    const context = await contextForGrade(tx, rules.playbook, found, atMs);
    const { lead, rated, audits } = graded(rules.playbook, { ...scored, assessed }, context, atMs);
    const { score, scoreAt, scoreParts } = lead;
    await updateRow(tx, 'leads', leadId, { ...rated, score, scoreAt, scoreParts, assessed });
    const data = {
      facts: [...facts],
      ...(given.grade !== undefined && { grade: given.grade }),
      ...(given.points !== undefined && { points: given.points }),
      ...(noteId !== null && { noteId }),
      ...(given.commandId !== undefined && { commandId: given.commandId }),
      until: new Date(untilMs).toISOString(),
    };
    await auditAll(tx, [{ leadId, actor: by, at, action: 'lead.assessed', data }, ...audits]);
    const evaluated = await evaluateQualification(tx, rules, lead, atMs, BY_HAND);
    return { lead: evaluated.lead, need, until: new Date(untilMs), ringIds: evaluated.ringIds };
  });
}

function asJson(assessed: AssessedGrade): Prisma.JsonObject {
  return { ...assessed };
}

/** A repeat waits for the lead's lock, and so finds what the first wrote. */
async function isRepeat(tx: Tx, leadId: string, commandId: string): Promise<boolean> {
  const action = 'lead.assessed' satisfies AuditAction;
  const found = await tx.audit.findFirst({
    where: { leadId, action, data: { path: ['commandId'], equals: commandId } },
    select: { id: true },
  });
  return found !== null;
}

async function needOf(tx: Tx, { needId }: Pick<Lead, 'needId'>): Promise<Need | null> {
  return needId === null ? null : tx.need.findUnique({ where: { id: needId } });
}

/** Maturity and BANT belong to the open need. */
async function assessNeed(
  tx: Tx,
  { id: leadId, needId }: Lead,
  facts: readonly AssessedFact[],
  given: Assessment,
  untilMs: number,
): Promise<Need | null> {
  const need = await needOf(tx, { needId });
  if (facts.length === 0) return need;
  if (need === null || need.closedAt !== null)
    throw new AppError('CONFLICT', 'The lead has no open need whose maturity or BANT could be assessed.', {
      details: { leadId },
    });
  const before = (need.assessed ?? {}) as AssessedFacts;
  const patch = {
    ...Object.fromEntries(facts.map((fact) => [fact, given[fact]])),
    assessed: { ...before, ...Object.fromEntries(facts.map((fact) => [fact, untilMs])) },
  } as Partial<Need>;
  await updateRow(tx, 'needs', need.id, patch);
  return { ...need, ...patch };
}

async function keepNote(
  tx: Tx,
  { id: leadId, needId }: Lead,
  actor: Actor,
  note: string | undefined,
  occurredAt: Date,
): Promise<string | null> {
  if (note === undefined) return null;
  const id = newId('activity');
  const repId = actor.kind === 'rep' ? actor.repId : null;
  await tx.repActivity.create({
    data: { id, leadId, needId, repId, actor: actorHandle(actor), kind: 'note', body: note, occurredAt },
  });
  return id;
}

async function givePoints(
  tx: Tx,
  before: Lead,
  points: number,
  atMs: number,
  scoring: Parameters<typeof withPoints>[3],
): Promise<Lead> {
  const { lead, before: from, after, atMs: since } = withPoints(before, { points }, atMs, scoring);
  await tx.scoreEntry.create({
    data: { leadId: lead.id, rule: BY_HAND, points, before: from, after, occurredAt: new Date(since) },
  });
  return lead;
}
