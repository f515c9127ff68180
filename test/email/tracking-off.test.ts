import { expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { createTokens } from '../../src/crypto/tokens.ts';
import { beginMail, finishMail } from '../../src/effects/mail-writer.ts';
import { makeTemplate } from '../../src/email/read-templates.ts';

const SOURCE = `---
subject: "S"
preheader: "P"
topic: tips
kind: resource
---
<mjml><mj-body><mj-section><mj-column><mj-text><a href="https://shop.example/müll?a=1#top">Read</a> <a href="mailto:a@shop.example">Write</a></mj-text></mj-column></mj-section></mj-body></mjml>
`;

test.each([
  [true, null],
  [true, 'opens'],
  [true, 'all'],
  [false, null],
] as const)(
  'tracking %s, not recorded %s: pixel and tracked links are there, or the addresses as they are written',
  async (tracking, untracked) => {
    const [pixel, clicks] = [tracking && untracked === null, tracking && untracked !== 'all'];
    const template = await makeTemplate('t', 'templates/t.mjml', SOURCE, () => undefined);
    const mail = {
      tokens: createTokens(['a secret of the test']),
      from: { address: 'hello@shop.example' },
      companyName: 'Shop',
      postalAddress: '1 Mill Lane',
      publicUrl: 'https://app.shop.example',
      inboundDomain: null,
      transport: undefined as never,
      tracking,
    };
    const source = { mail, brand: undefined, utm: undefined } as never;
    const draft = { template, to: { address: 'ada@x.example' }, context: { lead: {}, need: null }, untracked };
    const begun = await beginMail(source, { id: newId('send'), audience: 'lead' }, draft as never);
    const links = { linkIds: begun.compiled.links.map((_link, n) => n + 1), own: new Map<string, number>() };
    const { content, message } = finishMail(source, begun, { at: new Date(), links });
    const { html, text } = message;
    expect(content.untracked).toBe(tracking ? untracked : 'all');
    expect([html.includes('/o/'), html.includes('.gif')]).toEqual([pixel, pixel]);
    for (const part of [html, text]) {
      expect(part.includes('/c/')).toBe(clicks);
      expect(part.includes('https://shop.example/müll?a=1#top')).toBe(!clicks);
    }
    expect(html).toContain('mailto:a@shop.example');
  },
);
