/** The links of a mail, as its reader sees them. */
import { Parser } from 'htmlparser2';

export interface MailLink {
  href: string;
  /** The words that are pressed. */
  text: string;
  /** The token of a link whose clicks are counted; null for any other. */
  token: string | null;
}

const TRACKED = /\/c\/([\w-]+)$/;

export function linksOf(html: string): MailLink[] {
  const links: MailLink[] = [];
  let open: MailLink | null = null;
  const parser = new Parser({
    onopentag(name, { href }) {
      if (name !== 'a' || href === undefined) return;
      open = { href, text: '', token: TRACKED.exec(href)?.[1] ?? null };
      links.push(open);
    },
    ontext(text) {
      if (open !== null) open.text += text;
    },
    onclosetag(name) {
      if (name === 'a') open = null;
    },
  });
  parser.end(html);
  return links.map((link) => ({ ...link, text: link.text.replaceAll(/\s+/g, ' ').trim() }));
}

/** The links of which clicks are counted: those that a persona can follow. */
export function trackedLinks(html: string): MailLink[] {
  return linksOf(html).filter(({ token }) => token !== null);
}
