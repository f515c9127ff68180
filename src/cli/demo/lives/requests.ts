/** How the sample leads come in: the forms of the fictional vendor Brookfield Irrigation. */

const CONSENT = 'Yes, Brookfield may send me guides, invitations and offers by email. I can stop that at any time.';

export function ebookForm(productLine: 'greenhouse' | 'vineyard', withConsent = true): object {
  return {
    source: 'ebook',
    medium: 'website',
    campaign: 'Smart Irrigation Guide',
    landingPage: '/guides/smart-irrigation',
    need: { type: 'controller', productLine, maturity: 'researching' },
    ...(withConsent ? { consent: { text: CONSENT, source: 'ebook form', version: '2026-03' } } : {}),
    event: { type: 'ebook.downloaded', properties: { ebook: 'smart-irrigation' } },
  };
}

/** Written down at the stand, so it does not come from a website's form. */
export function showVisit(productLine: 'greenhouse' | 'vineyard'): object {
  return {
    source: 'trade-show',
    medium: 'event',
    campaign: 'GreenTech Expo',
    how: 'event',
    need: { type: 'controller', productLine, maturity: 'evaluating' },
    consent: { text: CONSENT, source: 'badge scan at the stand', version: '2026-03' },
  };
}

/** Who asks for a consultation is ready at once. */
export function consultationForm(productLine: 'greenhouse' | 'vineyard'): object {
  return {
    source: 'website',
    medium: 'search',
    landingPage: '/consultation',
    need: { type: 'controller', productLine, maturity: 'ready', need: 'known', timing: 'known' },
    consent: { text: CONSENT, source: 'consultation form', version: '2026-03' },
    event: { type: 'form.submitted', properties: { form: 'consultation' } },
  };
}

export function euros(amount: number): { amount: number; currency: string } {
  return { amount: amount * 100, currency: 'EUR' };
}
