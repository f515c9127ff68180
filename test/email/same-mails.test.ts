/** Two templates that are one mail under two names. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readTemplates } from '../../src/email/read-templates.ts';

const FOOTER = '<mj-text>{{ links.unsubscribe }} {{ sender.postalAddress }}</mj-text>';

interface Mail {
  subject?: string;
  preheader?: string;
  kind?: string;
  /** Written by hand. */
  text?: string;
  body: string;
}

function mail({ subject = 'Hello', preheader = 'There', kind = 'resource', text, body }: Mail): string {
  const front = [`subject: "${subject}"`, `preheader: ${preheader}`, 'topic: news', `kind: ${kind}`];
  if (text !== undefined) front.push(`text: "${text}"`);
  return `---\n${front.join('\n')}\n---\n<mjml><mj-body><mj-section><mj-column>${body}${FOOTER}</mj-column></mj-section></mj-body></mjml>\n`;
}

/** What is said of mails that read the same. */
async function told(files: Record<string, Mail>): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'templates-'));
  for (const [name, one] of Object.entries(files)) writeFileSync(path.join(folder, `${name}.mjml`), mail(one));
  try {
    const { mistakes, warnings } = await readTemplates(folder, 'templates');
    expect(mistakes).toEqual([]);
    return warnings
      .filter(({ message }) => message.includes('this mail reads as'))
      .map(({ file, line, message }) => `${file}:${line} ${message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const BODY =
  '<mj-text>Read <a href="https://shop.example/a">the guide</a>, {{ lead.firstName | default: "you" }}</mj-text>';
const LOOKS = BODY.replace('<mj-text>', '<mj-text color="#123456"  font-size="20px">').replace('Read ', 'read  ');

it('is told with both places, however different it looks', async () => {
  expect(await told({ guide: { body: BODY }, later: { subject: 'hello', preheader: 'Else', body: LOOKS } })).toEqual([
    expect.stringMatching(/^templates\/later\.mjml:2 this mail reads as guide does \(templates\/guide\.mjml:2:10\)/),
  ]);
});

it.each<[string, Mail]>([
  ['another subject', { subject: 'Hello again', body: BODY }],
  ['another link', { body: BODY.replace('/a"', '/b"') }],
  ['other words', { body: BODY.replace('guide', 'checklist') }],
  ['a mail to reps', { kind: 'transactional', body: BODY }],
])('%s makes another mail', async (_name, other) => {
  expect(await told({ guide: { body: BODY }, other })).toEqual([]);
});

it('a short text part by hand does not make one of two mails', async () => {
  const text = 'See the mail. {{ links.unsubscribe }}';
  const other = BODY.replace('guide', 'checklist');
  expect(await told({ guide: { text, body: BODY }, other: { text, body: other } })).toEqual([]);
  expect(await told({ guide: { text, body: BODY }, other: { text, body: BODY } })).toHaveLength(1);
});

it('in another language, too', async () => {
  const german = { subject: 'Hallo', body: BODY.replace('Read', 'Lies') };
  const found = await told({
    guide: { body: BODY },
    'guide.de': german,
    other: { subject: 'Other', body: BODY },
    'other.de': german,
  });
  expect(found).toEqual([expect.stringMatching(/^templates\/other\.de\.mjml:2 .*templates\/guide\.de\.mjml:2:10/)]);
});
