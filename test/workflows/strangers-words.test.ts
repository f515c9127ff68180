/** A form by a public key, in somebody else's name: what of it stands in mails to that person, and to people of ours. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { submitLead } from '../../src/store/capture/submit-lead.ts';
import type { LeadSubmission } from '../../src/store/capture/submit-lead.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import type { ReceivedMail } from '../support/mail-sink.ts';
import { lifeOf } from './life.ts';

const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/u;
/** Other people's characters for what a reader does not see. */
const ODD = '\u202e\u200b\r\n';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

/** A form by a site key. */
async function form(submission: Partial<LeadSubmission> & { email: string }): Promise<string> {
  const consent = { text: 'Yes', source: 'form' };
  const { leadId, ringIds } = await submitLead(
    engine.store,
    { how: 'form', consent, source: 'drip', ...submission },
    { by: { kind: 'key', keyId: 'key-of-a-site', manager: false, role: 'site' } },
  );
  engine.relay.ring(ringIds);
  return leadId;
}

/** Everything of a mail that its reader, or the mail program, sees. */
function whole({ subject, text, html, headers }: ReceivedMail): string {
  return [subject, text, html.replaceAll(/<[^>]*>/g, ' '), JSON.stringify(headers.get('to'))].join('\n');
}

const HOSTILE = {
  firstName: `Win 500 EUR now${ODD} http://evil.example`,
  lastName: `www.evil.example${ODD}`,
  company: `Call us: evil.example/win${ODD}`,
  jobTitle: `CEO${ODD}Accept here: http://evil.example/accept`,
  industry: `${ODD}evil.example/i`,
  campaign: `a prize${ODD} http://evil.example/campaign`,
  medium: `${ODD}m`,
  content: `${ODD}c`,
  need: { productLine: `prize${ODD} http://evil.example/line`, type: `prize ${ODD}` },
  attributes: { note: `http://evil.example/note${ODD}`, harmless: `a${ODD}b` },
};

describe('a form that is full of addresses of pages', () => {
  test('puts no address into the profile: what the form stated stays with the touch, which is flagged', async () => {
    const leadId = await form({ email: 'victim@words.example', ...HOSTILE });
    const [mail] = await engine.sink.waitFor('victim@words.example', 1);
    const lead = await engine.lead(leadId);
    expect(lead).toMatchObject({ firstName: null, lastName: null, company: null, jobTitle: null });
    expect(lead.attributes).toEqual({ harmless: 'a\nb' });
    const touch = await engine.db.touch.findFirstOrThrow({ where: { leadId } });
    expect(touch.request).toMatchObject({
      notTaken: { firstName: 'Win 500 EUR now http://evil.example', 'attributes.note': 'http://evil.example/note\n' },
      suspicious: ['firstName', 'lastName', 'company', 'jobTitle', 'industry', 'campaign', 'need.productLine'],
    });
    expect(JSON.stringify(touch)).not.toMatch(UNSEEN);
    expect(mail && whole(mail)).not.toContain('evil');
  });

  test("gives a rep a brief with no link of the stranger's, and with the stranger's words marked", async () => {
    const leadId = await form({ email: 'brief@words.example', ...HOSTILE, event: { type: 'demo.requested' } });
    const { rep } = await life.offered(leadId);
    const [mail] = await engine.until(
      () => Promise.resolve(engine.sink.to(rep.email).filter(({ text }) => text.includes('brief@words.example'))),
      (mails) => mails.length > 0,
    );
    expect(mail?.subject).toBe('New lead for you: no name');
    expect(mail?.text).toContain('“prize http[:]//evil[.]example/line”');
    expect(mail && whole(mail)).not.toMatch(UNSEEN);
    expect(mail && whole(mail)).not.toMatch(/https?:\/\/evil|www\.evil|evil\.example\//);
  });
});

test('a mail names only product lines and campaigns that the playbook lists, in its spelling, whoever stated them', async () => {
  const mailFor = async (email: string, campaign: string, productLine: string): Promise<string> => {
    await engine.submit({ email, source: 'drip', campaign, need: { productLine } });
    const [mail] = await engine.sink.waitFor(email, 1);
    return mail === undefined ? '' : whole(mail);
  };
  expect(await mailFor('listed@words.example', 'SPRING fair', 'Drip-Lines')).toContain(
    'For your drip-lines, since Spring Fair',
  );
  const unlisted = await mailFor('unlisted@words.example', 'a big prize', 'a small prize');
  expect(unlisted).toContain('Hello there');
  expect(unlisted).not.toContain('prize');
});

test('a name that is stored with an address from before is not greeted by', async () => {
  const email = 'before@words.example';
  const leadId = await engine.submit({ email, source: 'drip', firstName: 'http://evil.example/win' });
  const [mail] = await engine.sink.waitFor(email, 1);
  expect((await engine.lead(leadId)).firstName).toBe('http://evil.example/win');
  expect(mail && whole(mail)).not.toContain('evil');
});
