import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import { bytes } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { Token } from '../schemas/common.ts';
import { noteFetch } from './note-fetch.ts';

/** A transparent GIF of one pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
/** Web mail shows the pixel on pages of other sites, so these may load it. */
const HEADERS = {
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Cache-Control': 'no-store, no-cache, must-revalidate, private',
};

/** With the click, one of the two GETs that append an event. HEAD appends nothing. */
export function openRoutes({ tokens, tracker }: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/o/:token.gif',
      tag: 'Tracking',
      summary: 'The pixel of an email',
      description:
        'Records an open when the token is valid. The image is always sent, so that no mail shows a broken image.',
      access: 'public',
      params: z.object({ token: Token }),
      answers: {
        200: { description: 'One pixel', mediaType: 'image/gif' },
        404: { description: 'One pixel; the token is not valid', mediaType: 'image/gif' },
      },
      async handle({ params, request }) {
        const open = tokens.readOpen(params.token);
        if (open === null) return bytes(404, 'image/gif', PIXEL, HEADERS);
        const kept = await noteFetch(tracker, request, { ...open, linkId: null });
        return bytes(200, 'image/gif', PIXEL, { ...HEADERS, ...kept });
      },
    }),
  ];
}
