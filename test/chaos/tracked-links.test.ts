/** What a reader finds in a mail, as it comes over SMTP. */
import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import { expect, test } from 'vitest';
import { trackedLinks } from '../../chaos/tracked-links.ts';
import { trackingFor } from '../../src/email/links.ts';
import { buildLeadMessage } from '../../src/email/message.ts';
import { createTokens } from '../../src/crypto/tokens.ts';

const PUBLIC_URL = 'http://127.0.0.1:40123';
const tokens = createTokens(['a-secret-key-of-at-least-32-characters']);

/** As nodemailer writes it to the mail server: dots at the beginning of a line doubled. */
async function overSmtp(before: string, links: readonly string[], pixel: string): Promise<string> {
  const anchors = links.map((link) => `<a href="${link}">Read on</a>`).join('');
  const html = `<p>${before}</p>${anchors}<a href="${PUBLIC_URL}/u/not-this">Leave</a><img src="${pixel}" width="1">`;
  const message = buildLeadMessage({
    id: 'send-1',
    from: { address: 'us@ours.example' },
    to: { address: 'lead-0@chaos.example' },
    email: { subject: 'Hello', preheader: '', html, text: `${before} ${links.join(' ')}` },
    date: new Date(0),
    unsubscribeUrl: `${PUBLIC_URL}/u/token`,
    topic: 'tips',
  });
  const bytes = await new MailComposer(message).compile().build();
  return bytes.toString('latin1').replaceAll(/^\./gm, '..');
}

test('pixel and links are found once each, wherever a line ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 150 }),
      fc.uuid(),
      fc.integer({ min: 1, max: 100_000 }),
      async (length, id, linkId) => {
        const { links, pixel = '' } = trackingFor(PUBLIC_URL, tokens, `send-${id.replaceAll('-', '')}`, {
          linkIds: [linkId, linkId + 1],
        });
        expect(trackedLinks(await overSmtp('é='.repeat(length), links, pixel))).toEqual({
          pixels: [new URL(pixel).pathname],
          clicks: links.map((link) => new URL(link).pathname),
        });
      },
    ),
    { numRuns: 100 },
  );
});
