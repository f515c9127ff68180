/** A folder of templates with variants in other languages: what is read, what a reader gets, and what is wrong. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inLanguage } from '../../src/domain/template.ts';
import { compileTemplate } from '../../src/email/compile.ts';
import { readTemplates, type ReadTemplates } from '../../src/email/read-templates.ts';
import { render, type RenderedEmail } from '../../src/email/render.ts';
import { wordsChanges } from '../../src/playbook/words-diff.ts';
import { emptyContext } from './fixtures.ts';

const FOOTER = '{{ links.unsubscribe }} {{ sender.postalAddress }}';
const layout = (lang: string, words: string): string =>
  `<mjml lang="${lang}"><mj-body>[[content]]<mj-section><mj-column><mj-text>${words} ${FOOTER}</mj-text></mj-column></mj-section></mj-body></mjml>`;
const body = (words: string): string => `<mj-section><mj-column><mj-text>${words}</mj-text></mj-column></mj-section>\n`;
const WELCOME = `---\nsubject: Welcome\npreheader: There\ntopic: news\nkind: resource\n---\n${body('Hello {{ lead.firstName | default: "there" }}, {{ "2026-12-01" | date }}')}`;
const GERMAN = `---\nsubject: Willkommen\npreheader: Da\ndefaults:\n  lead.firstName: du\n---\n${body('Hallo {{ lead.firstName }}, {{ "2026-12-01" | date }}')}`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'templates-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(files: Record<string, string>): Promise<ReadTemplates> {
  mkdirSync(folder, { recursive: true });
  const all = { '_layout.mjml': layout('en', 'You asked for it.'), ...files };
  for (const [name, text] of Object.entries(all)) writeFileSync(path.join(folder, name), text);
  return readTemplates(folder, 'templates');
}

async function problems(files: Record<string, string>): Promise<string[]> {
  const { mistakes } = await read(files);
  return mistakes.map(({ file, line, message }) => `${file}:${line} ${message}`);
}

async function mailFor(language: string | null, files: Record<string, string>): Promise<RenderedEmail> {
  const { templates, mistakes } = await read(files);
  expect(mistakes).toEqual([]);
  const [source] = templates;
  if (source === undefined) throw new Error('no template');
  return render(await compileTemplate(inLanguage(source, language)), { ...emptyContext, lead: { language } });
}

describe('a template in other languages', () => {
  const files = {
    'welcome.mjml': WELCOME,
    'welcome.de.mjml': GERMAN,
    'welcome.ar.mjml': GERMAN.replace('Willkommen', 'أهلا'),
    '_layout.de.mjml': layout('de', 'Sie wollten es.'),
  };

  it.each<[string | null, string, string]>([
    ['de-AT', 'Willkommen', '1. Dezember 2026'],
    ['DE_at', 'Willkommen', '1. Dezember 2026'],
    ['fr', 'Welcome', 'December 1, 2026'],
    ['en-GB', 'Welcome', '1 December 2026'],
    [null, 'Welcome', 'December 1, 2026'],
  ])('for a lead who reads %s', async (language, subject, date) => {
    const email = await mailFor(language, files);
    expect(email.subject).toBe(subject);
    expect(email.text).toContain(date);
    expect(email.text).toContain(subject === 'Welcome' ? 'Hello there' : 'Hallo du');
    expect(email.text).toContain(subject === 'Welcome' ? 'You asked for it.' : 'Sie wollten es.');
    expect(email.html).toContain(subject === 'Welcome' ? '<html lang="en" dir="ltr"' : '<html lang="de" dir="ltr"');
  });

  it('says its own language and direction, whichever layout it has', async () => {
    expect((await mailFor('ar', files)).html).toContain('<html lang="ar" dir="rtl"');
  });

  it('has one hash, which covers every language', async () => {
    const one = (await read(files)).templates[0];
    const other = (await read({ ...files, 'welcome.de.mjml': GERMAN.replace('Hallo', 'Servus') })).templates[0];
    expect(other?.hash).not.toBe(one?.hash);
    expect(Object.keys(one?.variants ?? {})).toEqual(['ar', 'de']);
  });

  it('shows its changed words by language, and a new language against what its readers got before', async () => {
    const { de: _none, ...english } = { de: files['welcome.de.mjml'], 'welcome.mjml': WELCOME };
    const [before] = (await read(english)).templates;
    const [after] = (await read({ ...english, 'welcome.de.mjml': GERMAN })).templates;
    if (before === undefined || after === undefined) throw new Error('no template');
    const changes = await wordsChanges([{ before, after, leads: null }]);
    expect(changes.map(({ templates }) => templates)).toEqual([['welcome (de)']]);
    expect(changes[0]?.parts.map(({ part }) => part)).toEqual(['subject', 'preheader', 'text']);
  });
});

describe('what is wrong with a variant', () => {
  it.each<[string, Record<string, string>, string]>([
    ['it stands alone', { 'welcome.de.mjml': GERMAN }, 'templates/welcome.de.mjml:1 there is no welcome.mjml'],
    [
      'its name is no language',
      { 'welcome.mjml': WELCOME, 'welcome.german.mjml': GERMAN },
      'templates/welcome.german.mjml:1 "german" is no language',
    ],
    [
      'another topic',
      { 'welcome.mjml': WELCOME, 'welcome.de.mjml': GERMAN.replace('preheader', 'topic: other\npreheader') },
      'templates/welcome.de.mjml:3 templates/welcome.mjml says "news"',
    ],
    [
      'another kind',
      { 'welcome.mjml': WELCOME, 'welcome.de.mjml': GERMAN.replace('preheader', 'kind: offer\npreheader') },
      'templates/welcome.de.mjml:3 templates/welcome.mjml says "resource"',
    ],
    [
      'an unknown variable',
      { 'welcome.mjml': WELCOME, 'welcome.de.mjml': GERMAN.replace('{{ lead.firstName }}', '{{ lead.fristName }}') },
      'templates/welcome.de.mjml:7 unknown variable "lead.fristName"; did you mean "lead.firstName"?',
    ],
    [
      'a default of an unknown variable',
      { 'welcome.mjml': WELCOME, 'welcome.de.mjml': GERMAN.replace('lead.firstName:', 'lead.name1:') },
      'templates/welcome.de.mjml:5 unknown variable "lead.name1"',
    ],
    [
      'defaults that are no mapping',
      { 'welcome.mjml': WELCOME.replace('kind:', 'defaults: there\nkind:') },
      'templates/welcome.mjml:5 "defaults" must give a text for each variable',
    ],
    [
      'a filter that cannot work',
      { 'welcome.mjml': WELCOME.replace('| date', '| date: "lang"') },
      'templates/welcome.mjml:7 this cannot be rendered at {{ "2026-12-01" | date: "lang" }}: "lang" is no style of date',
    ],
  ])('%s', async (_name, files, message) => {
    expect((await problems(files)).join('\n')).toContain(message);
  });

  it('is warned of where it may be meant', async () => {
    const { warnings } = await read({
      'welcome.mjml': WELCOME.replace(
        'Hello',
        'At {{ lead.company }}, {{ campaign.url | default: "https://x.example" }}',
      ),
      'welcome.de.mjml': GERMAN,
    });
    const told = warnings.map(({ file, message }) => `${file} ${message}`).join('\n');
    expect(told).toContain('templates/welcome.mjml lead.company may not be known; give a fallback');
    expect(told).toContain(
      'templates/welcome.de.mjml templates/welcome.mjml has what this file has not: {{ lead.company }}, {{ campaign.url }}',
    );
    expect(told).not.toContain('lead.firstName may');
  });
});
