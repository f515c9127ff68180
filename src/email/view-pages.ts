import type { Organization } from '../domain/brand.ts';
import { errorPage } from './pages.ts';

const CHANGED =
  'Some of what we know has changed since this email was sent, so that it may read a little differently here.';

/** The mail as a page that no search engine lists; with a line above it when it may differ from what was sent. */
export function mailInBrowser({ html, isAsSent }: { html: string; isAsSent: boolean }): string {
  const listed = html.replace(/<head\b[^>]*>/i, (head) => `${head}<meta name="robots" content="noindex, nofollow">`);
  if (isAsSent) return listed;
  const style = 'padding:10px 16px;background:#fff8e1;color:#3d3206;font:14px/1.5 sans-serif;text-align:center;';
  return listed.replace(/<body\b[^>]*>/i, (body) => `${body}<p style="margin:0;${style}">${CHANGED}</p>`);
}

export function mailNotShownPage({
  organization,
  because,
}: {
  organization: Organization;
  because: 'unsubscribed' | 'gone';
}): string {
  return because === 'unsubscribed'
    ? errorPage({
        organization,
        title: 'You have unsubscribed',
        message: 'You have unsubscribed from our emails, so that this one is no longer shown.',
        hint: 'The email itself is still in your mailbox.',
      })
    : errorPage({
        organization,
        title: 'This email is no longer kept',
        message: 'We have deleted the data that it was written from.',
        hint: 'If it is still in your mailbox, you can read it there.',
      });
}
