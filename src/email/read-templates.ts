import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, isAppError } from '../domain/errors.ts';
import { mistakeOfFile, throwMistakes, type PlaybookMistake } from '../language/problems.ts';
import { compileTemplate } from './compile.ts';
import { linkMistakes } from './check-links.ts';
import { checkMarkup } from './check-markup.ts';
import { sizeFindings } from './check-size.ts';
import { readTemplateFile, type ReadTemplate } from './front-matter.ts';
import { htmlLiquid, liquidProblem, textLiquid } from './liquid.ts';
import { expand, type FindPartial, type Partial } from './partials.ts';
import { at, locate, type Mapped, type Position } from './source-map.ts';
import { stated } from '../domain/stated.ts';
import { inLanguage, type TemplateSource, type WordedTemplate, type Wording } from '../domain/template.ts';
import { missingFallbacks } from './missing-fallbacks.ts';
import { disagreements, partsIn, templateName, variableDifferences } from './template-variants.ts';
import { tryOut } from './trial.ts';
import { allPlacedIn, toMistake, unique, type PlacedMessage } from './template-mistakes.ts';
import { defaultMistakes, variableMistakes } from './variables.ts';
import { placeOfPiece } from './written-value.ts';

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
    const source = await makeTemplate(key, file, text, this.#find);
    const read = readTemplateFile(file, text);
    const found = [
      ...footerMistakes(source),
      ...variableMistakes(source, read.written),
      ...defaultMistakes(source, read.defaultPositions),
      ...linkMistakes(source),
    ];
    this.#tell(found);
    if (found.length > 0 || !(await this.#isTriedOut(source))) return;
    this.#warn([...missingFallbacks(source), ...textWithoutLeave(source)]);
    this.#templates.set(key, source);
  }

  async #takeVariant({ key, language }: { key: string; language: string }, file: string, text: string): Promise<void> {
    if (!this.#kinds.has(key)) {
      const message = `there is no ${key}.mjml beside it, for readers of all other languages`;
      return this.#tell([{ place: { file, line: 1, column: 1 }, message }]);
    }
    const read = readTemplateFile(file, text, true);
    const wording = wordingOf(file, read, partsIn(language, this.#find));
    const template = this.#templates.get(key);
    // What is wrong with the template itself has been told.
    if (template === undefined) return;
    const worded: WordedTemplate = { ...template, defaults: {}, ...wording, language };
    const found = [
      ...disagreements(read, template),
      ...footerMistakes(worded),
      ...variableMistakes(worded, read.written),
      ...defaultMistakes(worded, read.defaultPositions),
      ...linkMistakes(worded),
    ];
    this.#tell(found);
    if (found.length > 0) return;
    const whole = withVariant(template, language, wording);
    if (!(await this.#isTriedOut(inLanguage(whole, language)))) return;
    this.#warn([...missingFallbacks(worded), ...textWithoutLeave(worded), ...variableDifferences(worded, template)]);
    this.#templates.set(key, whole);
  }

  /** @throws AppError PLAYBOOK_INVALID */
  async #isTriedOut(source: WordedTemplate): Promise<boolean> {
    const { html } = await tryOut(source);
    const { mistakes, warnings } = sizeFindings(html, source.file);
    this.#tell(mistakes);
    this.#warn(warnings);
    return mistakes.length === 0;
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
  if (!KEY.test(key)) {
    throw invalid(
      { file, line: 1, column: 1 },
      "a template's name has small letters, digits and dashes only, as in ebook-welcome.mjml",
    );
  }
  const read = readTemplateFile(file, text);
  const { topic, kind, material, sender, tracking, opens } = read.front;
  const more = stated({
    material: material ?? undefined,
    sender: sender ?? undefined,
    tracking: tracking ?? undefined,
    opens: opens ?? undefined,
  });
  const source = hashed({ key, topic, kind, ...more, ...wordingOf(file, read, find) });
  await compileTemplate(source);
  return source;
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

/** What a file says, with its layout and parts put in. */
function wordingOf(file: string, read: ReadTemplate, find: FindPartial): Wording {
  const body = putIntoLayout(read, find);
  checkMarkup(body);
  checkLiquid(read, body);
  const { subject, preheader, text, defaults } = read.front;
  return {
    subject,
    preheader,
    text,
    body: body.text,
    file,
    spans: body.spans,
    ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
  };
}

/** The body on its own when it is a whole `<mjml>` document, otherwise put in place of `[[content]]` in its layout. */
function putIntoLayout({ front, positions, body, bodyPosition }: ReadTemplate, find: FindPartial): Mapped {
  const content = expand(body, bodyPosition, null, find);
  if (/^\s*<mjml[\s>]/.test(body)) return content;
  const layout = find(front.layout);
  if (layout === undefined)
    throw invalid(
      positions.layout,
      `there is no layout "${front.layout}"; layouts stand beside the templates and begin with _`,
    );
  return expand(layout.text, { file: layout.file, line: 1, column: 1 }, new Map([['content', content]]), find);
}

/** What a reader does not see: comments of HTML and of Liquid. */
const UNSEEN = /<!--[^]*?-->|\{%-?\s*comment\s*-?%\}[^]*?\{%-?\s*endcomment\s*-?%\}/g;
const LEAVES = /\{\{-?\s*links\.(?:unsubscribe|preferences)\b/;
const NAMES_SENDER = /\{\{-?[^}]*\bsender\.postalAddress\b/;

/**
 * Marketing mail must name its sender and offer to leave (CAN-SPAM, GDPR, RFC 8058). A mail has been put together with its layout and its
 * parts: the place is where its footer would stand, in whichever file that is.
 */
function footerMistakes({ kind, body, spans }: TemplateSource): PlacedMessage[] {
  if (kind === 'transactional') return [];
  const seen = body.replaceAll(UNSEEN, '');
  const place = locate({ text: body, spans }, Math.max(0, body.lastIndexOf('</mj-body')));
  const lacks = (what: string): PlacedMessage => ({
    place,
    message: `a mail to leads must show ${what}, as the footer of _layout.mjml does`,
  });
  return [
    ...(LEAVES.test(seen) ? [] : [lacks('{{ links.unsubscribe }} or {{ links.preferences }}')]),
    ...(NAMES_SENDER.test(seen) ? [] : [lacks('{{ sender.postalAddress }}')]),
  ];
}

/** A text part written by hand is what some programs show alone. */
function textWithoutLeave({ kind, text, file }: TemplateSource): PlacedMessage[] {
  if (kind === 'transactional' || text === null || /links\.(?:unsubscribe|preferences)\b/.test(text)) return [];
  const message = 'the text part shows no {{ links.unsubscribe }}: whoever reads it alone finds no way to leave';
  return [{ place: { file, line: 1, column: 1 }, message, meant: 'text' }];
}

function checkLiquid({ front, positions, written }: ReadTemplate, body: Mapped): void {
  const check = (text: string, place: (offset: number, length: number) => Position, liquid = textLiquid): void => {
    try {
      liquid.parse(text);
    } catch (error) {
      const problem = liquidProblem(error);
      throw invalid(
        place(problem?.offset ?? 0, problem?.text.length ?? 0),
        problem === null ? 'Liquid could not be read' : `${problem.message}, in ${problem.text}${problem.hint}`,
      );
    }
  };
  for (const name of ['subject', 'preheader', 'text'] as const) {
    const value = front[name] ?? '';
    const { raw, start } = written.get(name) ?? { raw: value, start: positions[name] };
    check(value, (offset, length) => placeOfPiece({ raw, start }, value, offset, length));
  }
  check(body.text, (offset) => locate(body, offset), htmlLiquid);
}

function invalid(place: Position, what: string): AppError {
  return new AppError('PLAYBOOK_INVALID', `${at(place)}: ${what}`, { details: { ...place } });
}
