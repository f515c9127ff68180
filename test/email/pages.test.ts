import { describe, expect, it } from 'vitest';
import {
  decisionPage,
  decisionResultPage,
  errorPage,
  linkNotValidPage,
  PAGE_CSP,
  unsubscribedPage,
  unsubscribePage,
  type DecisionPage,
} from '../../src/email/pages.ts';
import { en } from '../../src/email/words/en.ts';

const organization = { companyName: 'Brook & <b>Field</b>', postalAddress: '12 Mill Lane' };
const bad = '"><script>alert(1)</script>';
const decision: DecisionPage = {
  action: bad,
  shown: 'offered assigned',
  accepted: false,
  lead: { name: bad, company: bad, email: bad, phone: bad, jobTitle: bad, country: bad },
  repName: bad,
  score: 84,
  grade: 'A',
  dueAt: bad,
  problem: bad,
  reasons: [{ rule: bad, points: 40, when: bad }],
  actions: [{ what: bad, when: bad }],
  whyNow: bad,
  nextAction: bad,
  typed: { reason: bad, note: bad },
  once: bad,
  rejectReasons: [{ key: bad, words: bad }],
};

describe('pages', () => {
  it.each([
    [
      'unsubscribe',
      unsubscribePage({ organization, lang: 'en', t: en.unsubscribe, action: bad, preferences: bad, of: bad }),
    ],
    ['unsubscribed', unsubscribedPage({ organization, lang: 'en', t: en.unsubscribe, of: bad })],
    ['decision', decisionPage({ organization, ...decision })],
    ['result', decisionResultPage({ organization, result: 'refused', leadName: bad, message: bad })],
    [
      'accepted',
      decisionResultPage({ organization, result: 'accepted', leadName: bad, lead: { phone: bad, email: bad } }),
    ],
    ['error', errorPage({ organization, title: bad, message: bad, hint: bad })],
    ['link', linkNotValidPage(organization)],
  ])('%s: escaped, self-contained, whole', (_name, html) => {
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<b>');
    expect(html).not.toMatch(/(?:src|href)="?https?:/);
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">[^]*<title>[^<]+<\/title>[^]*<h1>[^]*<\/html>\n$/);
    expect(html).toContain('Brook &amp; &lt;b&gt;Field&lt;/b&gt;');
    expect(html).not.toMatch(/\{\{|\{%|undefined/);
  });

  it('unsubscribe only by a form that posts to the page itself', () => {
    const html = unsubscribePage({
      organization,
      lang: 'en',
      t: en.unsubscribe,
      action: '/u/token',
      preferences: '/preferences/token',
      of: en.unsubscribe.of('a…@b.example'),
    });
    expect(html).toContain('<form method="post" action="/u/token">');
    expect(html).toContain('Nothing has changed yet');
  });

  it('offer every reject reason with what follows', () => {
    const html = decisionPage({
      organization,
      ...decision,
      rejectReasons: [{ key: 'too-early', words: 'Too early (back to nurture)' }],
    });
    expect(html).toContain('<option value="too-early">Too early (back to nurture)</option>');
    expect(html).toContain('<label for="reason">');
  });

  it('say in their title what happened', () => {
    expect(decisionResultPage({ organization, result: 'rejected', leadName: 'Ada' })).toContain(
      '<title>Lead rejected</title>',
    );
    expect(decisionPage({ organization, ...decision, lead: { name: '__CONTENT__ & co' } })).toContain(
      '<title>__CONTENT__ &amp; co: accept or reject</title>',
    );
    expect(PAGE_CSP).toContain("default-src 'none'");
  });
});
