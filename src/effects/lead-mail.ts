import { nameInMails, type Campaign } from '../domain/campaign.ts';
import { zoneOfLead } from '../domain/lead-zone.ts';
import { isOwnRequest, requestInMails } from '../domain/own-request.ts';
import { stated } from '../domain/stated.ts';
import { campaignNamed, knownNeed } from '../domain/stated-words.ts';
import type { KnownWords, Playbook } from '../domain/playbook.ts';
import type { TemplateSource } from '../domain/template.ts';
import type { MailOrigin } from '../domain/utm.ts';
import type { ActiveEnrollment, Picture } from '../store/process/picture.ts';
import type { EmailDraft } from './mail-writer.ts';
import { addressOf, personOf } from './person.ts';

/** The touch that the need began with. */
type Named = Pick<NonNullable<Picture['needTouch']>, 'campaignKey'>;
type Asked = Pick<NonNullable<Picture['needTouch']>, 'campaignKey' | 'inbound' | 'how' | 'occurredAt'>;

/**
 * The campaign that a cadence is about for the lead: the one that the reminder was begun for, else the cadence's own, else the one that the
 * request named. Null: the playbook lists none of them.
 */
export function campaignOf(
  { playbook, picture: { needTouch } }: { playbook: KnownWords; picture: { needTouch: Named | null } },
  enrollment?: Pick<ActiveEnrollment, 'key' | 'cadenceAsPinned'>,
): Campaign | null {
  const named = [enrollment?.key, enrollment?.cadenceAsPinned.campaign, needTouch?.campaignKey];
  for (const one of named) {
    const found = campaignNamed(playbook.campaigns, one);
    if (found !== null) return found;
  }
  return null;
}

/** A mail to the lead: its address, and what a template may say of it. */
export function leadMail(
  {
    playbook,
    picture,
    at,
  }: {
    playbook: KnownWords & Pick<Playbook, 'defaultTimeZone'>;
    picture: Pick<Picture, 'lead' | 'need'> & { needTouch: Asked | null };
    at: Date;
  },
  template: TemplateSource,
  enrollment?: Pick<ActiveEnrollment, 'key' | 'cadenceAsPinned'>,
  origin: Partial<MailOrigin> = {},
): EmailDraft {
  const { lead, need, needTouch } = picture;
  const { campaign = enrollment?.cadenceAsPinned.cadence ?? template.key, content = template.key } = origin;
  return {
    template,
    origin: { campaign, content },
    to: addressOf(lead),
    context: {
      lead: personOf(lead),
      clock: { zone: zoneOfLead(lead, playbook.defaultTimeZone), at },
      campaign: inMails(campaignOf({ playbook, picture: { needTouch } }, enrollment)),
      need: need === null ? null : knownNeed(playbook, need),
      ...(needTouch === null ? {} : { request: requestOf(playbook, needTouch) }),
    },
  };
}

function requestOf({ campaigns }: KnownWords, touch: Asked): NonNullable<EmailDraft['context']['request']> {
  return requestInMails(campaigns, {
    campaign: touch.campaignKey,
    at: isOwnRequest(touch) ? touch.occurredAt : null,
  });
}

function inMails(campaign: Campaign | null): NonNullable<EmailDraft['context']['campaign']> | null {
  if (campaign === null) return null;
  const { starts, ends, event, url } = campaign;
  return stated({ name: nameInMails(campaign), starts, ends, event, url });
}
