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

test.each([true, false])(
  'tracking %s: the pixel and tracked links are there, or the addresses as they are written',
  async (tracking) => {
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
    const draft = { template, to: { address: 'ada@x.example' }, context: { lead: {}, need: null } };
    const begun = await beginMail(source, { id: newId('send'), audience: 'lead' }, draft as never);
    const links = { linkIds: begun.compiled.links.map((_link, n) => n + 1), own: new Map<string, number>() };
    const { html } = finishMail(source, begun, { at: new Date(), links }).message;
    expect(html.includes('/o/')).toBe(tracking);
    expect(html.includes('/c/')).toBe(tracking);
    expect(html.includes('https://shop.example/müll?a=1#top')).toBe(!tracking);
    expect(html).toContain('mailto:a@shop.example');
  },
);
