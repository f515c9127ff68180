/** Whatever a stranger states, and whatever an older version of the engine has stored of it: how the sample's mails and the pages show it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  inTheirWords,
  knownNeed,
  listedCampaign,
  presentable,
  presentablePhone,
  quotable,
  quoted,
} from '../../src/domain/stated-words.ts';
import { compileTemplate } from '../../src/email/compile.ts';
import { decisionPage, decisionResultPage } from '../../src/email/pages.ts';
import { loadTemplates } from '../../src/email/read-templates.ts';
import { render } from '../../src/email/render.ts';
import type { RenderContext } from '../../src/email/render-context.ts';
import { emptyContext } from './fixtures.ts';

const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/u;
const KNOWN = { productLines: ['vineyard'], needTypes: [], campaigns: [{ campaign: 'GreenTech Expo' }] };

const word = fc.constantFrom(
  '\u202e',
  '\u200b',
  '\r\n',
  '\u2028',
  '\u2066',
  '\0',
  ' Ada ',
  'vineyard',
  ' http://evil.example ',
  ' www.evil.example ',
  ' evil.example/x ',
);
const text = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(''));
const stated = fc.record({
  firstName: text,
  lastName: text,
  company: text,
  jobTitle: text,
  phone: text,
  productLine: text,
  needType: text,
  campaign: text,
  source: text,
  note: text,
});
type Stated = typeof stated extends fc.Arbitrary<infer T> ? T : never;
const templates = await Promise.all((await loadTemplates('templates')).map(compileTemplate));
const organization = { companyName: 'Brookfield', postalAddress: '12 Mill Lane' };

/** As effects/person.ts, steps/email and activities/rep-mail.ts put it together. */
function contextOf({ source, note, ...given }: Stated): RenderContext {
  const need = knownNeed(KNOWN, { productLine: given.productLine, type: given.needType });
  const campaign = listedCampaign(KNOWN.campaigns, given.campaign);
  const { firstName, lastName, company, jobTitle } = presentable(given);
  return {
    ...emptyContext,
    lead: {
      firstName,
      lastName,
      company,
      jobTitle,
      phone: presentablePhone(given.phone),
      attributes: { harmless: note.replaceAll(/\S*evil\S*/g, '') },
    },
    need,
    campaign,
    brief: {
      score: 1,
      grade: 'A',
      source: quotable(source),
      campaign: campaign?.name ?? null,
      reasons: [],
      actions: [{ what: `Viewed a page: ${quoted(note)}`, when: 'today' }],
      productLine: need.productLine,
      needType: need.type,
      stated: inTheirWords(given, KNOWN),
      requests: { count: 2, newest: [{ what: `form, ${quotable(source)}`, when: 'today' }] },
    },
  };
}

test('no mail has a character that nobody sees, and none a link of theirs', () => {
  fc.assert(
    fc.property(stated, (given) => {
      const context = contextOf(given);
      for (const template of templates) {
        const { subject, preheader, html, text: plain } = render(template, context);
        const all = [subject, preheader, plain, html].join('\n');
        expect(all).not.toMatch(UNSEEN);
        expect(subject).not.toMatch(/evil|\p{Cc}/u);
        expect(all).not.toMatch(/https?:\/\/evil|www\.evil|evil\.example\//);
        if (template.source.kind !== 'transactional') expect(all).not.toContain('evil');
      }
    }),
    { numRuns: 30 },
  );
});

test('no page has one either', () => {
  fc.assert(
    fc.property(stated, (given) => {
      const { brief } = contextOf(given);
      const shown = { ...presentable(given), phone: presentablePhone(given.phone) };
      const name = shown.firstName;
      const page = decisionPage({
        organization,
        action: '/r/token',
        shown: 'offered assigned',
        lead: { ...shown, name },
        repName: 'Tom',
        score: 1,
        grade: 'A',
        source: brief?.source ?? null,
        stated: brief?.stated ?? [],
        whyNow: brief?.whyNow ?? '',
        reasons: [],
        actions: brief?.actions ?? [],
        rejectReasons: [],
        accepted: false,
      });
      const result = decisionResultPage({ organization, result: 'accepted', leadName: name, lead: null });
      for (const html of [page, result]) {
        expect(html).not.toMatch(UNSEEN);
        expect(html).not.toMatch(/https?:\/\/evil|www\.evil|evil\.example\//);
      }
      expect(page).toContain('In their own words');
    }),
  );
});
