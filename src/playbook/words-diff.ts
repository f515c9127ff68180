/** What changes in the words of mails, as their readers read them. */
import { canonicalJson } from '../domain/canonical-json.ts';
import { inLanguage, type TemplateSource, type WordedTemplate } from '../domain/template.ts';
import { templateWords } from '../email/template-words.ts';
import { textChanges, type TextChange } from './text-diff.ts';

export interface PartChange {
  part: 'subject' | 'preheader' | 'text' | 'topic' | 'kind' | 'material' | 'sender' | 'tracking' | 'opens';
  changes: TextChange[];
}

/** Leads in a revision of a cadence: the words that they have to come may be older than those in force. */
export interface OlderWords {
  cadence: string;
  revision: number;
}

export interface WordsChange {
  /** Keys of the templates in which the same changes, as when a shared layout has other words; "welcome (de)" is one in another language. */
  templates: string[];
  /** The leads whose words are compared; null: the words in force. */
  leads: OlderWords | null;
  /** Empty: it looks different, and says the same. */
  parts: PartChange[];
}

/** Two versions of a template. */
export interface TemplatePair {
  before: TemplateSource;
  after: TemplateSource;
  leads: OlderWords | null;
}

/** Templates that change alike are told once, in the order of the pairs. */
export async function wordsChanges(pairs: readonly TemplatePair[]): Promise<WordsChange[]> {
  const alike = new Map<string, WordsChange>();
  for (const { before, after, leads } of pairs.flatMap(inLanguages)) {
    const parts = await partsChanged(before, after);
    const key = canonicalJson({ leads, parts });
    const told = alike.get(key);
    if (told === undefined) alike.set(key, { templates: [nameOf(after)], leads, parts });
    else told.templates.push(nameOf(after));
  }
  return [...alike.values()];
}

/** The pair in each language of either: what has no words of its own in one is compared as its readers got it, in the template's own. */
function inLanguages({
  before,
  after,
  leads,
}: TemplatePair): { before: WordedTemplate; after: WordedTemplate; leads: OlderWords | null }[] {
  const tags = new Set([before, after].flatMap(({ variants }) => Object.keys(variants ?? {})));
  const own = isSame(before, after) ? [] : [{ before, after, leads }];
  const others = [...tags].toSorted().map((tag) => ({
    before: inLanguage(before, tag),
    after: { ...inLanguage(after, tag), language: tag },
    leads,
  }));
  return [...own, ...others.filter((pair) => !isSame(pair.before, pair.after))];
}

/** Whether both say and look the same; a change may be in another language. */
function isSame(before: WordedTemplate, after: WordedTemplate): boolean {
  const [one, other] = [before, after].map(({ subject, preheader, text, body, defaults, ...source }) =>
    canonicalJson({
      ...ofTheMail(source),
      subject,
      preheader,
      text,
      body,
      defaults: defaults ?? {},
    }),
  );
  return one === other;
}

function nameOf({ key, language }: WordedTemplate): string {
  return language === undefined ? key : `${key} (${language})`;
}

async function partsChanged(before: WordedTemplate, after: WordedTemplate): Promise<PartChange[]> {
  const [old, now] = await Promise.all([shown(before), shown(after)]);
  return PARTS.flatMap((part) => {
    const changes = textChanges(old[part], now[part]);
    return changes.length === 0 ? [] : [{ part, changes }];
  });
}

const PARTS = ['subject', 'preheader', 'text', 'topic', 'kind', 'material', 'sender', 'tracking', 'opens'] as const;

type OfTheMail = Pick<WordedTemplate, 'topic' | 'kind' | 'material' | 'sender' | 'tracking' | 'opens'>;

function ofTheMail({ topic, kind, material = '', sender = '', tracking, opens }: OfTheMail) {
  return { topic, kind, material, sender, tracking: tracking ?? '', opens: opens ?? '' };
}

async function shown(source: WordedTemplate): Promise<Record<(typeof PARTS)[number], string>> {
  return { ...(await templateWords(source)), ...ofTheMail(source) };
}
