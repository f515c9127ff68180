import type { OutgoingMessage } from '../../src/email/message.ts';
import { buildLeadMessage } from '../../src/email/message.ts';
import type { RenderContext } from '../../src/email/render-context.ts';

export const SEND_ID = 'send-0193f0c2aaaa7bbb8cccddddeeeeffff';

export const emptyContext: RenderContext = {
  lead: {},
  sender: {
    companyName: 'Brookfield Irrigation Ltd',
    postalAddress: '12 Mill Lane, Oakford OX7 3QT',
    name: 'Hannah Brook',
  },
  links: { unsubscribe: 'https://nurture.example/u/UNSUBSCRIBE', decision: 'https://nurture.example/r/DECISION' },
  campaign: null,
  need: null,
  rep: null,
  brief: { score: 0, grade: 'C', reasons: [], actions: [] },
};

export const fullContext: RenderContext = {
  ...emptyContext,
  lead: {
    firstName: 'Ada',
    lastName: 'Byron',
    company: 'Alder Ridge',
    jobTitle: 'Vineyard manager',
    country: 'DE',
    language: 'en',
    email: 'ada@alder.example',
    phone: '+49 30 1234567',
    attributes: { hectares: 18 },
  },
  links: { ...emptyContext.links, viewInBrowser: 'https://nurture.example/v/VIEW' },
  campaign: { name: 'GreenTech Fair' },
  need: { productLine: 'vineyard', type: 'new system' },
  rep: { name: 'Tom', email: 'tom@brookfield.example' },
  dueAt: 'Tue 1 Dec, 14:00',
  brief: {
    score: 84,
    grade: 'A',
    source: 'ebook',
    campaign: 'Guide',
    reasons: [{ rule: 'Asked for a demo', points: 40, when: 'today' }],
    actions: [{ what: 'Read the price page', when: 'today' }],
    recycleCount: 1,
    request: { what: 'Can you do 24 zones?', when: 'today' },
  },
};

/** A lead who tries to break out of wherever a value is put. */
export const hostileContext: RenderContext = {
  ...fullContext,
  lead: {
    ...fullContext.lead,
    firstName: '<script>alert(1)</script>',
    lastName: '"><img src=x onerror=alert(1)>',
    company: '{{ sender.name }} & "sons"',
  },
};

export function message(to = 'ada@alder.example'): OutgoingMessage {
  return buildLeadMessage({
    id: SEND_ID,
    from: { address: 'hello@brookfield.example', name: 'Brookfield' },
    to: { address: to },
    email: { subject: 'Hello', preheader: '', html: '<p>Hello, grüß dich</p>', text: 'Hello, grüß dich\n' },
    date: new Date('2026-12-01T09:00:00Z'),
    unsubscribeUrl: `https://a-rather-long-host-name.nurture.example/u/${'x'.repeat(60)}`,
    topic: 'irrigation-guides',
  });
}
