import { z } from 'zod';
import { MARKETING } from '../../domain/consent.ts';
import { quotable } from '../../domain/stated-words.ts';
import { confirmedPage, confirmOverPage, confirmPage } from '../../email/preference-pages.ts';
import { wordsFor } from '../../email/words/languages.ts';
import { hashIp } from '../../store/consent/address-hash.ts';
import { confirmConsent, readConfirmable } from '../../store/consent/confirm-consent.ts';
import type { ApiDeps } from '../deps.ts';
import { asPage, htmlPage, LIMITED_PAGES, linkNotValid, NOT_VALID } from '../pages.ts';
import { route, type Route } from '../route.ts';
import { Token } from '../schemas/common.ts';
import { topicsFor } from '../topics.ts';

/** The link of the mail that asks to confirm a consent: GET asks, POST confirms. */
export function confirmRoutes({ store, tokens, ring, limits, log, settings }: ApiDeps): Route[] {
  const { organization } = settings;
  const failed = (error: Error): void => log.error({ err: error }, 'a confirmation page failed');
  const common = {
    path: '/confirm/:token',
    tag: 'Tracking',
    access: 'public',
    params: z.object({ token: Token }),
  } as const;
  const answers = {
    404: NOT_VALID,
    410: { description: 'A page: it was asked for too long ago', mediaType: 'text/html' },
    ...LIMITED_PAGES,
  };

  return [
    route({
      ...common,
      method: 'get',
      summary: 'Asks whether the person wants the mails that a form asked for; changes nothing',
      answers: {
        200: { description: 'A page with a button, or that it is confirmed', mediaType: 'text/html' },
        ...answers,
      },
      handle({ params, request, rules }) {
        return asPage(organization, failed, async () => {
          await limits.spend('pages', request);
          const link = tokens.readConfirm(params.token);
          const found = link && (await readConfirmable(store.db, link.consentId, store.realNow()));
          if (found === null) return linkNotValid(organization);
          const { lang, confirm: t } = wordsFor(found.language);
          if (found.state === 'done') return htmlPage(200, confirmedPage({ organization, lang, t }));
          if (found.state === 'over') return htmlPage(410, confirmOverPage({ organization, lang, t }));
          const names = new Map(topicsFor(rules, found.language).map(({ topic, name }) => [topic, name]));
          const topics = found.topics.map((topic) => (topic === MARKETING ? t.every : (names.get(topic) ?? topic)));
          const text = quotable(found.text);
          const ask = t.text(organization.companyName);
          const action = `/confirm/${params.token}`;
          return htmlPage(
            200,
            confirmPage({ organization, lang, t, action, ask, text, topics: topics.map(quotable).join(', ') }),
          );
        });
      },
    }),
    route({
      ...common,
      method: 'post',
      summary: 'Confirms; repeating it changes nothing',
      bodyKind: 'any-form',
      body: z.record(z.string(), z.unknown()),
      beforeBody: ({ token }) => (tokens.readConfirm(token) === null ? linkNotValid(organization) : null),
      answers: { 200: { description: 'A page: confirmed', mediaType: 'text/html' }, ...answers },
      handle({ params, request }) {
        return asPage(organization, failed, async () => {
          await limits.spend('pages', request);
          const link = tokens.readConfirm(params.token);
          const asked = link && (await readConfirmable(store.db, link.consentId, store.realNow()));
          const done =
            link && asked && (await confirmConsent(store, link.consentId, await hashIp(store, request.ip ?? '')));
          if (asked === null || done === null) return linkNotValid(organization);
          ring(done.ringIds);
          const { lang, confirm: t } = wordsFor(asked.language);
          return done.state === 'over'
            ? htmlPage(410, confirmOverPage({ organization, lang, t }))
            : htmlPage(200, confirmedPage({ organization, lang, t }));
        });
      },
    }),
  ];
}
