import { wantsTopic } from '../../domain/consent.ts';
import { newId } from '../../domain/ids.ts';
import { zoneOfLead } from '../../domain/lead-zone.ts';
import { TRACKING } from '../../domain/tracking.ts';
import { PREFERENCES_CHANGED } from '../../domain/preferences.ts';
import { dayIn } from '../../domain/when.ts';
import { audit } from '../audit.ts';
import { editProfile } from '../capture/edit-profile.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Tx } from '../db.ts';
import { ingest } from '../events/ingest.ts';
import type { Lead } from '../generated/client.ts';
import { lockLead } from '../lock.ts';
import { updateRow } from '../rows.ts';
import { insertConsent } from './consent.ts';
import { readMailWord } from './mail-word.ts';

/** What a person chose on the preference page. What is left out stays as it is. */
export interface MailChoice {
  /** Topics that the page showed, and whether their boxes were ticked; `text`: the words of the consent or refusal. */
  topics: readonly { topic: string; wanted: boolean; text: string }[];
  /** Null: as often as mails come. */
  frequency?: string | null;
  /** On the lead's clock. Null: no pause. */
  snoozedUntil?: Date | null;
  language?: string;
}

/**
 * Stores what a person chose, with proof, as its own word. Choosing the same again changes nothing. A wait of the lead's cadence that the
 * choice may end is looked at again; nobody is woken otherwise, as each message asks before it leaves.
 *
 * @throws AppError LEAD_UNKNOWN
 */
export async function chooseMail(
  ctx: StoreContext,
  by: { leadId: string; sendId: string; ipHash: string },
  { language, ...choice }: MailChoice,
): Promise<{ ringIds: string[] }> {
  const spoken =
    language === undefined
      ? { fields: [], ringIds: [] }
      : await editProfile(ctx, { kind: 'system' }, by.leadId, { language });
  const chosen = await transact(ctx.db, async (tx) => {
    const lead = await lockLead(tx, by.leadId);
    const nowMs = leadNow(lead, ctx.realNow());
    const at = new Date(nowMs);
    const topics = await sayOnTopics(tx, lead, { ...choice, at, ipHash: by.ipHash });
    const zone = zoneOfLead(lead, ctx.rules.current().playbook.defaultTimeZone);
    const kept = await keep(tx, lead, choice, zone);
    const named = spoken.fields.map((field) => `${field} ${language ?? ''}`.trim());
    const fields = [...topics, ...kept, ...named];
    if (fields.length === 0) return { ringIds: [] };
    await audit(
      tx,
      { leadId: lead.id, actor: 'lead', at },
      { action: 'mail.chosen', data: { fields, sendId: by.sendId } },
    );
    const event = {
      id: newId('event'),
      leadId: lead.id,
      type: PREFERENCES_CHANGED,
      properties: { by: 'preference page', sendId: by.sendId },
      machine: false,
      sendId: by.sendId,
      occurredAtMs: nowMs,
    };
    return ingest(tx, ctx.rules.current(), [lead], [event], ctx.realNow());
  });
  return { ringIds: [...spoken.ringIds, ...chosen.ringIds] };
}

/** Only what is another word than before: the proof of the first one stays the latest. */
async function sayOnTopics(
  tx: Tx,
  lead: Lead,
  { topics, at, ipHash }: Pick<MailChoice, 'topics'> & { at: Date; ipHash: string },
): Promise<string[]> {
  const word = await readMailWord(tx, lead);
  // Whether it is another word on tracking depends on the rules: the page has asked.
  const said = topics.filter(({ topic, wanted }) => topic === TRACKING || wantsTopic(word, topic) !== wanted);
  const byPage = { source: 'preference page', statedBy: 'lead', ipHash } as const;
  for (const { topic, wanted, text } of said)
    await insertConsent(tx, lead, { ...byPage, topics: [topic], granted: wanted, text }, at);
  return said.map(({ topic, wanted }) => `${topic} ${wanted ? 'on' : 'off'}`);
}

async function keep(
  tx: Tx,
  lead: Lead,
  { frequency, snoozedUntil }: Pick<MailChoice, 'frequency' | 'snoozedUntil'>,
  zone: string,
): Promise<string[]> {
  const patch: Partial<Lead> = {};
  if (frequency !== undefined && frequency !== lead.mailFrequency) patch.mailFrequency = frequency;
  if (snoozedUntil !== undefined && snoozedUntil?.getTime() !== lead.snoozedUntil?.getTime())
    patch.snoozedUntil = snoozedUntil;
  if (Object.keys(patch).length === 0) return [];
  await updateRow(tx, 'leads', lead.id, patch);
  return [
    ...(patch.mailFrequency === undefined
      ? []
      : [patch.mailFrequency === null ? 'every mail' : `at most one mail ${PER[patch.mailFrequency] ?? ''}`.trim()]),
    ...(patch.snoozedUntil === undefined
      ? []
      : [patch.snoozedUntil === null ? 'no pause' : `pause until ${dayIn(patch.snoozedUntil.getTime(), zone)}`]),
  ];
}

const PER: Readonly<Record<string, string>> = { weekly: 'a week', monthly: 'a month' };
