/** A person of ours corrects the profile of a lead. No request of the lead: it adds no touch and opens no need. */
import { type Actor, actorHandle } from '../../domain/actor.ts';
import { singleLine } from '../../domain/clean-text.ts';
import { countryCode } from '../../domain/country.ts';
import { AppError, type FieldError } from '../../domain/errors.ts';
import { STATED_TEXTS, type StatedText } from '../../domain/fields/profile.ts';
import { isZone } from '../../domain/schedule.ts';
import { allowUnderLock } from '../access/allow.ts';
import { auditAll } from '../audit.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact } from '../db.ts';
import { awaitedOf, awaitingAfterChange } from '../events/awaited.ts';
import type { Lead } from '../generated/client.ts';
import { announce, type OutboxEntry } from '../outbox.ts';
import { updateRow } from '../rows.ts';
import { evaluateQualification } from '../scoring/evaluate.ts';
import { contextForGrade, graded } from '../scoring/grade.ts';
import { unstorableBecause } from '../storable.ts';
import { LONGEST, LONGEST_CODE } from './clean-submission.ts';
import { isPhone, NO_PHONE, readPhone } from './phone.ts';
import { withFields, withoutFields } from './profile.ts';

/** What is named is changed; an empty text takes the value away. */
export type ProfileEdit = Partial<Record<StatedText | 'companySize', string>>;

/**
 * Changes the profile, grades the lead anew and decides whether it qualifies by that.
 * @returns Names of the fields that changed, and bells to ring after the commit
 * @throws AppError LEAD_UNKNOWN, the refusal of the policy, VALIDATION_FAILED with the field, CONFLICT for the phone of another lead
 */
export async function editProfile(
  ctx: StoreContext,
  actor: Actor,
  leadId: string,
  edit: ProfileEdit,
): Promise<{ fields: string[]; ringIds: string[] }> {
  const rules = ctx.rules.current();
  return transact(ctx.db, async (tx) => {
    const lead = await allowUnderLock(tx, actor, 'vouch', leadId);
    const nowMs = leadNow(lead, ctx.realNow());
    const at = new Date(nowMs);
    const changes = changesOf(lead, edit);
    const fields = Object.keys(changes);
    if (fields.length === 0) return { fields, ringIds: [] };
    if (typeof changes.phone === 'string' && lead.email === null) {
      const others = await tx.lead.count({
        where: { phone: changes.phone, email: null, sharesPhone: false, id: { not: lead.id } },
      });
      if (others > 0)
        throw new AppError('CONFLICT', 'phone: another lead is known by this number', {
          fields: [{ path: 'phone', message: 'another lead is known by this number' }],
        });
    }
    // What is taken away is a gap again, which anybody may fill.
    const kept = fields.filter((field) => changes[field as keyof Changes] !== null);
    const verifiedFields = withFields({ verifiedFields: withoutFields(lead, fields) }, kept);
    const awaiting = awaitingAfterChange({ ...lead, ...changes }, fields, at);
    const changed = { ...lead, ...changes, ...(awaiting !== null && { awaiting }) };
    const context = await contextForGrade(tx, rules.playbook, changed, nowMs);
    const { lead: updated, audits } = graded(rules.playbook, changed, context, nowMs);
    const { fitGrade, fitPoints } = updated;
    await updateRow(tx, 'leads', lead.id, {
      ...changes,
      verifiedFields,
      ...(awaiting !== null && { awaiting }),
      fitGrade,
      fitPoints,
      ...(typeof changes.phone === 'string' && { sharesPhone: false }),
    });
    const told = Object.entries(changes).map(([field, to]) => ({ field, from: lead[field as keyof Changes], to }));
    const entry = {
      leadId,
      actor: actorHandle(actor),
      at,
      action: 'lead.updated',
      data: { fields, changes: told },
    } as const;
    await auditAll(tx, [entry, ...audits]);
    const { ringIds } = await evaluateQualification(tx, rules, updated, nowMs);
    const woken = await announce(tx, awaiting === null ? [] : wokenBy(lead, { ...changed, awaiting }));
    return { fields, ringIds: [...ringIds, ...woken] };
  });
}

/** The waits that the change has ended. */
function wokenBy(before: Lead, after: Lead): OutboxEntry[] {
  const waiting = new Set(
    awaitedOf(before).flatMap((one) => (one.metBy === undefined ? `${one.enrollmentId}:${one.stepId}` : [])),
  );
  return awaitedOf(after).flatMap(({ enrollmentId, stepId, metBy }) =>
    metBy !== undefined && waiting.has(`${enrollmentId}:${stepId}`)
      ? [{ leadId: after.id, reason: 'awaited' as const, refs: { enrollmentId, stepId, field: metBy } }]
      : [],
  );
}

type Changes = Partial<Pick<Lead, StatedText | 'companySize'>>;

/** @throws AppError VALIDATION_FAILED with each field that is wrong */
function changesOf(lead: Lead, edit: ProfileEdit): Changes {
  const problems: FieldError[] = [];
  const changes: Changes = {};
  for (const field of STATED_TEXTS) {
    const stated = edit[field];
    if (stated === undefined) continue;
    const most = LONGEST_OF[field];
    if (most !== undefined && stated.trim().length > most) {
      problems.push({ path: field, message: `expected at most ${most} characters` });
      continue;
    }
    if (field === 'phone' && stated.trim() !== '' && !isPhone(stated, changes.country ?? lead.country)) {
      problems.push({ path: field, message: NO_PHONE });
      continue;
    }
    const value = valueOf(field, stated.trim(), { ...lead, ...changes });
    const message = value === null ? null : whyWrong(field, value);
    if (message !== null) problems.push({ path: field, message });
    else if (value !== lead[field]) changes[field] = value;
  }
  if (edit.companySize !== undefined) {
    const size = edit.companySize.trim() === '' ? null : Number(edit.companySize);
    if (size !== null && !(Number.isInteger(size) && size >= 0 && size <= 10_000_000))
      problems.push({ path: 'companySize', message: 'expected a number of people, such as 50' });
    else if (size !== lead.companySize) changes.companySize = size;
  }
  if (problems.length === 0) return changes;
  const words = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new AppError('VALIDATION_FAILED', words, { fields: problems });
}

function valueOf(field: StatedText, text: string, lead: Pick<Lead, 'country'>): string | null {
  if (text === '') return null;
  if (field === 'phone') return readPhone(text, lead.country)?.phone ?? null;
  if (field === 'country') return countryCode(text) ?? text.toUpperCase();
  return field in LONGEST ? singleLine(text) : text;
}

/** The same as in a submission: before any pattern is tried. */
const LONGEST_OF: Partial<Record<StatedText, number>> = { ...LONGEST, ...LONGEST_CODE };

const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

function whyWrong(field: StatedText, value: string): string | null {
  const unstorable = unstorableBecause(value);
  if (unstorable !== null) return `it cannot be stored: ${unstorable}`;
  if (field === 'country' && countryCode(value) === null)
    return 'expected a country: its ISO 3166 code, such as DE, or its name';
  if (field === 'language' && !LANGUAGE.test(value)) return 'expected a language tag, such as en or de-AT';
  if (field === 'timeZone' && !isZone(value)) return 'expected an IANA time zone, such as Europe/Berlin';
  return null;
}
