import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import { asPage, FAILED_PAGES, linkNotValid, NOT_VALID } from '../pages.ts';
import { empty } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { Token } from '../schemas/common.ts';
import { noteFetch } from './note-fetch.ts';

/** Redirects only to a stored URL, never to one from the request. */
export function clickRoutes({ tokens, tracker, log, settings }: ApiDeps): Route[] {
  const { organization } = settings;
  return [
    route({
      method: 'get',
      path: '/c/:token',
      tag: 'Tracking',
      summary: 'A tracked link of an email',
      description:
        'Redirects to the stored URL and records a click. HEAD records nothing. The redirect does not wait for the lead or the scoring.',
      access: 'public',
      params: z.object({ token: Token }),
      answers: {
        302: { description: 'To the stored URL' },
        404: NOT_VALID,
        ...FAILED_PAGES,
      },
      handle({ params, request }) {
        return asPage(
          organization,
          (error) => log.error({ err: error }, 'a link could not be looked up'),
          async () => {
            const click = tokens.readClick(params.token);
            if (click === null) return linkNotValid(organization);
            const url = await tracker.findLink(click.linkId);
            if (url === null) return linkNotValid(organization);
            const kept = await noteFetch(tracker, request, click);
            return redirect(url, kept);
          },
        );
      },
    }),
  ];
}

/** A header takes ASCII only; the parsed form of a URL is that. */
function redirect(url: string, headers: Readonly<Record<string, string>>): ReturnType<typeof empty> {
  return empty(302, { Location: new URL(url).href, ...headers });
}
