/** Mistakes that a marketer makes in templates (front matter, MJML, Liquid, text part, links), each with its exact place and what is underlined. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readTemplates } from '../../src/email/read-templates.ts';

const FRONT = '---\nsubject: Hello\npreheader: There\ntopic: news\nkind: resource\n---\n';
const FILES = {
  '_layout.mjml':
    '<mjml><mj-body>\n[[content]]\n<mj-section><mj-column><mj-text>{{ links.unsubscribe }} {{ sender.postalAddress }}</mj-text></mj-column></mj-section>\n</mj-body></mjml>\n',
  '_button.mjml':
    '<mj-section><mj-column>\n  <mj-button href="[[href]]">[[label]]</mj-button>\n</mj-column></mj-section>\n',
};

/** Words of a mail. */
const words = (text: string): string =>
  `<mj-section><mj-column>\n  <mj-text>${text}</mj-text>\n</mj-column></mj-section>\n`;
/** A template whose words begin in column 12 of line 8. */
const says = (text: string) => ({ 'a.mjml': FRONT + words(text) });
const has = (body: string) => ({ 'a.mjml': FRONT + body });
/** One whose front matter is another. */
const front = (from: string, to: string) => ({ 'a.mjml': FRONT.replace(from, to) + words('Hi') });

/** `file:line:column [what is underlined] message` */
async function told(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'templates-'));
  for (const [name, text] of Object.entries({ ...FILES, ...files })) writeFileSync(path.join(folder, name), text);
  try {
    const { mistakes } = await readTemplates(folder, 'templates');
    return mistakes.map(({ file, line, column, message, excerpt }) => {
      const meant = excerpt?.text.slice(column - 1, column - 1 + excerpt.length) ?? '';
      return `${file.replace('templates/', '')}:${line}:${column} [${meant}] ${message}`;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it.each<[string, Record<string, string>, string[]]>([
  [
    'no front matter',
    { 'a.mjml': words('Hi') },
    [
      'a.mjml:1:1 [<mj-section] a template begins with front matter: a line ---, then subject, preheader, topic and kind,',
    ],
  ],
  [
    'front matter without an end',
    { 'a.mjml': FRONT.replace(/---\n$/, '') + words('Hi') },
    ['a.mjml:1:1 [---] this front matter has no end: write a line --- after its last field'],
  ],
  ['a field is missing', front('kind: resource\n', ''), ['a.mjml:5:1 [---] the front matter lacks "kind"']],
  ['an unknown kind', front('resource', 'ofer'), ['a.mjml:5:7 [ofer] "ofer" is not a kind']],
  ['an unknown field', front('topic', 'topik'), ['a.mjml:4:1 [topik] "topik" is not a field of a template']],
  ['a subject that is no text', front('Hello', '[1]'), ['a.mjml:2:1 [subject] "subject" must be a text']],
  ['an empty subject', front('Hello', '""'), ['a.mjml:2:1 [subject] "subject" must be a text']],
  [
    'YAML that is none',
    front('Hello', 'a: b: c'),
    ['a.mjml:2:10 [a] this is not valid YAML: Nested mappings are not allowed in compact mappings'],
  ],
  [
    'a field that stands there twice',
    front('topic: news', 'topic: news\ntopic: old'),
    ['a.mjml:5:1 [topic] this field stands here twice'],
  ],
  [
    'a topic that is none',
    front('news', 'tracking'),
    ['a.mjml:4:8 [tracking] "tracking" is the consent to be tracked and no topic of mails'],
  ],
  [
    'neither off nor on',
    front('kind:', 'opens: maybe\nkind:'),
    ['a.mjml:5:8 [maybe] "opens" is off or on, not "maybe"'],
  ],
  [
    'defaults that are a list',
    front('kind:', 'defaults: [x]\nkind:'),
    ['a.mjml:5:1 [defaults] "defaults" must give a text for each variable'],
  ],
  [
    'a default that is empty',
    front('kind:', 'defaults: { lead.firstName: "" }\nkind:'),
    ['a.mjml:5:13 [lead.firstName] "defaults" must give a text for each variable'],
  ],
  [
    'a default of an unknown variable',
    front('kind:', 'defaults: { lead.fristName: there }\nkind:'),
    ['a.mjml:5:13 [lead.fristName] unknown variable "lead.fristName"'],
  ],
  [
    'an unknown layout',
    front('kind:', 'layout: _other.mjml\nkind:'),
    ['a.mjml:5:9 [_other.mjml] there is no layout "_other.mjml"'],
  ],
  [
    'a filter in a quoted subject',
    front('Hello', '"Hi {{ lead.firstName | shout }}"'),
    ['a.mjml:2:14 [{{ lead.firstName | shout }}] undefined filter: shout'],
  ],
  [
    'a filter in a subject without quotes',
    front('Hello', 'Hi {{ lead.firstName | shout }}'),
    ['a.mjml:2:13 [{{ lead.firstName | shout }}] undefined filter: shout'],
  ],
  [
    'a condition in the preheader that has no end',
    front('There', '"There {% if lead.firstName %}"'),
    ['a.mjml:3:19 [{% if lead.firstName %}] tag {% if lead.firstName %} not closed'],
  ],
  [
    'the same unknown variable in subject and preheader',
    front('subject: Hello\npreheader: There', 'subject: "{{ lead.fristName }}"\npreheader: "{{ lead.fristName }}"'),
    [
      'a.mjml:2:14 [lead.fristName] unknown variable "lead.fristName"',
      'a.mjml:3:16 [lead.fristName] unknown variable "lead.fristName"',
    ],
  ],
  [
    'a variable in a subject of several lines',
    front('subject: Hello', 'subject: >-\n  Hello\n  {{ lead.fristName }}'),
    ['a.mjml:4:6 [lead.fristName] unknown variable "lead.fristName"'],
  ],
  [
    'a filter in a text part',
    front('kind:', 'text: |\n  Hello\n  and to {{ sender.name | shout }}\nkind:'),
    ['a.mjml:7:10 [{{ sender.name | shout }}] undefined filter: shout'],
  ],
  [
    'a condition in a text part that has no end',
    front('kind:', 'text: |\n  Hello\n  {% if lead.name %} you\nkind:'),
    ['a.mjml:7:3 [{% if lead.name %}] tag {% if lead.name %} not closed'],
  ],
  [
    'a filter in a text part on one line',
    front('kind:', 'text: "Hello {{ sender.name | shout }}"\nkind:'),
    ['a.mjml:5:14 [{{ sender.name | shout }}] undefined filter: shout'],
  ],
  [
    'a variable in a text part, twice on lines that are the same',
    front('kind:', 'text: |\n  Hello\n  {{ sender.nam }}\n  Bye\n  {{ sender.nam }}\nkind:'),
    ['a.mjml:7:6 [sender.nam] unknown variable "sender.nam"', 'a.mjml:9:6 [sender.nam] unknown variable "sender.nam"'],
  ],
  [
    'a variable in a text part on one line',
    front('kind:', 'text: "Hello {{ sender.nam }}"\nkind:'),
    ['a.mjml:5:17 [sender.nam] unknown variable "sender.nam"'],
  ],
  [
    'an address in a text part',
    front('kind:', 'text: |\n  Hello\n  See https:// now\nkind:'),
    ['a.mjml:7:7 [https://] "https://" is no address'],
  ],
  [
    'a condition that has no end',
    says('a {% if lead.name %} b'),
    ['a.mjml:8:14 [{% if lead.name %}] tag {% if lead.name %} not closed'],
  ],
  ['an output that is not closed', says('a {{ lead.name b'), ['a.mjml:8:14 [{{ lead.name b] this is not closed']],
  ['a tag that is not closed', says('a {% if lead.name b'), ['a.mjml:8:14 [{% if lead.name b] this is not closed']],
  ['an unknown tag', says("a {% includ 'x' %}"), [`a.mjml:8:14 [{% includ 'x' %}] tag "includ" not found`]],
  ['an end without a beginning', says('a {% endif %}'), ['a.mjml:8:14 [{% endif %}] tag "endif" not found']],
  [
    'a comment that has no end',
    says('a {% comment %} x'),
    ['a.mjml:8:14 [{% comment %}] tag {% comment %} not closed'],
  ],
  [
    'an unknown filter',
    says('a {{ lead.name | upkase }}'),
    ['a.mjml:8:14 [{{ lead.name | upkase }}] undefined filter: upkase'],
  ],
  [
    'a filter that is not allowed',
    says('a {{ lead.name | raw }}'),
    ['a.mjml:8:14 [{{ lead.name | raw }}] undefined filter: raw'],
  ],
  [
    'a comparison that is read as a tag',
    says('a {% if lead.attributes.size <5 %}x{% endif %}'),
    ['a.mjml:8:14 [{% if lead.attributes.size <5 %}] a tag was read here: write "less than" with spaces around <'],
  ],
  [
    'a loop without end',
    says('{% for i in (1..100000000) %}x{% endfor %}'),
    [
      'a.mjml:8:12 [{% for i in (1..100000000) %}] this cannot be rendered at {% for i in (1..100000000) %}: it makes too much text',
    ],
  ],
  [
    'unknown variables on two lines',
    says('Hi {{ lead.fristName }}\n  and {{ lead.lsatName }}'),
    [
      'a.mjml:8:18 [lead.fristName] unknown variable "lead.fristName"',
      'a.mjml:9:10 [lead.lsatName] unknown variable "lead.lsatName"',
    ],
  ],
  [
    'an unknown variable in a condition',
    says('Hi {% if lead.fristName %}x{% endif %}'),
    ['a.mjml:8:21 [lead.fristName] unknown variable "lead.fristName"'],
  ],
  [
    'an unknown variable in a loop',
    says('Hi {% for r in brif.reasons %}x{% endfor %}'),
    ['a.mjml:8:27 [brif.reasons] unknown variable "brif"'],
  ],
  [
    'an unknown variable as a fallback',
    says('Hi {{ lead.firstName | default: lead.nmae }}'),
    ['a.mjml:8:44 [lead.nmae] unknown variable "lead.nmae"'],
  ],
  [
    'an unknown variable in an address',
    says('<a href="https://x.example/?c={{ lead.cmpany }}">x</a>'),
    ['a.mjml:8:45 [lead.cmpany] unknown variable "lead.cmpany"'],
  ],
  [
    'an unknown variable in what a part is given',
    has('<mj-include path="./_button.mjml"\n  href="https://x.example/" label="Go {{ lead.fristName }}" />\n'),
    ['a.mjml:8:42 [lead.fristName] unknown variable "lead.fristName"'],
  ],
  [
    'a variable of mails to reps',
    says('Hi {{ brief.score }}'),
    ['a.mjml:8:18 [brief.score] "brief" is known only in mails to reps (kind: transactional), and would be empty here'],
  ],
  [
    'lines that end as on Windows',
    { 'a.mjml': (FRONT + words('Hi {{ lead.fristName }}')).replaceAll('\n', '\r\n') },
    ['a.mjml:8:18 [lead.fristName] unknown variable "lead.fristName"'],
  ],
  [
    'an unknown attribute',
    has(words('Hi').replace('<mj-text>', '<mj-text hue="red">')),
    ['a.mjml:8:3 [<mj-text] Attribute hue is illegal (<mj-text>)'],
  ],
  [
    'an attribute with a value that is none',
    has(words('Hi').replace('<mj-text>', '<mj-text color="redd">')),
    ['a.mjml:8:3 [<mj-text] Attribute color has invalid value: redd for type Color (<mj-text>)'],
  ],
  [
    'an unknown element',
    has(words('Hi').replaceAll('mj-text', 'mj-txt')),
    [`a.mjml:8:3 [<mj-txt] Element mj-txt doesn't exist or is not registered (<mj-txt>)`],
  ],
  [
    'several mistakes of MJML, all at once',
    has(
      `${words('x').replace('<mj-text>', '<mj-text hue="red" color="redd">')}${words('y').replace('<mj-text>', '<mj-text size="3">')}`,
    ),
    [
      'a.mjml:8:3 [<mj-text] Attribute hue is illegal (<mj-text>)',
      'a.mjml:8:3 [<mj-text] Attribute color has invalid value: redd for type Color (<mj-text>)',
      'a.mjml:11:3 [<mj-text] Attribute size is illegal (<mj-text>)',
    ],
  ],
  [
    'an unknown element in the middle of a line',
    has('<mj-section><mj-column><mj-text>ok</mj-text><mj-txt>x</mj-txt></mj-column></mj-section>\n'),
    [`a.mjml:7:45 [<mj-txt] Element mj-txt doesn't exist or is not registered (<mj-txt>)`],
  ],
  [
    'an element in the wrong place',
    has('<mj-text>x</mj-text>\n'),
    ['a.mjml:7:1 [<mj-text] mj-text cannot be used inside mj-body, only inside: mj-attributes, mj-column, mj-hero'],
  ],
  [
    'an element that is not closed',
    has('<mj-section><mj-column>\n  <mj-text>x</mj-column></mj-section>\n'),
    ['a.mjml:8:3 [<mj-text] <mj-text> is not closed'],
  ],
  [
    'words that MJML drops',
    has('<mj-section>\n  lost words</mj-section>\n'),
    ['a.mjml:8:3 [lost] text directly in <mj-section> would be lost'],
  ],
  [
    'a tag that MJML drops',
    has('<mj-section><mj-column>\n  {% if lead.name %}<mj-text>x</mj-text>{% endif %}</mj-column></mj-section>\n'),
    [
      'a.mjml:8:3 [{% if lead.name %}] text directly in <mj-column> would be lost',
      'a.mjml:8:41 [{% endif %}] text directly in <mj-column> would be lost',
    ],
  ],
  [
    'mistakes of every sort in one template',
    {
      'a.mjml':
        FRONT.replace('topic', 'topik').replace('Hello', '"{{ lead.frstName }}"') +
        words('{{ lead.lastNme }} {{ lead.name | capitalise }} {{ lead.name | shout }}') +
        words('<a href="shop.example">x</a>').replace('<mj-text>', '<mj-text hue="red">'),
    },
    [
      'a.mjml:4:1 [topik] "topik" is not a field of a template',
      'a.mjml:8:31 [{{ lead.name | capitalise }}] undefined filter: capitalise',
      'a.mjml:8:60 [{{ lead.name | shout }}] undefined filter: shout',
      'a.mjml:11:3 [<mj-text] Attribute hue is illegal (<mj-text>)',
      'a.mjml:2:14 [lead.frstName] unknown variable "lead.frstName"',
      'a.mjml:8:15 [lead.lastNme] unknown variable "lead.lastNme"',
      'a.mjml:11:31 [shop.example] "shop.example" lacks its beginning',
    ],
  ],
  [
    'a tag that is none beside a variable that is none; what a tag would have made is not told',
    says('{% iff lead.name %}{{ own }}{{ lead.nme }}{% endif %}'),
    ['a.mjml:8:12 [{% iff lead.name %}] tag "iff" not found', 'a.mjml:8:43 [lead.nme] unknown variable "lead.nme"'],
  ],
  [
    'a template and the same in another language',
    {
      ...front('kind: resource', 'kind: resorce'),
      'a.de.mjml': `---\nsubject: Hallo\n---\n${words('{{ lead.nme }}')}`,
    },
    [
      'a.mjml:5:7 [resorce] "resorce" is not a kind',
      'a.de.mjml:3:1 [---] the front matter lacks "preheader"',
      'a.de.mjml:5:15 [lead.nme] unknown variable "lead.nme"',
    ],
  ],
  [
    'styles that are put inline, in the layout',
    {
      ...says('Hi'),
      '_layout.mjml': FILES['_layout.mjml'].replace(
        '<mj-body>',
        '<mj-head>\n  <mj-style inline="inline">a{}</mj-style></mj-head><mj-body>',
      ),
    },
    ['_layout.mjml:2:3 [<mj-style] inline styles are not supported'],
  ],
  [
    'an unknown part',
    has('\n <mj-include path="./_nothing.mjml" />\n'),
    ['a.mjml:8:2 [<mj-include] there is no part "./_nothing.mjml"'],
  ],
  [
    'a part without a path',
    has('\n <mj-include label="x" />\n'),
    ['a.mjml:8:2 [<mj-include] <mj-include> needs a path'],
  ],
  [
    'a part that lacks a value',
    has('<mj-include path="./_button.mjml" label="Go" />\n'),
    [
      '_button.mjml:2:20 [[[href]]] [[href]] has no value: give href="…" to the <mj-include> (used at templates/a.mjml:7:1)',
    ],
  ],
  [
    'a part with a value too many',
    has('<mj-include path="./_button.mjml" href="https://x.example/" label="Go" size="3" />\n'),
    ['_button.mjml:1:1 [<mj-section] this part has no [[size]], but the attribute "size" was given (used at'],
  ],
  [
    'parts in a circle',
    {
      ...has('<mj-include path="./_a.mjml" />\n'),
      '_a.mjml': '<mj-include path="./_b.mjml" />',
      '_b.mjml': '<mj-include path="./_a.mjml" />',
    },
    ['_b.mjml:1:1 [<mj-include] parts are nested more than 8 deep: "./_a.mjml" seems to include itself (used at'],
  ],
  [
    'an unknown attribute in a part',
    { ...has('<mj-include path="./_p.mjml" />\n'), '_p.mjml': words('x').replace('<mj-text>', '<mj-text hue="red">') },
    ['_p.mjml:2:3 [<mj-text] Attribute hue is illegal (<mj-text>)'],
  ],
  [
    'an unknown filter in a part',
    { ...has('<mj-include path="./_p.mjml" />\n'), '_p.mjml': words('{{ lead.name | upkase }}') },
    ['_p.mjml:2:12 [{{ lead.name | upkase }}] undefined filter: upkase'],
  ],
  [
    'an unknown filter in what a part is given',
    has('<mj-include path="./_button.mjml" href="https://x.example/"\n label="Go {{ lead.name | upkase }}" />\n'),
    ['a.mjml:8:12 [{{ lead.name | upkase }}] undefined filter: upkase'],
  ],
  [
    'an address with a space',
    says('See <a href="https://exa mple.com/x">this</a>'),
    ['a.mjml:8:25 [https://exa mple.com/x] "https://exa mple.com/x" has a space in it'],
  ],
  [
    'the second address of a line',
    says('<a href="https://ok.example/">a</a> <a href="/b">b</a>'),
    ['a.mjml:8:57 [/b] "/b" is the address of no site: a mail has no page that it could begin from'],
  ],
  [
    'an address that a part is given',
    has('<mj-include path="./_button.mjml" href="www.shop.example" label="Go" />\n'),
    ['a.mjml:7:41 [www.shop.example] "www.shop.example" lacks its beginning'],
  ],
  [
    'a picture without words',
    has(words('x').replace('<mj-text>x</mj-text>', '<mj-image src="https://x.example/a.png" />')),
    ['a.mjml:8:3 [<mj-image] <mj-image> has no alt text: add alt="…" with what it shows, or alt="" if it says nothing'],
  ],
  [
    'a picture of no site',
    has(words('x').replace('<mj-text>x</mj-text>', '<mj-image src="/a.png" alt="" />')),
    ['a.mjml:8:18 [/a.png] "/a.png" is the address of no site: a mail has no page that it could begin from'],
  ],
  [
    'a layout without a footer',
    { ...says('Hi'), '_layout.mjml': '<mjml>\n<mj-body>\n[[content]]\n</mj-body>\n</mjml>\n' },
    [
      '_layout.mjml:4:1 [</mj-body] a mail to leads must show {{ links.unsubscribe }} or {{ links.preferences }}, as the',
      '_layout.mjml:4:1 [</mj-body] a mail to leads must show {{ sender.postalAddress }}, as the footer of _layout.mjml does',
    ],
  ],
  [
    'a name that cannot be a key',
    { 'Hello World.mjml': FRONT + words('Hi') },
    [`Hello World.mjml:1:1 [---] a template's name has small letters, digits and dashes only`],
  ],
  [
    'another kind in another language',
    { ...says('Hi'), 'a.de.mjml': '---\nsubject: Hallo\npreheader: Da\nkind: offer\n---\n' + words('Hi') },
    ['a.de.mjml:4:7 [offer] templates/a.mjml says "resource": the kind is the same in every language'],
  ],
  [
    'another language of nothing',
    { 'b.de.mjml': '---\nsubject: Hallo\npreheader: Da\n---\n' + words('Hi') },
    ['b.de.mjml:1:1 [---] there is no b.mjml beside it, for readers of all other languages'],
  ],
  [
    'an unknown filter in another language',
    { ...says('Hi'), 'a.de.mjml': '---\nsubject: Hallo\npreheader: Da\n---\n' + words('Hi {{ lead.name | upkase }}') },
    ['a.de.mjml:6:15 [{{ lead.name | upkase }}] undefined filter: upkase'],
  ],
])('%s', async (_what, files, expected) => {
  const found = await told(files);
  expect(found).toHaveLength(expected.length);
  for (const [n, line] of expected.entries()) expect(found[n]).toContain(line);
});
