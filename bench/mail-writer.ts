import type { ActivityDeps } from '../src/activities/deps.ts';
import { newId } from '../src/domain/ids.ts';
import { compileTemplate } from '../src/email/compile.ts';
import { trackingFor } from '../src/email/links.ts';
import { buildLeadMessage, type OutgoingMessage } from '../src/email/message.ts';
import { render } from '../src/email/render.ts';

/** Renders the mail of a step, without a database, each time it is called. */
export async function createMailWriter({ mail, rules }: ActivityDeps): Promise<() => OutgoingMessage> {
  const template = rules.current().templates.get('ebook-checklist');
  if (template === undefined) throw new Error('There is no template ebook-checklist');
  const compiled = await compileTemplate(template);
  let count = 0;
  return () => {
    count += 1;
    const id = newId('send');
    const unsubscribeUrl = `${mail.publicUrl}/u/${mail.tokens.unsubscribe(id)}`;
    const linkIds = compiled.links.map((_, index) => index + 1);
    const context = {
      lead: {
        firstName: 'Bench',
        lastName: `Lead ${count}`,
        company: `Company ${count}`,
        jobTitle: null,
        country: 'DE',
        language: null,
        attributes: {},
      },
      campaign: null,
      need: { productLine: null, type: null },
      sender: { companyName: mail.companyName, postalAddress: mail.postalAddress, name: mail.companyName },
      links: { unsubscribe: unsubscribeUrl },
    };
    return buildLeadMessage({
      id,
      from: mail.from,
      to: { address: `written-${count}@bench.example`, name: `Bench Lead ${count}` },
      email: render(compiled, context, trackingFor(mail.publicUrl, mail.tokens, id, { linkIds })),
      date: new Date(),
      unsubscribeUrl,
      topic: template.topic,
    });
  };
}
