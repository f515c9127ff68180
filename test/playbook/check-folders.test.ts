/** What `validate` finds in the two folders together, with the line and the piece of it that is meant. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mistakeToText } from '../../src/language/problems.ts';
import { neverSeen } from '../../src/playbook/never-seen.ts';
import { checkFolders } from '../../src/playbook/read-folders.ts';
import { checkAll } from '../../src/simulate/check-folders.ts';

const ROOT = join(import.meta.dirname, '..', '..');
let dir: string;
const folders = () => ({ playbookDir: join(dir, 'playbook'), templatesDir: join(dir, 'templates') });

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'folders-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const FRONT = '---\nsubject: Hello\npreheader: There\ntopic: news\nkind: resource\n---\n';
const BODY = '<mj-section><mj-column><mj-text>\nHi {{ lead.firstName }}\n</mj-text></mj-column></mj-section>\n';

/** The mistakes of the sample folders with some files written anew, and what is underlined. */
async function found(changes: Readonly<Record<string, string>>): Promise<string[]> {
  for (const name of ['playbook', 'templates']) {
    rmSync(join(dir, name), { recursive: true, force: true });
    cpSync(join(ROOT, name), join(dir, name), { recursive: true });
  }
  for (const [file, text] of Object.entries(changes)) writeFileSync(join(dir, file), text);
  const { mistakes } = await checkAll(folders());
  return mistakes.map((one) => {
    const { excerpt, column } = one;
    const meant = excerpt === null ? '' : ` [${excerpt.text.slice(column - 1, column - 1 + excerpt.length)}]`;
    return mistakeToText(one).replace(`${dir}/`, '') + meant;
  });
}

it.each<[string, Record<string, string>, string[]]>([
  ['nothing, where nothing is wrong', {}, []],
  [
    'cadences and templates together; a template with a mistake is known all the same',
    {
      'playbook/cadences/extra.yaml': 'name: Extra\nsteps:\n  - email: extra\n  - wait: 2 dayz\n  - email: extraa\n',
      'templates/extra.mjml': FRONT + BODY.replace('lead.firstName', 'lead.fristName'),
    },
    [
      'playbook/cadences/extra.yaml:4:11  step 2 ‘wait-after-extra’, wait: expected a duration such as "2 days" or "P2D", found "2 dayz" [2 dayz]',
      'playbook/cadences/extra.yaml:5:12  step 3 ‘extraa’, email: unknown template "extraa"; did you mean "extra"? [extraa]',
      'templates/extra.mjml:8:7  unknown variable "lead.fristName"; did you mean "lead.firstName"? [lead.fristName]',
    ],
  ],
  [
    'a variable in subject, preheader and a handwritten text part',
    {
      'templates/extra.mjml': `---\nsubject: "Hi {{ led.firstName }}"\npreheader: "{{ need.produktLine }}"\ntopic: news\nkind: resource\ntext: |\n  Hello\n  and {{ sender.name }}, {{ sender.nam }}\n---\n${BODY}`,
    },
    [
      'templates/extra.mjml:2:17  unknown variable "led"; did you mean "lead"? [led.firstName]',
      'templates/extra.mjml:3:16  unknown variable "need.produktLine"; did you mean "need.productLine"? [need.produktLine]',
      'templates/extra.mjml:8:29  unknown variable "sender.nam"; did you mean "sender.name"? [sender.nam]',
    ],
  ],
  [
    'what only mails to reps have',
    { 'templates/extra.mjml': FRONT + BODY.replace('lead.firstName', 'brief.score') },
    [
      'templates/extra.mjml:8:7  "brief" is known only in mails to reps (kind: transactional), and would be empty here [brief.score]',
    ],
  ],
  [
    'a mistake in a shared part once, however many templates have it',
    {
      'templates/_hello.mjml':
        '<mj-section><mj-column><mj-text>\n{{ lead.nam }}\n</mj-text></mj-column></mj-section>\n',
      'templates/one.mjml': `${FRONT}<mj-include path="./_hello.mjml" />\n`,
      'templates/two.mjml': `${FRONT}<mj-include path="./_hello.mjml" />\n`,
    },
    ['templates/_hello.mjml:2:4  unknown variable "lead.nam"; did you mean "lead.name"? [lead.nam]'],
  ],
  [
    'markup, front matter and Liquid of several templates',
    {
      'templates/a.mjml': `${FRONT}<mj-section>lost words</mj-section>\n`,
      'templates/b.mjml': FRONT.replace('resource', 'ofer') + BODY,
      'templates/c.mjml': FRONT + BODY.replace('lead.firstName', 'lead.firstName | upkase'),
    },
    [
      'templates/a.mjml:7:13  text directly in <mj-section> would be lost; put a Liquid tag into <mj-raw>…</mj-raw> and words into <mj-text> [lost]',
      'templates/b.mjml:5:7  "ofer" is not a kind; use one of resource, invitation, offer, news, transactional; did you mean "offer"? [ofer]',
      'templates/c.mjml:8:4  undefined filter: upkase, in {{ lead.firstName | upkase }}; did you mean "upcase"? [{{ lead.firstName | upkase }}]',
    ],
  ],
  [
    'names in a persona that the playbook does not have',
    {
      'playbook/personas/ann.yaml': `name: Ann
profile: { email: ann@ann.example }
event: { type: ebook.downloadet }
reads: { mails: [{ mail: ebook-chek-list, does: open }] }
does:
  - { day: 3, event: demo.reqested }
  - { day: 4, request: { event: { type: webinar.registred } } }
rep:
  answers: [{ decision: reject, reason: to-early }]
  tasks: { result: reachd }
`,
      'playbook/personas/bob.yaml':
        'name: Bob\nprofile: { email: bob@bob.example }\nenterAt: { stage: assigned, owner: helenn }\n',
    },
    [
      'playbook/personas/ann.yaml:3:16  event.type: unknown event "ebook.downloadet"; did you mean "ebook.downloaded"? [ebook.downloadet]',
      'playbook/personas/ann.yaml:4:26  reads.mails 1, mail: unknown template "ebook-chek-list"; did you mean "ebook-checklist"? [ebook-chek-list]',
      'playbook/personas/ann.yaml:6:22  does 1, event: unknown event "demo.reqested"; did you mean "demo.requested"? [demo.reqested]',
      'playbook/personas/ann.yaml:7:41  does 2, request.event.type: unknown event "webinar.registred"; did you mean "webinar.registered"? [webinar.registred]',
      'playbook/personas/ann.yaml:9:41  rep.answers 1, reason: unknown reason "to-early"; did you mean "too-early"? [to-early]',
      'playbook/personas/ann.yaml:10:20  rep.tasks.result: expected "reached" or "no-answer" or "left-message" or "wrong-contact" or "other", found "reachd"; did you mean "reached"? [reachd]',
      'playbook/personas/bob.yaml:3:36  enterAt.owner: unknown rep "helenn"; known: anna-berger, luca-moretti, grace-whitfield, daniel-ortega, helen-marsh [helenn]',
    ],
  ],
  [
    'names in tests that the playbook does not have',
    {
      'playbook/tests/one.yaml': `persona: keen-raeder
cadence: ebook-resource
expect:
  - { never: show-exclusive-ofer }
  - { order: [ebook-welcome, ebook-cheklist] }
  - { got: rep-brief }
`,
    },
    [
      'playbook/tests/one.yaml:1:10  persona: unknown persona "keen-raeder"; did you mean "keen-reader"? [keen-raeder]',
      'playbook/tests/one.yaml:2:10  cadence: unknown cadence "ebook-resource"; did you mean "ebook-resources"? [ebook-resource]',
      'playbook/tests/one.yaml:4:14  expect 1, never: unknown template "show-exclusive-ofer"; did you mean "show-exclusive-offer"? [show-exclusive-ofer]',
      'playbook/tests/one.yaml:5:30  expect 2, order 2: unknown template "ebook-cheklist"; did you mean "ebook-checklist"? [ebook-cheklist]',
      'playbook/tests/one.yaml:6:12  expect 3, got: "rep-brief" is a mail to reps (kind: transactional), which no persona gets [rep-brief]',
    ],
  ],
  [
    'no name that a file with a mistake may have',
    { 'playbook/events.yaml': 'demo.requested: {}\n' },
    ['playbook/events.yaml:1:17  demo.requested.description: expected a text, but it is missing [{}]'],
  ],
])('%s', async (_, changes, expected) => {
  expect(await found(changes)).toEqual(expected);
});

const NO_WORDS = { sources: new Set<string>(), attributes: new Set<string>() };

it('an event or a property that nobody ever sent is told, with those that were', async () => {
  await found({
    'playbook/events.yaml': `${readFileSync(join(ROOT, 'playbook', 'events.yaml'), 'utf8')}\nwebinar.atended: { description: Attended }\n`,
    'playbook/cadences/extra.yaml':
      'name: Extra\nsteps:\n  - email: ebook-welcome\n  - waitFor: webinar.atended\n    within: 2 days\n    else: later\n' +
      '  - id: later\n    waitFor: page.viewed\n    when: { event.pth: /prices }\n    within: 2 days\n    then: last\n    else: last\n  - id: last\n    email: ebook-last-word\n',
  });
  const { mistakes, mentions } = await checkFolders(folders());
  expect(mistakes).toEqual([]);
  const seen = {
    types: new Set(['webinar.attended', 'page.viewed', 'email.sent']),
    properties: new Map([['page.viewed', new Set(['path', 'title'])]]),
    ...NO_WORDS,
  };
  const told = neverSeen(mentions, seen).filter(({ file }) => file.endsWith('extra.yaml'));
  expect(told.map((one) => mistakeToText(one).replace(/^\S*\/extra/, 'extra'))).toEqual([
    'extra.yaml:4:14  step 2 ‘wait-for-webinar-atended-after-ebook-welcome’, waitFor: the event "webinar.atended" was never seen; seen are page.viewed, webinar.attended; did you mean "webinar.attended"?',
    'extra.yaml:9:13  step 3 ‘later’, when.event.pth: the property of page.viewed "pth" was never seen; seen are path, title; did you mean "path"?',
  ]);
  for (const types of [[], ['email.opened']])
    expect(neverSeen(mentions, { types: new Set(types), properties: new Map(), ...NO_WORDS })).toEqual([]);
});

it('a source or an own field that no lead ever had is told, with those that were', async () => {
  await found({
    'playbook/cadences/extra.yaml':
      'name: Extra\nenroll: { when: { source: [e-book, EBOOK], attributes.rolle: student } }\nsteps:\n  - email: ebook-welcome\n' +
      '  - set: { attributes.called: true }\n  - branch:\n      - { when: { attributes.called: true }, steps: [{ email: ebook-last-word }] }\n      - else: last\n' +
      '  - { id: last, email: ebook-last-word }\n',
  });
  const { mistakes, mentions } = await checkFolders(folders());
  expect(mistakes).toEqual([]);
  const told = (sources: string[], attributes: string[]) =>
    neverSeen(mentions, {
      types: new Set(),
      properties: new Map(),
      sources: new Set(sources),
      attributes: new Set(attributes),
    })
      .filter(({ file }) => file.endsWith('extra.yaml'))
      .map((one) => mistakeToText(one).replace(/^\S*\/extra/, 'extra'));
  expect(told(['ebook', 'newsletter'], ['role'])).toEqual([
    'extra.yaml:2:28  enroll.when.source 1: the source "e-book" was never seen; seen are ebook, newsletter; did you mean "ebook"?',
    'extra.yaml:2:44  enroll.when.attributes.rolle: the own field of leads "rolle" was never seen; seen are called, role; did you mean "role"?',
  ]);
  expect(told([], [])).toEqual([]);
});
