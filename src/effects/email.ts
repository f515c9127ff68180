import type { MailWord } from '../domain/consent.ts';
import { emailDomainOf } from '../domain/email-domain.ts';
import { type Untracked, untrackedOf } from '../domain/tracking.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { MailSettings } from '../email/mail-settings.ts';
import { addressesFor } from '../email/render.ts';
import { senderFor } from '../domain/sender.ts';
import { readOwnerMailbox } from '../store/process/reps.ts';
import type { Tx } from '../store/db.ts';
import { suppressAddress } from '../store/consent/suppress-address.ts';
import { noteBounces } from '../store/inbound/note-bounces.ts';
import { noteSoftBounce } from '../store/inbound/soft-bounces.ts';
import { linkIds, storeLeadLinks } from '../store/process/link-ids.ts';
import type { Channel, EffectTurn, Intent, Prepared } from './channel.ts';
import { hearOf, tellsOfReceiver } from './receiver.ts';
import { type BegunMail, beginMail, type EmailDraft, finishMail, type StoredLinks } from './mail-writer.ts';

/** A turn that can write a mail. */
export type EmailTurn = EffectTurn & {
  readonly deps: { readonly mail: MailSettings };
  readonly playbook: Pick<Playbook, 'brand' | 'utm' | 'senders' | 'tracking'>;
  /** What the lead said, read once in a turn. */
  mailFacts(): Promise<Pick<MailWord, 'words'>>;
  /** The mail tries a receiver that refused us before. */
  readonly triesReceiver: boolean;
};

/** Mail by SMTP. Rendering is part of preparing, so a template that throws leaves no claim. */
export const email = { addressOf: (lead) => lead.email, prepare } satisfies Channel<EmailDraft, EmailTurn>;

async function prepare(
  turn: EmailTurn,
  effect: { id: string; audience: Intent['audience'] },
  draft: EmailDraft,
): Promise<Prepared> {
  const { mail } = turn.deps;
  const { brand, utm, senders } = turn.playbook;
  const source = { mail, brand, utm, senders };
  const isOwners = effect.audience === 'lead' && senderFor(senders, draft.template)?.owner === true;
  const owner = isOwners ? await readOwnerMailbox(turn.tx, turn.lead.id) : null;
  const untracked = effect.audience === 'lead' ? await untrackedFor(turn, draft) : null;
  const begun = await beginMail(source, effect, { ...draft, owner, untracked });
  const links = begun.forLead ? await storedLinks(turn, begun) : null;
  const { content, message } = finishMail(source, begun, { at: turn.at, links });
  const receiver = emailDomainOf(message.envelope.to);
  const tried = turn.triesReceiver;
  let sinceMs = Date.now();
  return {
    content,
    act: () => {
      sinceMs = Date.now();
      return mail.transport.send(message);
    },
    heard: ({ tx }, outcome) =>
      receiver !== null && tellsOfReceiver({ outcome, tried })
        ? hearOf(tx, [{ receiver, outcome, tried, sinceMs }]).then(({ size }) => ({ isOutdated: size > 0 }))
        : null,
    countsForBrakes: effect.audience === 'lead',
    ...(effect.audience === 'lead'
      ? {
          recipientRefused: ({ tx, at, lead }) =>
            suppressRefused(tx, { address: message.envelope.to, leadId: lead.id, at }),
          bounced: async ({ tx, at, lead: { id: leadId } }, verdict, reason) => {
            const sendId = verdict === 'soft' ? effect.id : null;
            await noteBounces(tx, [{ leadId, sendId, verdict, at, reason, heardAt: 'hand-over' }]);
            if (verdict === 'soft')
              await noteSoftBounce(tx, { address: message.envelope.to, leadId, sendId: effect.id, at });
          },
        }
      : {}),
  };
}

/** What is not recorded of a mail to the lead. */
async function untrackedFor(turn: EmailTurn, { template }: EmailDraft): Promise<Untracked | null> {
  const { words } = await turn.mailFacts();
  return untrackedOf(turn.playbook.tracking, template, { country: turn.lead.country, words });
}

/** Addresses with values of the lead are stored for this lead alone, and go with it. */
async function storedLinks(
  { deps, tx, lead }: EmailTurn,
  { compiled, context, links }: BegunMail,
): Promise<StoredLinks> {
  const ids = await linkIds(deps.db, tx, links);
  return { linkIds: ids, own: await storeLeadLinks(tx, lead.id, addressesFor(compiled, context)) };
}

/** What is noted when the mail server refuses the recipient. */
export function suppressRefused(tx: Tx, refused: { address: string; leadId: string; at: Date }): Promise<void> {
  const { address, leadId, at: occurredAt } = refused;
  return suppressAddress(tx, { address, reason: 'hard-bounce', source: 'smtp', leadId, occurredAt });
}
