import { z } from 'zod';
import { sentMail } from '../../effects/sent-mail.ts';
import { mailInBrowser, mailNotShownPage } from '../../email/view-pages.ts';
import type { ApiDeps } from '../deps.ts';
import { asPage, htmlPage, LIMITED_PAGES, linkNotValid } from '../pages.ts';
import { html } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { Token } from '../schemas/common.ts';

/** A mail has pictures and styles of its own, and nothing else. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; img-src https: http:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'X-Robots-Tag': 'noindex, nofollow, noarchive',
  'Cache-Control': 'private, no-store',
};

/** "View in browser" of a mail. It changes nothing and counts nothing. */
export function viewRoutes({ store, tokens, limits, log, settings }: ApiDeps): Route[] {
  const { organization, publicUrl, senderName } = settings;
  return [
    route({
      method: 'get',
      path: '/v/:token',
      tag: 'Tracking',
      summary: 'A mail in the browser',
      description:
        'Written again from its template and what is known of its reader today; it says so if that differs from what was sent. Without pixel and tracked links. The page can be passed on: links to unsubscribe and to choose lead to a page that mails them to the reader.',
      access: 'public',
      params: z.object({ token: Token }),
      answers: {
        200: { description: 'The mail, or a page that says why it is not shown', mediaType: 'text/html' },
        404: { description: 'A page: the token is not valid, or too old', mediaType: 'text/html' },
        ...LIMITED_PAGES,
      },
      handle({ params, request }) {
        return asPage(
          organization,
          (error) => log.error({ err: error }, 'a mail could not be shown in the browser'),
          async () => {
            await limits.spend('pages', request);
            const link = tokens.readView(params.token, new Date());
            if (link === null) return linkNotValid(organization);
            const mail = { tokens, publicUrl, ...organization, from: { address: '', name: senderName } };
            const { playbook } = store.rules.current();
            const shown = await sentMail(
              store.db,
              { mail, playbook, asks: `/preferences/${params.token}`, page: `/v/${params.token}` },
              link.sendId,
            );
            return shown.kind === 'mail'
              ? html(200, mailInBrowser(shown), HEADERS)
              : htmlPage(200, mailNotShownPage(organization, shown));
          },
        );
      },
    }),
  ];
}
