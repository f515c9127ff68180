/** The line at the foot of a mail says why its reader gets it: only what is true of this lead. */
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { leadMail } from '../../src/effects/lead-mail.ts';
import { compileTemplate } from '../../src/email/compile.ts';
import { render } from '../../src/email/render.ts';
import { readFolders, type ReadPlaybook } from '../../src/playbook/read-folders.ts';
import { emptyContext } from './fixtures.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
type Mail = Parameters<typeof leadMail>[0];
type Touch = NonNullable<Mail['picture']['needTouch']>;

let sample: ReadPlaybook;
beforeAll(async () => {
  sample = await readFolders({
    playbookDir: path.join(ROOT, 'playbook'),
    templatesDir: path.join(ROOT, 'templates'),
  });
});

/** The foot of the invitation to the webinar, from the cadence that is about its campaign. */
async function footOf(touch: Partial<Touch>): Promise<string> {
  const { playbook, templates } = sample;
  const template = templates.get('webinar-invitation');
  const cadenceAsPinned = playbook.cadences.find(({ campaign }) => campaign === 'frost-webinar');
  if (template === undefined || cadenceAsPinned === undefined) throw new Error('the sample has no webinar');
  const unnamed = { firstName: null, lastName: null, company: null, jobTitle: null };
  const lead = {
    ...unnamed,
    email: 'ada@one.example',
    language: 'en',
    country: 'DE',
    timeZone: 'Europe/Berlin',
    attributes: {},
  };
  const needTouch = { campaignKey: null, inbound: true, how: 'form', occurredAt: new Date('2026-12-01T09:00:00Z') };
  const picture = {
    lead: lead as unknown as Mail['picture']['lead'],
    need: null,
    needTouch: { ...needTouch, ...touch },
  };
  const mail = { playbook, picture, at: new Date('2026-12-09T09:00:00Z') };
  const { context } = leadMail(mail, template, { key: null, cadenceAsPinned });
  expect(context.campaign?.name).toMatch(/^Frost nights/);
  const { text } = render(await compileTemplate(template), { ...emptyContext, ...context });
  return text.replaceAll(/\s+/g, ' ');
}

test('a lead that never touched the campaign of the cadence is not told that it did', async () => {
  const foot = await footOf({});
  expect(foot).toContain('because you got in touch with Brookfield Irrigation Ltd on December 1, 2026.');
});

test('a lead that came by the campaign is told so', async () => {
  expect(await footOf({ campaignKey: 'frost-webinar' })).toContain(
    'because you got in touch with Brookfield Irrigation Ltd on December 1, 2026 (Frost nights, and how to sleep through them).',
  );
});

test('who came by a list asked for nothing: its consent is why', async () => {
  for (const touch of [{ how: 'csv' }, { inbound: false }]) {
    const foot = await footOf(touch);
    expect(foot).toContain('because you agreed to mail from Brookfield Irrigation Ltd.');
    expect(foot).not.toContain('in touch');
  }
});
