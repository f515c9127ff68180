import { CONFIRMATION_LASTS, MOST_LINKS_A_DAY } from '../domain/preferences.ts';
import { baseOf } from '../domain/public-url.ts';
import { addressOf, personOf } from '../effects/person.ts';
import { type Notice, noticeTemplate } from '../email/notice-template.ts';
import { wordsFor } from '../email/words/languages.ts';
import { noticesSince } from '../store/process/answers.ts';
import type { OwedMail } from './owed-resend.ts';
import type { Turn } from './turn.ts';

const DAY = 86_400_000;

/**
 * A mail of ours with a link: to confirm a consent, or to the preference page. It is transactional and needs no consent. It obeys what
 * forbids every mail to the address, and so many leave in a day: anybody can ask for them in anybody's name.
 */
export async function owedNotice(turn: Turn, key: string): Promise<OwedMail | null> {
  const notice: Notice = key.startsWith('confirm:') ? 'confirm' : 'preferences';
  const id = key.slice(notice.length + 1);
  if (notice === 'confirm' && !(await isOpen(turn, id))) return null;
  const { deps, lead } = turn;
  const url = `${baseOf(deps.mail.publicUrl)}/confirm/${notice === 'confirm' ? deps.mail.tokens.confirm(id) : ''}`;
  return {
    intent: { key, audience: 'lead' },
    topic: null,
    reason: await reasonNotToTell(turn, notice),
    draft: () => ({
      template: noticeTemplate(notice, wordsFor(lead.language)),
      to: addressOf(lead),
      context: { lead: personOf(lead), links: notice === 'confirm' ? { confirm: url } : {} },
      isNotice: true,
    }),
  };
}

/** The person may have confirmed it meanwhile, or it waited for too long. */
async function isOpen({ tx, atMs }: Turn, consentId: string): Promise<boolean> {
  const consent = await tx.consent.findUnique({ where: { id: consentId } });
  if (consent === null || consent.occurredAt.getTime() + CONFIRMATION_LASTS <= atMs) return false;
  return (await tx.consent.count({ where: { confirms: consentId } })) === 0;
}

async function reasonNotToTell(turn: Turn, notice: Notice): Promise<string | null> {
  if (turn.stage === 'disqualified') return 'stage-disqualified';
  const may = await turn.mayAnswer();
  if (!may.may) return may.reason;
  const count = await noticesSince(turn.tx, turn.lead.id, notice, new Date(turn.atMs - DAY));
  return count < MOST_LINKS_A_DAY ? null : 'asked-often';
}
