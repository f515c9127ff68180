import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, isAppError } from '../domain/errors.ts';
import { mistakeOfFile, throwMistakes, type PlaybookMistake } from '../language/problems.ts';
import { compileTemplate } from './compile.ts';
import { checkMarkup } from './check-markup.ts';
import { readTemplateFile, type ReadTemplate } from './front-matter.ts';
import { htmlLiquid, liquidProblem, textLiquid } from './liquid.ts';
import { expand, type FindPartial, type Partial } from './partials.ts';
import { advance, at, locate, type Mapped, type Position } from './source-map.ts';
import type { TemplateSource } from '../domain/template.ts';
import { placedIn, toMistake, unique, type PlacedMessage } from './template-mistakes.ts';
import { variableMistakes } from './variables.ts';

const KEY = /^[a-z0-9][a-z0-9-]*$/;

/** The templates of a folder, and what is wrong with them. */
export interface ReadTemplates {
  /** Those without mistakes, sorted by key. */
  templates: TemplateSource[];
  /** The kind of each file that is meant to be a template, those with mistakes included. */
  kinds: ReadonlyMap<string, { kind: string }>;
  mistakes: PlaybookMistake[];
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
    return { templates: [], kinds: new Map(), mistakes: [missing] };
  }
  const find: FindPartial = (path) => {
    const name = path.replace(/^\.\//, '');
    return name.startsWith('_') ? files.get(name) : undefined;
  };
  const texts = new Map([...files.values()].map(({ file, text }) => [file, text]));
  const templates: TemplateSource[] = [];
  const kinds = new Map<string, { kind: string }>();
  const mistakes: PlaybookMistake[] = [];
  for (const [name, { file, text }] of files) {
    if (name.startsWith('_')) continue;
    const key = basename(name, '.mjml');
    kinds.set(key, { kind: /^kind: *["']?([a-z]+)/m.exec(text)?.[1] ?? 'resource' });
    try {
      const source = await makeTemplate(key, file, text, find);
      const found = [...footerMistakes(source), ...variableMistakes(source, text)].map((one) => toMistake(one, texts));
      mistakes.push(...found);
      if (found.length === 0) templates.push(source);
    } catch (error) {
      if (!isAppError(error)) throw error;
      mistakes.push(toMistake(placedIn(file, error), texts));
    }
  }
  return { templates, kinds, mistakes: unique(mistakes) };
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
    throw new AppError(
      'PLAYBOOK_INVALID',
      `${file}: a template's name has small letters, digits and dashes only, as in ebook-welcome.mjml`,
    );
  }
  const read = readTemplateFile(file, text);
  const body = putIntoLayout(read, find);
  checkMarkup(body);
  checkLiquid(read, body);
  const { subject, preheader, topic, kind, material, text: textPart } = read.front;
  const gives = material === null ? {} : { material };
  const content = { subject, preheader, topic, kind, ...gives, text: textPart, body: body.text };
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const source: TemplateSource = { key, hash, ...content, file, spans: body.spans };
  await compileTemplate(source);
  return source;
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

/** Marketing mail must name its sender and offer to unsubscribe (CAN-SPAM, GDPR, RFC 8058). This checks a marketer's own layout. */
function footerMistakes({ file, kind, body }: TemplateSource): PlacedMessage[] {
  if (kind === 'transactional') return [];
  return ['links.unsubscribe', 'sender.postalAddress']
    .filter((name) => !body.includes(name))
    .map((name) => ({
      place: { file, line: 1, column: 1 },
      message: `a mail to leads must show {{ ${name} }}, as the footer of _layout.mjml does`,
    }));
}

function checkLiquid({ front, positions }: ReadTemplate, body: Mapped): void {
  const check = (text: string, place: (offset: number) => Position, liquid = textLiquid): void => {
    try {
      liquid.parse(text);
    } catch (error) {
      const problem = liquidProblem(error);
      throw invalid(
        place(problem?.offset ?? 0),
        `${problem?.message ?? 'Liquid could not be read'}${problem === null ? '' : `, in ${problem.text}`}`,
      );
    }
  };
  for (const name of ['subject', 'preheader'] as const) check(front[name], () => positions[name]);
  if (front.text !== null)
    check(front.text, (offset) => ({
      ...positions.text,
      line: advance(front.text ?? '', 0, offset, positions.text).line + 1,
    }));
  check(body.text, (offset) => locate(body, offset), htmlLiquid);
}

function invalid(place: Position, what: string): AppError {
  return new AppError('PLAYBOOK_INVALID', `${at(place)}: ${what}`, { details: { ...place } });
}
