/** A mail as it is read in the page of a simulation: the links lead where they lead in truth, and nothing is loaded. */
import { Parser } from 'htmlparser2';
import { rewriteLinks } from '../email/links.ts';
import type { World } from './world.ts';

const TRACKED = /\/c\/([\w-]+)$/;

export async function readableMail(html: string, world: World): Promise<string> {
  const addresses = new Map<string, string>();
  for (const [, token = ''] of html.matchAll(/\/c\/([\w-]+)"/g)) {
    const claim = world.tokens.readClick(token);
    const url = claim === null ? null : await world.tracker.findLink(claim.linkId);
    if (url !== null) addresses.set(token, url);
  }
  const direct = rewriteLinks(html, (href) => {
    const url = addresses.get(TRACKED.exec(href)?.[1] ?? '');
    return url === undefined ? undefined : url.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  });
  return withoutRemoteImages(direct);
}

/** The address of a remote image moves into `data-src`, so that its words are shown in its place. The open pixel goes the same way. */
function withoutRemoteImages(html: string): string {
  const parts: string[] = [];
  let done = 0;
  const parser = new Parser({
    onattribute(name, value) {
      if ((name !== 'src' && name !== 'background') || /^(data|cid):/i.test(value)) return;
      parts.push(html.slice(done, parser.startIndex), 'data-');
      done = parser.startIndex;
    },
  });
  parser.end(html);
  parts.push(html.slice(done));
  return parts.join('');
}
