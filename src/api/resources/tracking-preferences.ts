import { DateTime } from 'luxon';
import { z } from 'zod';
import { type MailWord, wantsTopic } from '../../domain/consent.ts';
import { timeOfId } from '../../domain/ids.ts';
import { zoneOfLead } from '../../domain/lead-zone.ts';
import { FREQUENCIES, PREFERENCE_LINK_LASTS } from '../../domain/preferences.ts';
import { maySeeReading, TRACKING, trackingQuestion } from '../../domain/tracking.ts';
import { masked } from '../../email/masked-address.ts';
import { unsubscribedPage } from '../../email/pages.ts';
import { linkMailedPage, mailedPreferencesPage, preferencePage } from '../../email/preference-pages.ts';
import { wordsFor } from '../../email/words/languages.ts';
import { leadNow } from '../../store/clock.ts';
import { hashIp } from '../../store/consent/address-hash.ts';
import { askForLink } from '../../store/consent/ask-for-link.ts';
import { chooseMail } from '../../store/consent/choose-mail.ts';
import { readMailWord } from '../../store/consent/mail-word.ts';
import { unsubscribe } from '../../store/consent/unsubscribe.ts';
import { readReader, type Reader } from '../../store/lists/sends.ts';
import type { PublishedRules } from '../../store/rules/in-force.ts';
import type { ApiDeps } from '../deps.ts';
import { asPage, htmlPage, LIMITED_PAGES, linkNotValid, NOT_VALID } from '../pages.ts';
import { choiceOf, dayIn, languagesFor, listed, LONGEST_PAUSE, type Posted, snoozesFor } from '../preference-form.ts';
import type { Reply } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { Token } from '../schemas/common.ts';
import { topicsFor } from '../topics.ts';

/** `posted`: what the reader had chosen, shown again beside what is wrong with it. */
type Shown = { saved?: true } | { problem: string; posted: Posted };

/** The page on which the reader of a message chooses what it gets. The link is the proof; a GET changes nothing. */
export function preferenceRoutes({ store, tokens, ring, limits, log, settings }: ApiDeps): Route[] {
  const { organization } = settings;
  const failed = (error: Error): void => log.error({ err: error }, 'a preference page failed');

  /** The token of a mail that was opened in the browser does too: it was perhaps passed on, and proves nothing. */
  function linkOf(token: string): { sendId: string; isOwn: boolean } | null {
    const own = tokens.readPreferences(token);
    if (own !== null) return { ...own, isOwn: true };
    const page = tokens.readView(token, new Date(store.realNow()));
    return page === null ? null : { ...page, isOwn: false };
  }

  async function readerOf(token: string): Promise<(Reader & { isOwn: boolean; isExpired: boolean }) | null> {
    const link = linkOf(token);
    const reader = link === null ? null : await readReader(store.db, link.sendId);
    if (link === null || reader === null) return null;
    const isExpired = timeOfId(link.sendId) + PREFERENCE_LINK_LASTS < store.realNow();
    return { ...reader, isOwn: link.isOwn, isExpired };
  }

  async function shown(token: string, { lead }: Reader, rules: PublishedRules, more: Shown = {}): Promise<Reply> {
    const { lang, preferences: t } = wordsFor(lead.language);
    const word = await readMailWord(store.db, lead);
    const zone = zoneOfLead(lead, rules.playbook.defaultTimeZone);
    const today = DateTime.fromMillis(leadNow(lead, store.realNow()), { zone }).startOf('day');
    const snoozed = lead.snoozedUntil !== null && lead.snoozedUntil > today.toJSDate() ? lead.snoozedUntil : null;
    const { problem = null, posted } = 'problem' in more ? more : {};
    const question = trackingQuestion(rules.playbook.tracking, { country: lead.country, words: word.words });
    const isTicked = (topic: string): boolean => posted !== undefined && listed(posted, 'topic').includes(topic);
    const isShown = (topic: string): boolean => posted !== undefined && listed(posted, 'shown').includes(topic);
    const frequency = FREQUENCIES.find((one) => one === posted?.['frequency']) ?? lead.mailFrequency ?? 'all';
    return htmlPage(
      problem === null ? 200 : 400,
      preferencePage({
        organization,
        lang,
        t,
        action: `/preferences/${token}`,
        of: t.of(masked(lead.email)),
        saved: 'saved' in more,
        problem,
        topics: topicsFor(rules, lead.language).map(({ topic, name }) => ({
          topic,
          name,
          on: isShown(topic) ? isTicked(topic) : wantsTopic(word, topic),
        })),
        frequencies: FREQUENCIES.map((one) => ({ frequency: one, name: t[one], on: one === frequency })),
        snoozes: snoozesFor(t, { snoozed, zone, lang }, posted),
        until: posted === undefined ? '' : dayIn(posted),
        from: today.plus({ days: 1 }).toISODate() ?? '',
        to: today.plus(LONGEST_PAUSE).toISODate() ?? '',
        tracking:
          rules.playbook.tracking?.off === true
            ? null
            : { ...question, on: isShown(TRACKING) ? isTicked(TRACKING) : question.on },
        untracked: posted?.['untracked'] === 'yes',
        languages: languagesFor(t, lead.language, posted),
      }),
    );
  }

  const common = {
    path: '/preferences/:token',
    tag: 'Tracking',
    access: 'public',
    params: z.object({ token: Token }),
  } as const;
  const tooOld = { description: 'A page: the link is too old; it offers to mail a new one', mediaType: 'text/html' };
  /** Offers to mail a link, in place of one that is too old or that anybody may have. */
  const offered = (token: string, { lead, isOwn }: Reader & { isOwn: boolean }): Reply => {
    const { lang, preferences: t } = wordsFor(lead.language);
    const [title, text] = isOwn ? [t.expired, t.expiredText] : [t.passedOn, t.passedOnText];
    const page = { organization, lang, t, action: `/preferences/${token}`, title, text };
    return htmlPage(isOwn ? 410 : 200, mailedPreferencesPage(page));
  };

  return [
    route({
      ...common,
      method: 'get',
      summary: 'Topics, how often, a pause, the language; changes nothing',
      answers: {
        200: { description: 'A page with a form', mediaType: 'text/html' },
        404: NOT_VALID,
        410: tooOld,
        ...LIMITED_PAGES,
      },
      handle({ params, request, rules }) {
        return asPage(organization, failed, async () => {
          await limits.spend('pages', request);
          const reader = await readerOf(params.token);
          if (reader === null) return linkNotValid(organization);
          return reader.isOwn && !reader.isExpired ? shown(params.token, reader, rules) : offered(params.token, reader);
        });
      },
    }),
    route({
      ...common,
      method: 'post',
      summary: 'Saves what was chosen, leaves everything, or mails a new link',
      description:
        '`do=save` with the boxes and fields of the page, `do=leave` to unsubscribe from everything, `do=mail` for a new link where this one is too old: it goes to the address of the lead alone, three a day at most. The token of a mail that was opened in the browser can do no more than that: the page may have been passed on. No cookie is read: only who has the link can post.',
      body: z.record(z.string(), z.unknown()),
      bodyKind: 'form',
      bodyExample: {
        do: 'save',
        shown: 'irrigation-tips',
        topic: 'irrigation-tips',
        frequency: 'weekly',
        snooze: '30',
      },
      beforeBody: ({ token }) => (linkOf(token) === null ? linkNotValid(organization) : null),
      answers: {
        200: { description: 'The page again: saved', mediaType: 'text/html' },
        400: { description: 'The page again, with what is wrong', mediaType: 'text/html' },
        404: NOT_VALID,
        410: tooOld,
        ...LIMITED_PAGES,
      },
      handle({ params, body, request, rules }) {
        return asPage(organization, failed, async () => {
          await limits.spend('pages', request);
          const reader = await readerOf(params.token);
          if (reader === null) return linkNotValid(organization);
          const { sendId, isOwn, isExpired, lead } = reader;
          const { lang, preferences: t, unsubscribe: left } = wordsFor(lead.language);
          if (isOwn && body['do'] === 'leave') {
            ring((await unsubscribe(store, { leadId: lead.id, sendId, source: 'preference page' })).ringIds);
            return htmlPage(
              200,
              unsubscribedPage({ organization, lang, t: left, of: left.doneOf(masked(lead.email)) }),
            );
          }
          if (body['do'] === 'mail') {
            ring((await askForLink(store, lead.id)).ringIds);
            return htmlPage(200, linkMailedPage({ organization, lang, t }));
          }
          if (!isOwn || isExpired) return offered(params.token, reader);
          const on = isTracked(rules, lead, await readMailWord(store.db, lead));
          const choice = choiceOf(body, t, lead, { rules, isTracked: on, realNowMs: store.realNow() });
          if ('problem' in choice) return shown(params.token, reader, rules, { ...choice, posted: body });
          const by = { leadId: lead.id, sendId, ipHash: await hashIp(store, request.ip ?? '') };
          ring((await chooseMail(store, by, choice)).ringIds);
          const after = await readReader(store.db, sendId);
          return after === null ? linkNotValid(organization) : shown(params.token, after, rules, { saved: true });
        });
      },
    }),
  ];
}

/** Whether what the reader opens and follows may be recorded. */
function isTracked({ playbook }: PublishedRules, { country }: Reader['lead'], { words }: MailWord): boolean {
  return maySeeReading(playbook.tracking, { country, words });
}
