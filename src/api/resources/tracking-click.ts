import { z } from 'zod';
import { recordClick } from '../../store/events/record-tracking.ts';
import type { ApiDeps } from '../deps.ts';
import { asPage, FAILED_PAGES, linkNotValid } from '../pages.ts';
import { empty } from '../reply.ts';
import { route, type Route } from '../route.ts';

/** Redirects to what is stored here, and to nothing that stands in the request. */
export function clickRoutes({ store, tokens, ring, log, settings }: ApiDeps): Route[] {
  const { organization } = settings;
  return [
    route({
      method: 'get',
      path: '/c/:token',
      tag: 'Tracking',
      summary: 'A tracked link of an email',
      description: 'Appends a click (HEAD appends nothing) and redirects to the stored URL.',
      access: 'public',
      params: z.object({ token: z.string() }),
      answers: {
        302: { description: 'To the stored URL' },
        404: { description: 'A page: the token is not valid', mediaType: 'text/html' },
        ...FAILED_PAGES,
      },
      handle({ params, request }) {
        return asPage(
          organization,
          (error) => log.error({ err: error }, 'a click could not be recorded'),
          async () => {
            const click = tokens.readClick(params.token);
            if (click === null) return linkNotValid(organization);
            if (request.method === 'HEAD') {
              const link = await store.db.link.findUnique({ where: { id: click.linkId } });
              return link === null ? linkNotValid(organization) : redirect(link.url);
            }
            const recorded = await recordClick(store, {
              ...click,
              method: request.method,
              userAgent: request.headers['user-agent'] ?? null,
              at: new Date(store.realNow()),
            });
            if (recorded === null) return linkNotValid(organization);
            ring(recorded.ringIds);
            return redirect(recorded.url);
          },
        );
      },
    }),
  ];
}

/** A header takes ASCII only; the parsed form of a URL is that. */
function redirect(url: string): ReturnType<typeof empty> {
  return empty(302, { Location: new URL(url).href });
}
