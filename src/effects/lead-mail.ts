import { knownNeed, listedCampaign } from '../domain/stated-words.ts';
import type { KnownWords } from '../domain/playbook.ts';
import type { TemplateSource } from '../domain/template.ts';
import type { Picture } from '../store/process/picture.ts';
import type { EmailDraft } from './email.ts';
import { addressOf, personOf } from './person.ts';

/** A mail to the lead: its address, and what a template may say of it. The campaign is the cadence's, if it has one. */
export function leadMail(
  { playbook, picture }: { playbook: KnownWords; picture: Pick<Picture, 'lead' | 'need' | 'needTouch'> },
  template: TemplateSource,
  campaignOfCadence?: string,
): EmailDraft {
  const { lead, need, needTouch } = picture;
  return {
    template,
    to: addressOf(lead),
    context: {
      lead: personOf(lead),
      campaign: listedCampaign(playbook.campaigns, campaignOfCadence ?? needTouch?.campaign),
      need: need === null ? null : knownNeed(playbook, need),
    },
  };
}
