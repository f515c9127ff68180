import { z } from 'zod';
import { masked } from '../../email/masked-address.ts';
import { unsubscribedPage, unsubscribePage } from '../../email/pages.ts';
import { wordsFor } from '../../email/words/languages.ts';
import { unsubscribe } from '../../store/consent/unsubscribe.ts';
import { recipientOf } from '../../store/lists/sends.ts';
import type { ApiDeps } from '../deps.ts';
import { asPage, FAILED_PAGES, LIMITED_PAGES, linkNotValid, htmlPage, NOT_VALID, ONE_CLICK } from '../pages.ts';
import { route, type Route } from '../route.ts';
import { Token } from '../schemas/common.ts';

/** RFC 8058: GET shows, POST does; no cookie, no redirect, nothing needed but the URL. */
export function unsubscribeRoutes({ store, tokens, ring, limits, log, settings }: ApiDeps): Route[] {
  const { organization } = settings;
  const failed = (error: Error) => log.error({ err: error }, 'an unsubscribe page failed');

  async function leadOf(token: string) {
    const link = tokens.readUnsubscribe(token);
    if (link === null) return null;
    const recipient = await recipientOf(store.db, link.sendId);
    return recipient === null ? null : { sendId: link.sendId, ...recipient };
  }

  const common = {
    path: '/u/:token',
    tag: 'Tracking',
    access: 'public',
    params: z.object({ token: Token }),
  } as const;

  return [
    route({
      ...common,
      method: 'get',
      summary: 'Asks whether to unsubscribe; changes nothing',
      answers: {
        200: { description: 'A page with a button', mediaType: 'text/html' },
        404: NOT_VALID,
        ...LIMITED_PAGES,
      },
      handle({ params, request }) {
        return asPage(organization, failed, async () => {
          await limits.spend('pages', request);
          const reader = await leadOf(params.token);
          if (reader === null) return linkNotValid(organization);
          const { lang, unsubscribe: t } = wordsFor(reader.language);
          const preferences = `/preferences/${tokens.preferences(reader.sendId)}`;
          const of = t.of(masked(reader.email));
          return htmlPage(
            200,
            unsubscribePage({ organization, lang, t, action: `/u/${params.token}`, preferences, of }),
          );
        });
      },
    }),
    route({
      ...common,
      method: 'post',
      summary: 'Unsubscribes',
      description:
        'One-click by RFC 8058, or the button on the page. Any body is taken, or none: the proof says `one-click` only where the body ' +
        'says List-Unsubscribe=One-Click, and `link` otherwise. Repeating it changes nothing. Not limited: the ' +
        'servers of a large provider unsubscribe for everybody from a few addresses.',
      ...ONE_CLICK,
      beforeBody: ({ token }) => (tokens.readUnsubscribe(token) === null ? linkNotValid(organization) : null),
      answers: {
        200: { description: 'A page: unsubscribed', mediaType: 'text/html' },
        404: NOT_VALID,
        ...FAILED_PAGES,
      },
      handle({ params, body }) {
        return asPage(organization, failed, async () => {
          const reader = await leadOf(params.token);
          if (reader === null) return linkNotValid(organization);
          const { leadId, sendId } = reader;
          const source = sourceOf(body);
          const { ringIds } = await unsubscribe(store, { leadId, sendId, source });
          ring(ringIds);
          const { lang, unsubscribe: t } = wordsFor(reader.language);
          return htmlPage(200, unsubscribedPage({ organization, lang, t, of: t.doneOf(masked(reader.email)) }));
        });
      },
    }),
  ];
}

/** Where the word came from, as its proof says: RFC 8058, 3.2, has the body name one-click. */
function sourceOf(body: Readonly<Record<string, unknown>>): string {
  if (body['List-Unsubscribe'] === 'One-Click') return 'one-click';
  return body['from'] === 'page' ? 'unsubscribe page' : 'link';
}
