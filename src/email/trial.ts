/** A template is rendered on trial before it is published: with all that can be known of a lead, and with nothing. */
import { AppError, isAppError } from '../domain/errors.ts';
import type { WordedTemplate } from '../domain/template.ts';
import { compileTemplate } from './compile.ts';
import { addressesFor, renderSample, type RenderedEmail } from './render.ts';
import type { RenderContext } from './render-context.ts';
import { unseenFooter } from './seen-footer.ts';
import { at } from './source-map.ts';
import type { PlacedMessage } from './template-mistakes.ts';
import { variableNames } from './variables.ts';

/** Tokens are as long as those of real mails: the size of a mail is measured by this one. */
const TOKEN = 'x'.repeat(48);
const BASE = 'https://nurture.example';
const WHEN = '2026-12-01T09:00:00Z';

const NOTHING: RenderContext = {
  lead: {},
  sender: { companyName: 'Company', postalAddress: 'Street 1, City', name: 'Sender' },
  links: {
    unsubscribe: `${BASE}/u/${TOKEN}`,
    preferences: `${BASE}/preferences/${TOKEN}`,
    decision: `${BASE}/r/${TOKEN}`,
  },
  brief: { score: 0, grade: 'C', reasons: [], actions: [] },
};

const EVERYTHING: RenderContext = {
  ...NOTHING,
  lead: {
    firstName: 'Alexandra',
    lastName: 'Sample',
    company: 'Sample & Sons',
    jobTitle: 'Head of Samples',
    country: 'DE',
    email: 'alex@sample.example',
    phone: '+49 30 1234567',
  },
  brand: { logo: { url: 'https://shop.example/logo.png', width: 160 }, colors: {} },
  links: { ...NOTHING.links, viewInBrowser: `${BASE}/v/${TOKEN}` },
  campaign: { name: 'Campaign', starts: WHEN, ends: WHEN, url: 'https://shop.example/campaign' },
  request: { at: WHEN, campaign: 'Campaign' },
  need: { productLine: 'product line', type: 'need' },
  rep: { name: 'Sam Rep', email: 'sam@sample.example' },
  dueAt: 'Tue 1 Dec, 14:00',
  brief: {
    score: 84,
    grade: 'A',
    source: 'ebook',
    campaign: 'Campaign',
    reasons: Array.from({ length: 8 }, () => ({ rule: 'Asked for a demo', points: 40, when: 'today 09:12' })),
    actions: Array.from({ length: 8 }, () => ({ what: 'Viewed a page', when: 'today 09:12' })),
    recycleCount: 1,
    whyNow: 'Asked for a demo 2 minutes ago; grade A, “owner”, 100 to 500 staff',
    nextAction: 'Call them today. Agree on the next step and its date.',
    read: ['“/pricing”'],
    history: [{ what: 'Sam Rep sent it back as ‘too-early’', when: 'in May' }],
    notes: [{ body: 'Builds in spring', by: 'Sam Rep', when: 'in May' }],
    request: { what: 'A question', when: 'today' },
    reply: { hasText: true },
    standsInFor: 'Kim Rep',
  },
};

export interface TriedOut extends RenderedEmail {
  /** Subject and text with the addresses in place of tracked ones: what a reader gets, whatever it looks like. */
  read: string;
  /** What a reader of whom nothing is known does not see of the footer. */
  unseen: PlacedMessage[];
}

/**
 * The mail with everything known, as it leaves: with tracked links and the pixel.
 * @throws AppError PLAYBOOK_INVALID for one that cannot be rendered, with its place
 */
export async function tryOut(source: WordedTemplate): Promise<TriedOut> {
  const compiled = await compileTemplate(source);
  const everything = { ...EVERYTHING, lead: { ...EVERYTHING.lead, attributes: sampleAttributes(source) } };
  try {
    const bare = renderSample(compiled, NOTHING).html;
    const tracked = `${BASE}/c/${TOKEN}`;
    const whole = renderSample(compiled, everything, {
      links: compiled.links.map(() => tracked),
      own: new Map(addressesFor(compiled, everything).map((address) => [address, tracked])),
      pixel: `${BASE}/o/${TOKEN}.gif`,
    });
    const { subject, text } = renderSample(compiled, everything);
    return { ...whole, read: `${subject}\n${text}`, unseen: unseenFooter(source, bare, NOTHING) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    const [, file = source.file, line, column, what = error.message] =
      /^Template "[^"]*" \(([^:)]+)(?::(\d+):(\d+))?\) cannot be rendered([\s\S]*)$/.exec(error.message) ?? [];
    const place = { file, line: Number(line ?? 1), column: Number(column ?? 1) };
    throw new AppError('PLAYBOOK_INVALID', `${at(place)}: this cannot be rendered${what}`, {
      details: place,
      cause: error,
    });
  }
}

/** "12" for every attribute that the template asks for: a text, a number and a list of one. */
function sampleAttributes(source: WordedTemplate): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const [root, group, ...names] of variableNames(source)) {
    if (root !== 'lead' || group !== 'attributes') continue;
    let at = attributes;
    names.forEach((name, i) => {
      if (i === names.length - 1) at[name] ??= '12';
      else {
        const below = at[name];
        at = (typeof below === 'object' ? below : (at[name] = {})) as Record<string, unknown>;
      }
    });
  }
  return attributes;
}
