import type { Organization } from '../domain/brand.ts';
import { errorPage } from './pages.ts';
import { wordsFor } from './words/languages.ts';

/** The mail as a page that no search engine lists; with a line above it when it may differ from what was sent. */
export function mailInBrowser({
  html,
  isAsSent,
  language,
}: {
  html: string;
  isAsSent: boolean;
  language: string | null;
}): string {
  const listed = html.replace(/<head\b[^>]*>/i, (head) => `${head}<meta name="robots" content="noindex, nofollow">`);
  if (isAsSent) return listed;
  const style = 'padding:10px 16px;background:#fff8e1;color:#3d3206;font:14px/1.5 sans-serif;text-align:center;';
  const line = `<p style="margin:0;${style}">${wordsFor(language).view.changed}</p>`;
  return listed.replace(/<body\b[^>]*>/i, (body) => `${body}${line}`);
}

/** `gone`: nothing is known of its reader, the language neither. */
export function mailNotShownPage(
  organization: Organization,
  shown: { kind: 'unsubscribed'; language: string | null } | { kind: 'gone' },
): string {
  if (shown.kind === 'gone')
    return errorPage({
      organization,
      title: 'This email is no longer kept',
      message: 'We have deleted the data that it was written from.',
      hint: 'If it is still in your mailbox, you can read it there.',
    });
  const { lang, view: t } = wordsFor(shown.language);
  return errorPage({ organization, lang, title: t.left, message: t.leftText, hint: t.leftHint });
}
