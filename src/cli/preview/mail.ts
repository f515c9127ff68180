/** The mail that a template or an email step becomes for a person: rendered as a send is, without a row, a pixel or a tracked link. */
import { type Brand, organizationBy } from '../../domain/brand.ts';
import type { Cadence } from '../../domain/cadence.ts';
import { type Campaign, nameInMails } from '../../domain/campaign.ts';
import { hintFor } from '../../domain/did-you-mean.ts';
import { AppError } from '../../domain/errors.ts';
import type { Sender } from '../../domain/playbook.ts';
import { requestInMails } from '../../domain/own-request.ts';
import { fromFor, senderFor } from '../../domain/sender.ts';
import { stated } from '../../domain/stated.ts';
import { inLanguage, type TemplateSource, type WordedTemplate } from '../../domain/template.ts';
import type { Utm } from '../../domain/utm.ts';
import { compileTemplate } from '../../email/compile.ts';
import { inboundAddress } from '../../email/inbound/address.ts';
import { rewriteLinks } from '../../email/links.ts';
import { buildAlertMessage, buildLeadMessage, type OutgoingMessage } from '../../email/message.ts';
import { render } from '../../email/render.ts';
import type { RenderContext } from '../../email/render-context.ts';
import type { ReadPlaybook } from '../../playbook/read-folders.ts';
import { templatesOf } from '../../playbook/revision.ts';
import type { Config } from '../../runtime/config.ts';
import { kindOf } from '../../steps/kinds.ts';
import type { PreviewPerson } from './person.ts';

export interface PreviewMail {
  template: string;
  kind: string;
  /** Of the variant; null: the template's own words. */
  language: string | null;
  preheader: string;
  /** Where a link leads; the unsubscribe link is a sample. */
  links: string[];
  message: OutgoingMessage;
}

/** What is to be shown: templates, and the campaign that they speak of. */
export interface Named {
  templates: TemplateSource[];
  campaign: RenderContext['campaign'];
  campaigns: readonly Campaign[];
  brand: Brand | undefined;
  /** Of a person of whom no zone is known. */
  defaultTimeZone: string;
  /** Whom mails of a topic are from. */
  senders: readonly Sender[] | undefined;
  /** As the step's mail has it; of a template alone, by its key. */
  utm: Utm | undefined;
}

/**
 * A template by its key, or those of a step by "cadence/step". The campaign is that of the cadence; of a template alone, that of the first
 * cadence that sends it and has one.
 * @throws AppError NOT_FOUND, with what was probably meant
 */
export function templatesNamed({ playbook, templates }: ReadPlaybook, what: string): Named {
  const [name = '', stepId] = what.split('/');
  const keys = stepId === undefined ? [name] : keysOfStep(playbook.cadences, name, stepId);
  const campaignKey = playbook.cadences.find((one) =>
    stepId === undefined ? one.campaign !== undefined && templatesOf(one).includes(name) : one.cadence === name,
  )?.campaign;
  const campaign = playbook.campaigns.find((one) => one.campaign === campaignKey);
  return {
    templates: keys.map((key) => {
      const template = templates.get(key);
      if (template === undefined) throw unknown('template', key, templates.keys());
      return template;
    }),
    brand: playbook.brand,
    senders: playbook.senders,
    defaultTimeZone: playbook.defaultTimeZone,
    utm: playbook.utm && { rule: playbook.utm, campaign: name, content: stepId ?? name },
    campaigns: playbook.campaigns,
    campaign: campaign === undefined ? null : stated({ ...campaign, name: nameInMails(campaign) }),
  };
}

function keysOfStep(cadences: readonly Cadence[], name: string, stepId: string): readonly string[] {
  const cadence = cadences.find((one) => one.cadence === name);
  if (cadence === undefined)
    throw unknown(
      'cadence',
      name,
      cadences.map((one) => one.cadence),
    );
  const sending = cadence.steps.filter((step) => (kindOf(step).language.templates?.(step) ?? []).length > 0);
  const step = sending.find((one) => one.id === stepId);
  if (step === undefined)
    throw unknown(
      `email step of ${name}`,
      stepId,
      sending.map(({ id }) => id),
    );
  return kindOf(step).language.templates?.(step) ?? [];
}

function unknown(what: string, name: string, known: Iterable<string>): AppError {
  return new AppError('NOT_FOUND', `There is no ${what} "${name}"${hintFor(name, known)}`);
}

/** @throws AppError TEMPLATE_BROKEN */
export async function previewMail(
  config: Config,
  template: TemplateSource,
  person: PreviewPerson,
  {
    campaign = null,
    campaigns = [],
    brand,
    senders,
    utm,
    defaultTimeZone = 'UTC',
  }: Partial<Omit<Named, 'templates'>> = {},
): Promise<PreviewMail> {
  const { from: configured } = config.mail;
  const organization = organizationBy(brand, config.mail);
  const [, name = '', address = configured] = /^(?:([^<]*?)\s*<)?([^<>]+?)>?$/.exec(configured) ?? [];
  const forReps = template.kind === 'transactional';
  const unsubscribeUrl = `${config.publicUrl}/u/preview`;
  const worded: WordedTemplate = forReps ? template : inLanguage(template, person.lead.language);
  const date = new Date();
  const email = render(await compileTemplate(worded), {
    lead: person.lead,
    clock: { zone: person.timeZone ?? defaultTimeZone, at: date },
    need: person.need,
    campaign,
    request: requestInMails(campaigns, person.asked),
    sender: { ...organization, name: name === '' ? organization.companyName : name },
    ...(brand === undefined ? {} : { brand }),
    ...(utm === undefined || forReps ? {} : { utm }),
    links: forReps
      ? { decision: `${config.publicUrl}/r/preview` }
      : { unsubscribe: unsubscribeUrl, preferences: `${config.publicUrl}/preferences/preview` },
    ...(forReps && { rep: { name: 'Sam Rep' }, brief: SAMPLE_BRIEF, dueAt: 'today 17:00' }),
  });
  const sender = forReps ? undefined : senderFor(senders, template);
  const common = {
    id: 'send-preview',
    ...fromFor(sender, { address, ...(name === '' ? {} : { name }) }, null),
    to: { address: person.address },
    email,
    date,
  };
  const message = forReps
    ? buildAlertMessage(common)
    : buildLeadMessage({
        ...common,
        ...returnAddresses(config, sender),
        unsubscribeUrl,
        topic: template.topic,
        template: template.key,
      });
  return {
    template: template.key,
    kind: template.kind,
    language: worded.language ?? null,
    preheader: email.preheader,
    links: linksOf(email.html),
    message,
  };
}

/** Where a mail comes back to, and is left by a mail: samples, as the unsubscribe link is one. */
function returnAddresses(
  { mail }: Config,
  sender: Sender | undefined,
): { envelopeFrom?: string; unsubscribeMailbox?: string } {
  if (mail.inboundDomain === null) return {};
  const domain = sender?.returnDomain ?? mail.inboundDomain;
  return {
    envelopeFrom: inboundAddress('bounce', 'preview', domain),
    unsubscribeMailbox: inboundAddress('unsubscribe', 'preview', domain),
  };
}

const SAMPLE_BRIEF = {
  score: 42,
  grade: 'B',
  reasons: [{ rule: 'clicked', points: 10, when: 'today 09:12' }],
  actions: [{ what: 'clicked a link', when: 'today 09:12' }],
};

function linksOf(html: string): string[] {
  const links = new Set<string>();
  rewriteLinks(html, (url) => {
    links.add(url);
    return undefined;
  });
  return [...links];
}

/** The headers as they leave, apart from those that the SMTP client adds. */
export function headersOf({ from, to, subject, messageId, date, headers }: OutgoingMessage): [string, string][] {
  const box = ({ name, address }: { name?: string; address: string }): string =>
    name === undefined ? address : `${name} <${address}>`;
  return [
    ['From', box(from)],
    ['To', box(to)],
    ['Subject', subject],
    ['Date', date.toUTCString()],
    ['Message-ID', messageId],
    ...Object.entries(headers).map(([key, value]): [string, string] => [
      key,
      typeof value === 'string' ? value : value.value,
    ]),
  ];
}
