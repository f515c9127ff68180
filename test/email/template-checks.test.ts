/** What is found in templates before they are published: links, pictures, size. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { compileTemplate } from '../../src/email/compile.ts';
import { readTemplates } from '../../src/email/read-templates.ts';
import { render } from '../../src/email/render.ts';
import { emptyContext } from './fixtures.ts';

const FRONT = 'subject: Hello\npreheader: There\ntopic: news\nkind: resource\n';

const FOOTER = '<mj-text>{{ links.unsubscribe }} {{ sender.postalAddress }}</mj-text>';

async function read(content: string, front = FRONT, footer = FOOTER) {
  const folder = mkdtempSync(path.join(tmpdir(), 'templates-'));
  const body = `<mjml><mj-body><mj-section><mj-column>\n${content}\n${footer}</mj-column></mj-section></mj-body></mjml>`;
  writeFileSync(path.join(folder, 'a.mjml'), `---\n${front}---\n${body}\n`);
  try {
    return await readTemplates(folder, 'templates');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function problem(content: string, front = FRONT): Promise<string> {
  const { mistakes } = await read(content, front);
  return mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`).join('\n');
}

const link = (href: string): string => `<mj-text>See <a href="${href}">this</a></mj-text>`;

it.each([
  ['https://exa mple.com/x', '8:23 "https://exa mple.com/x" has a space in it'],
  ['https://', '"https://" is no address; write one such as https://shop.example/page'],
  ['https:///x', '"https:///x" is no address'],
  ['www.shop.example', '"www.shop.example" lacks its beginning; write https://www.shop.example'],
  ['//shop.example/x', 'write https://shop.example/x'],
  ['/prices', '"/prices" is the address of no site'],
  ['prices.html', 'write it whole, as in https://shop.example/prices.html'],
  ['../prices', 'is the address of no site'],
  ['javascript:alert(1)', 'a mail program does not follow "javascript:alert(1)"'],
  ['mailto:', '"mailto:" names no mailbox'],
  ['', 'href="" leads nowhere'],
])('the link "%s" is a mistake', async (href, message) => {
  expect(await problem(link(href))).toContain(message);
});

it.each([
  'https://x.example/ä?f[0]=x#y',
  'http://localhost:3000/x',
  "https://{{ lead.attributes.site | default: 'x.example' }}/x",
  "{{ campaign.url | default: 'https://x.example' }}",
  "https://shop.example/?c={{ lead.company | default: 'a b' }}",
  'mailto:a@x.example?subject=Hello%20there',
  'tel:+49 30 123',
  '#top',
])('the link "%s" is none', async (href) => {
  expect(await problem(link(href))).toBe('');
});

const WITH_SITE = '{% assign u = lead.attributes.site | strip %}{% capture w %}{{ u }}/x{% endcapture %}';

it.each([
  ['{{ lead.attributes.website }}', 'lead.attributes.website'],
  ["{{ lead.attributes['website'] }}", 'lead.attributes.website'],
  ['https://{{ lead.attributes.site }}/x', 'lead.attributes.site'],
  ['https://{{ lead.company | downcase }}.shop.example/x', 'lead.company'],
  ['https://shop.example{{ lead.attributes.path }}', 'lead.attributes.path'],
  ["{{ 'https://' | append: lead.attributes.site }}", 'lead.attributes.site'],
  ['{{ campaign.url | default: lead.attributes.site }}', 'lead.attributes.site'],
  ['{% if lead.company %}https://x.example/{% else %}{{ lead.attributes.site }}{% endif %}', 'lead.attributes.site'],
  ['{{ u }}', 'u'],
  ['{{ w }}', 'w'],
  ['{{ campaign.url }}{{ lead.attributes.path }}', 'lead.attributes.path'],
])('the link "%s" leads where a lead says: a warning', async (href, name) => {
  const { mistakes, warnings } = await read(`<mj-text>${WITH_SITE}</mj-text>${link(href)}`);
  expect(mistakes).toEqual([]);
  const told = warnings.filter(({ message }) => message.includes('says to which site this link leads'));
  expect(told.map(({ message }) => message.split(',')[0])).toEqual([name]);
  expect(told[0]?.excerpt?.text.slice((told[0].column || 1) - 1)).toMatch(/^[{h]/);
});

it.each([
  'https://shop.example/{{ lead.attributes.site }}?x={{ lead.company }}',
  "{{ 'https://shop.example/s' | append: lead.company }}",
  "{{ 'https://shop.example' | link: q: lead.company }}",
  "{{ lead.attributes.path | prepend: 'https://shop.example/' }}",
  "{{ campaign.url | default: 'https://shop.example/' }}?c={{ lead.company }}",
  'https://{{ lead.country | downcase }}.shop.example/',
  '{% if lead.company %}https://x.example{% else %}https://y.example{% endif %}/?c={{ lead.company }}',
  '{% case lead.attributes.site %}{% when "a" %}https://a.example/{% else %}https://b.example/{% endcase %}',
  'mailto:a@shop.example?subject={{ lead.company | url_encode }}',
  '{{ links.preferences }}',
])('the link "%s" leads where the template says', async (href) => {
  const { warnings } = await read(link(href));
  expect(warnings.filter(({ message }) => message.includes('says to which site'))).toEqual([]);
});

it('a picture and a hand-written text part are looked at likewise', async () => {
  const { warnings } = await read(
    '<mj-image src="{{ lead.attributes.photo }}" alt="" />',
    `${FRONT}text: "See https://{{ lead.attributes.site }}. {{ links.unsubscribe }}"\n`,
  );
  const told = warnings.filter(({ message }) => message.includes('says to which site'));
  expect(told.map(({ line, message }) => [line, /^\S+(?=,)/.exec(message)?.[0]])).toEqual([
    [9, 'lead.attributes.photo'],
    [6, 'lead.attributes.site'],
  ]);
});

it('a picture has an address of its own and words for those who do not see it', async () => {
  expect(await problem('<mj-image src="https://x.example/a.png" />')).toContain('8:1 <mj-image> has no alt text');
  expect(await problem('<mj-text><img src="https://x.example/a.png"></mj-text>')).toContain('<img> has no alt text');
  expect(await problem('<mj-image src="/a.png" alt="" />')).toContain('"/a.png" is the address of no site');
  expect(await problem('<mj-image src="data:image/png;base64,x" alt="" />')).toContain('do not show pictures that are');
  expect(await problem('<mj-image src="https://x.example/a.png" alt="" />')).toBe('');
});

it('an address in a hand-written text part is checked too', async () => {
  expect(await problem('<mj-text>x</mj-text>', `${FRONT}text: "See https:// or https://x.example."\n`)).toContain(
    '"https://" is no address',
  );
});

it('a mail that Gmail would cut off is a mistake, with its size; one that is nearly so is warned of', async () => {
  const words = (kilobytes: number): string => `<mj-text>${'0123456789abcde '.repeat(kilobytes * 64)}</mj-text>`;
  expect(await problem(words(110))).toMatch(/the mail has 11\d\.\d KB of HTML, and Gmail cuts it off at 102 KB/);
  const { mistakes, warnings } = await read(words(92));
  expect(mistakes).toEqual([]);
  expect(warnings.map(({ message }) => message).join()).toMatch(/the mail has 9\d\.\d KB of HTML/);
});

it('nothing of the mail stands behind the preheader in the inbox', async () => {
  const { templates } = await read('<mj-text>First words</mj-text>');
  const [source] = templates;
  if (source === undefined) throw new Error('no template');
  const { html, text } = render(await compileTemplate(source), emptyContext);
  const [, hidden = ''] = /<div style="display:none[^>]*>([^]*?)<\/div>/.exec(html) ?? [];
  expect(hidden).toMatch(/^There(?:&#847;&zwnj;&nbsp;){80}$/);
  expect(html.indexOf(hidden)).toBeLessThan(html.indexOf('First words'));
  expect(text).not.toContain('There');
});

it.each([
  ['', ['{{ links.unsubscribe }} or {{ links.preferences }}', '{{ sender.postalAddress }}']],
  [
    `<mj-text><!-- ${FOOTER} --></mj-text>`,
    ['{{ links.unsubscribe }} or {{ links.preferences }}', '{{ sender.postalAddress }}'],
  ],
  [
    '<mj-text>{% comment %}{{ links.unsubscribe }}{% endcomment %}{{ sender.postalAddress }}</mj-text>',
    ['{{ links.unsubscribe }} or {{ links.preferences }}'],
  ],
  ['<mj-text><a href="{{ links.preferences }}">Choose</a></mj-text>', ['{{ sender.postalAddress }}']],
  ['<mj-text><a href="{{ links.preferences }}">Choose</a> {{ sender.postalAddress }}</mj-text>', []],
])('a mail to leads shows how to leave and who sends it, where its reader sees it: %s', async (footer, missing) => {
  const { mistakes } = await read('<mj-text>Hi</mj-text>', FRONT, footer);
  const [place] = mistakes;
  expect(mistakes.map(({ message }) => message)).toEqual(
    missing.map((what) => `a mail to leads must show ${what}, as the footer of _layout.mjml does`),
  );
  // Where the footer would stand.
  if (place !== undefined) expect([place.file, place.line]).toEqual(['templates/a.mjml', 9]);
});

it.each([
  [
    '<mj-text><span style="display:none">{{ links.unsubscribe }}</span> {{ sender.postalAddress }}</mj-text>',
    ['links.unsubscribe'],
  ],
  [
    '<mj-text>{% if lead.company %}<a href="{{ links.preferences }}">Choose</a> {{ sender.postalAddress }}{% endif %}</mj-text>',
    ['links.unsubscribe', 'sender.postalAddress'],
  ],
  [
    '<mj-raw><!--[if mso]><p>{{ sender.postalAddress }}</p><![endif]--></mj-raw><mj-text><a href="{{ links.preferences }}">Choose</a></mj-text>',
    ['sender.postalAddress'],
  ],
])('a footer that not every reader sees is a mistake: %s', async (footer, missing) => {
  const { mistakes } = await read('<mj-text>Hi</mj-text>', FRONT, footer);
  expect(mistakes.map(({ message }) => message)).toEqual(missing.map((what) => expect.stringContaining(what)));
});

it('a footer may be written in capitals', async () => {
  const footer = '<mj-text><a href="{{ links.unsubscribe }}">Leave</a> {{ sender.postalAddress | upcase }}</mj-text>';
  expect((await read('<mj-text>Hi</mj-text>', FRONT, footer)).mistakes).toEqual([]);
});

it('a text part by hand without a way to leave is warned of', async () => {
  const { warnings } = await read('<mj-text>Hi</mj-text>', `${FRONT}text: Hello there\n`);
  expect(warnings.map(({ message }) => message).join()).toContain('the text part shows no {{ links.unsubscribe }}');
  const { warnings: none } = await read('<mj-text>Hi</mj-text>', `${FRONT}text: "Leave: {{ links.unsubscribe }}"\n`);
  expect(none.map(({ message }) => message).join()).not.toContain('text part');
});

it('a value that may not be known is warned of at each place that shows it', async () => {
  const front = FRONT.replace(/^subject: .*$/m, 'subject: "From {{ campaign.starts | date }}"');
  const { warnings } = await read(
    '<mj-text>{{ campaign.starts | date }} and {{ campaign.starts }}</mj-text>\n<mj-text>{{ campaign.starts }}</mj-text>',
    front,
  );
  const told = warnings.filter(({ message }) => message.startsWith('campaign.starts may not be known'));
  const text = told.map(
    ({ line, column, excerpt }) => `${line}:${column} ${excerpt?.text.slice(column - 1, column - 1 + excerpt.length)}`,
  );
  const [subject, ...body] = text;
  expect(subject).toMatch(/^2:16 \{\{ campaign\.starts \| date \}\}$/);
  expect(body.map((one) => one.replace(/^\d+/, ''))).toEqual([
    ':10 {{ campaign.starts | date }}',
    ':43 {{ campaign.starts }}',
    ':10 {{ campaign.starts }}',
  ]);
});
