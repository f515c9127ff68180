/** What changes in the words of mails, as their readers read them. */
import { canonicalJson } from '../domain/canonical-json.ts';
import type { TemplateSource } from '../domain/template.ts';
import { templateWords } from '../email/template-words.ts';
import { textChanges, type TextChange } from './text-diff.ts';

export interface PartChange {
  part: 'subject' | 'preheader' | 'text' | 'topic' | 'kind' | 'material';
  changes: TextChange[];
}

/** Leads in a revision of a cadence: the words that they have to come may be older than those in force. */
export interface OlderWords {
  cadence: string;
  revision: number;
}

export interface WordsChange {
  /** Keys of the templates in which the same changes, as when a shared layout has other words. */
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
  for (const { before, after, leads } of pairs) {
    const parts = await partsChanged(before, after);
    const key = canonicalJson({ leads, parts });
    const told = alike.get(key);
    if (told === undefined) alike.set(key, { templates: [after.key], leads, parts });
    else told.templates.push(after.key);
  }
  return [...alike.values()];
}

async function partsChanged(before: TemplateSource, after: TemplateSource): Promise<PartChange[]> {
  const [old, now] = await Promise.all([shown(before), shown(after)]);
  return PARTS.flatMap((part) => {
    const changes = textChanges(old[part], now[part]);
    return changes.length === 0 ? [] : [{ part, changes }];
  });
}

const PARTS = ['subject', 'preheader', 'text', 'topic', 'kind', 'material'] as const;

async function shown(source: TemplateSource): Promise<Record<(typeof PARTS)[number], string>> {
  const { topic, kind, material = '' } = source;
  return { ...(await templateWords(source)), topic, kind, material };
}
