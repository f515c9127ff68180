import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, isAppError } from '../domain/errors.ts';
import { mistakeOfFile, throwMistakes, type PlaybookMistake } from '../language/problems.ts';
import { sizeFindings } from './check-size.ts';
import { type Examined, examineTemplate, throwPlaced } from './examine-template.ts';
import { readTemplateFile, type ReadTemplate } from './front-matter.ts';
import type { FindPartial, Partial } from './partials.ts';
import { SameMails } from './same-mails.ts';
import { at, type Position } from './source-map.ts';
import { statedAddresses } from './stated-addresses.ts';
import { stated } from '../domain/stated.ts';
import type { TemplateSource, WordedTemplate, Wording } from '../domain/template.ts';
import { missingFallbacks } from './missing-fallbacks.ts';
import { disagreements, partsIn, templateName, variableDifferences } from './template-variants.ts';
import { tryOut } from './trial.ts';
import { allPlacedIn, toMistake, unique, type PlacedMessage } from './template-mistakes.ts';

const KEY = /^[a-z0-9][a-z0-9-]*$/;

/** Of a front matter that may have mistakes. */
interface Said {
  kind: string;
  topic?: string;
  sender?: string;
  file: string;
}

function saidBy(file: string, text: string): Said {
  const word = (field: string): string | undefined =>
    new RegExp(`^${field}: *["']?([a-z0-9-]+)`, 'm').exec(text.split(/^---[ \t]*$/m, 2)[1] ?? '')?.[1];
  return stated({ file, kind: word('kind') ?? 'resource', topic: word('topic'), sender: word('sender') });
}

/** The templates of a folder, and what is wrong with them. */
export interface ReadTemplates {
  /** Those without mistakes, sorted by key. */
  templates: TemplateSource[];
  /** What each file that is meant to be a template says it is, those with mistakes included. */
  kinds: ReadonlyMap<string, Said>;
  mistakes: PlaybookMistake[];
  /** What may be meant so, and seldom is. */
  warnings: PlaybookMistake[];
}

/**
 * Reads and validates `folder/*.mjml`; files that begin with `_` are shared parts. Sorted by key.
 * @param shownAs How the folder is called in messages.
 * @throws AppError PLAYBOOK_INVALID with the problems of each file: file, line, column and what would be right.
 */
export async function loadTemplates(folder: string, shownAs: string = basename(folder)): Promise<TemplateSource[]> {
  const { templates, mistakes } = await readTemplates(folder, shownAs);
  throwMistakes(mistakes);
  return templates;
}

/** The same, with the mistakes beside the templates that have none. A file that cannot be read any further has one mistake. */
export async function readTemplates(folder: string, shownAs: string): Promise<ReadTemplates> {
  const files = await filesOf(folder, shownAs);
  if (files === null) {
    const missing = mistakeOfFile(shownAs, 'the folder of templates cannot be read; set TEMPLATES_DIR to one');
    return { templates: [], kinds: new Map(), mistakes: [missing], warnings: [] };
  }
  const reading = new Reading(files);
  const names = [...files.keys()].filter((name) => !name.startsWith('_'));
  for (const name of names.toSorted((a, b) => dotsIn(a) - dotsIn(b))) await reading.take(name);
  return reading.result();
}

function dotsIn(name: string): number {
  return name.split('.').length - 1;
}

/** The files of a folder, one after the other: templates first, then those in other languages. */
class Reading {
  readonly #files: ReadonlyMap<string, Partial>;
  readonly #texts: ReadonlyMap<string, string>;
  readonly #templates = new Map<string, TemplateSource>();
  readonly #kinds = new Map<string, Said>();
  /** Those with mistakes too. `isSaid`: its front matter has none. */
  readonly #examined = new Map<string, { source: TemplateSource; isSaid: boolean }>();
  readonly #same = new SameMails();
  readonly #mistakes: PlaybookMistake[] = [];
  readonly #warnings: PlaybookMistake[] = [];

  constructor(files: ReadonlyMap<string, Partial>) {
    this.#files = files;
    this.#texts = new Map([...files.values()].map(({ file, text }) => [file, text]));
  }

  async take(name: string): Promise<void> {
    const { file, text } = this.#files.get(name) ?? { file: name, text: '' };
    try {
      const { key, language } = templateName(name, file);
      if (language === null) await this.#takeTemplate(key, file, text);
      else await this.#takeVariant({ key, language }, file, text);
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.#tell(allPlacedIn(file, error));
    }
  }

  async #takeTemplate(key: string, file: string, text: string): Promise<void> {
    this.#kinds.set(key, saidBy(file, text));
    const read = readTemplateFile(file, text);
    const examined = await examine(key, file, read, this.#find);
    const { source, broken, wrong } = examined;
    this.#examined.set(key, { source, isSaid: read.mistakes.length === 0 });
    this.#tell([...broken, ...wrong]);
    if (broken.length + wrong.length > 0 || !(await this.#isTriedOut(source, read))) return;
    this.#warn(doubts(source, read));
    this.#templates.set(key, source);
  }

  async #takeVariant({ key, language }: { key: string; language: string }, file: string, text: string): Promise<void> {
    if (!this.#kinds.has(key)) {
      const message = `there is no ${key}.mjml beside it, for readers of all other languages`;
      return this.#tell([{ place: { file, line: 1, column: 1 }, message }]);
    }
    const read = readTemplateFile(file, text, true);
    const base = this.#examined.get(key);
    // It has no front matter, which has been told.
    if (base === undefined) return this.#tell(read.mistakes);
    let whole = base.source;
    const { source, broken, wrong } = await examineTemplate(file, read, partsIn(language, this.#find), (wording) => {
      whole = withVariant(base.source, language, wording);
      const { defaults: _ofTheTemplate, ...own } = whole;
      return { ...own, ...wording, language };
    });
    const found = [...(base.isSaid ? disagreements(read, base.source) : []), ...broken, ...wrong];
    this.#tell(found);
    if (found.length > 0 || !this.#templates.has(key) || !(await this.#isTriedOut(source, read))) return;
    const differences = variableDifferences(source, base.source);
    this.#warn([...doubts(source, read), ...differences]);
    this.#templates.set(key, whole);
    this.#examined.set(key, { ...base, source: whole });
  }

  /** @throws AppError PLAYBOOK_INVALID */
  async #isTriedOut(source: WordedTemplate, { positions }: ReadTemplate): Promise<boolean> {
    const { html, read, unseen } = await tryOut(source);
    const { mistakes, warnings } = sizeFindings(html, source.file);
    this.#tell([...unseen, ...mistakes]);
    this.#warn(warnings);
    if (unseen.length + mistakes.length > 0) return false;
    this.#warn(this.#same.take(source, read, positions.subject));
    return true;
  }

  readonly #find: FindPartial = (path) => {
    const name = path.replace(/^\.\//, '');
    return name.startsWith('_') ? this.#files.get(name) : undefined;
  };

  #tell(found: readonly PlacedMessage[]): void {
    this.#mistakes.push(...found.map((one) => toMistake(one, this.#texts)));
  }

  #warn(found: readonly PlacedMessage[]): void {
    this.#warnings.push(...found.map((one) => toMistake(one, this.#texts)));
  }

  result(): ReadTemplates {
    const templates = [...this.#templates.values()];
    return {
      templates,
      kinds: this.#kinds,
      mistakes: unique(this.#mistakes),
      warnings: unique(this.#warnings),
    };
  }
}

async function filesOf(folder: string, shownAs: string): Promise<Map<string, Partial> | null> {
  const files = new Map<string, Partial>();
  try {
    for (const name of (await readdir(folder)).filter((one) => one.endsWith('.mjml')).toSorted()) {
      const text = await readFile(join(folder, name), 'utf8');
      files.set(name, { file: `${shownAs}/${name}`, text: text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n') });
    }
    return files;
  } catch {
    return null;
  }
}

/**
 * One template from its text, validated: front matter, markup, Liquid, MJML.
 * @throws AppError PLAYBOOK_INVALID
 */
export async function makeTemplate(
  key: string,
  file: string,
  text: string,
  find: FindPartial,
): Promise<TemplateSource> {
  const { source, broken } = await examine(key, file, readTemplateFile(file, text), find);
  throwPlaced(broken);
  return source;
}

/** @throws AppError PLAYBOOK_INVALID */
async function examine(
  key: string,
  file: string,
  read: ReadTemplate,
  find: FindPartial,
): Promise<Examined<TemplateSource>> {
  if (!KEY.test(key)) {
    throw invalid(
      { file, line: 1, column: 1 },
      "a template's name has small letters, digits and dashes only, as in ebook-welcome.mjml",
    );
  }
  const { topic, kind, material, sender, tracking, opens } = read.front;
  const more = stated({
    material: material ?? undefined,
    sender: sender ?? undefined,
    tracking: tracking ?? undefined,
    opens: opens ?? undefined,
  });
  return examineTemplate(file, read, find, (wording) => hashed({ key, topic, kind, ...more, ...wording }));
}

function withVariant(template: TemplateSource, language: string, wording: Wording): TemplateSource {
  return hashed({ ...template, variants: { ...template.variants, [language]: wording } });
}

/** The hash covers all that can change the mail, and nothing else. The order of its parts is that of the first templates that were stored. */
function hashed(source: Omit<TemplateSource, 'hash'>): TemplateSource {
  const { key: _name, topic, kind, material, sender, tracking, opens, variants = {} } = source;
  const { subject, preheader, text, body, defaults } = source;
  const languages = Object.entries(variants).map(([language, { file: _file, spans: _spans, ...said }]) => [
    language,
    said,
  ]);
  const content = {
    subject,
    preheader,
    topic,
    kind,
    ...stated({ material, sender, tracking, opens }),
    text,
    body,
    ...(defaults === undefined ? {} : { defaults }),
    ...(languages.length === 0 ? {} : { languages }),
  };
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return { ...source, hash };
}

/** What may be meant so, and seldom is. */
function doubts(source: WordedTemplate, { written }: ReadTemplate): PlacedMessage[] {
  return [...missingFallbacks(source, written), ...textWithoutLeave(source), ...statedAddresses(source)];
}

/** A text part written by hand is what some programs show alone. */
function textWithoutLeave({ kind, text, file }: WordedTemplate): PlacedMessage[] {
  if (kind === 'transactional' || text === null || /links\.(?:unsubscribe|preferences)\b/.test(text)) return [];
  const message = 'the text part shows no {{ links.unsubscribe }}: whoever reads it alone finds no way to leave';
  return [{ place: { file, line: 1, column: 1 }, message, meant: 'text' }];
}

function invalid(place: Position, what: string): AppError {
  return new AppError('PLAYBOOK_INVALID', `${at(place)}: ${what}`, { details: { ...place } });
}
