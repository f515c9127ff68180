import mjml2html from 'mjml';
import type { Template } from 'liquidjs';
import { AppError } from '../domain/errors.ts';
import { canonicalLanguage } from '../domain/language-tag.ts';
import { withStandIns } from './brand-colors.ts';
import { htmlLiquid, liquidProblem, textLiquid, urlLiquid, type VariableLink } from './liquid.ts';
import { instrument, instrumentText, type Link } from './links.ts';
import { isRightToLeft } from './locale.ts';
import { withPreheaderRoom } from './preheader.ts';
import { at, locate } from './source-map.ts';
import type { WordedTemplate } from '../domain/template.ts';
import type { PlacedMessage } from './template-mistakes.ts';
import { textTemplateOf } from './text-part.ts';

/** A template ready to be rendered for any number of leads. */
export interface CompiledTemplate {
  source: WordedTemplate;
  /** Of its words: that of the variant, else what `<mjml lang>` says; null when neither does. */
  language: string | null;
  subject: Template[];
  preheader: Template[];
  html: Template[];
  text: Template[];
  /** The addresses whose clicks are tracked and that are the same for every lead, in a fixed order; see links.ts. */
  links: readonly Link[];
  /** Those with values of the lead in them. */
  variableLinks: readonly VariableLink[];
}

/** Compiled templates by key, hash and language, the least recently used first. A revision in use stays; a thousand old ones do not. */
const cache = new Map<string, Promise<CompiledTemplate>>();
const CACHE_SIZE = 200;

/**
 * Compiles MJML (about 4 ms) and parses Liquid once a hash and language.
 * @throws AppError PLAYBOOK_INVALID for what validation at load would have found too.
 */
export function compileTemplate(source: WordedTemplate): Promise<CompiledTemplate> {
  // The key is part of it for the sake of messages: two templates may say the same.
  const id = `${source.key} ${source.hash} ${source.language ?? ''}`;
  const known = cache.get(id);
  const compiled = known ?? compile(source);
  cache.delete(id);
  cache.set(id, compiled);
  if (known === undefined) {
    compiled.catch(() => cache.delete(id));
    const [oldest] = cache.keys();
    if (cache.size > CACHE_SIZE && oldest !== undefined) cache.delete(oldest);
  }
  return compiled;
}

async function compile(source: WordedTemplate): Promise<CompiledTemplate> {
  const compiled = withPreheaderRoom(await convertMjml(source));
  const { html, readable, links } = instrument(compiled);
  const text = source.text === null ? textTemplateOf(readable) : instrumentText(source.text, links);
  try {
    return {
      source,
      language: languageOf(source),
      subject: textLiquid.parse(source.subject),
      preheader: textLiquid.parse(source.preheader),
      html: htmlLiquid.parse(html),
      text: textLiquid.parse(text),
      links: links.fixed,
      variableLinks: links.variable.map(({ url, ...link }) => ({ template: urlLiquid.parse(url), ...link })),
    };
  } catch (error) {
    const problem = liquidProblem(error);
    const where = problem === null ? source.file : placeInFile(source, problem.text);
    const what = problem === null ? 'Liquid could not be read' : problem.message + problem.hint;
    const advice = 'keep each Liquid tag whole, and write "less than" with spaces around <';
    throw new AppError('PLAYBOOK_INVALID', `${where}: ${what}; ${advice}`, { cause: error });
  }
}

/** @throws AppError PLAYBOOK_INVALID, with the place in the marketer’s file */
export async function convertMjml(source: WordedTemplate): Promise<string> {
  try {
    // No web fonts: a mail must not load anything but its own pixel.
    const { mjml, putBack } = withStandIns(withLanguage(source));
    const { html } = await mjml2html(mjml, { validationLevel: 'strict', keepComments: false, fonts: {} });
    // Indentation is a quarter of MJML's output, and goes over the wire for each lead.
    return putBack(html.replaceAll(/\n\s+/g, '\n'));
  } catch (error) {
    const [first, ...others] = mjmlErrors(error).map((one) => placedMjmlError(source, one));
    if (first === undefined) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : 'unknown error';
      throw new AppError('PLAYBOOK_INVALID', `${source.file}: MJML cannot be compiled: ${reason}`, { cause: error });
    }
    throw new AppError('PLAYBOOK_INVALID', `${at(first.place)}: ${first.message}`, {
      details: { ...first.place, others },
    });
  }
}

function placedMjmlError({ body, spans }: WordedTemplate, error: MjmlError): PlacedMessage {
  const place = locate({ text: body, spans }, placeOfTag(body, error));
  return { place, message: `${error.message.trim()} (<${error.tagName}>)` };
}

const MJML_TAG = /<mjml\b([^>]*)>/;
const attribute = (name: string): RegExp => new RegExp(`\\s${name}="([^"]*)"`);

function languageOf({ language, body }: WordedTemplate): string | null {
  const [, stated] = attribute('lang').exec(MJML_TAG.exec(body)?.[1] ?? '') ?? [];
  return language ?? canonicalLanguage(stated);
}

/** The document says its language and direction: those of the variant, whichever layout it has; mail programs read them aloud and lay out by them. */
function withLanguage(source: WordedTemplate): string {
  const language = languageOf(source);
  if (language === null) return source.body;
  return source.body.replace(MJML_TAG, (_tag, attributes: string) => {
    const direction = attribute('dir').exec(attributes)?.[1] ?? (isRightToLeft(language) ? 'rtl' : 'ltr');
    const others = attributes.replace(attribute('lang'), '').replace(attribute('dir'), '');
    return `<mjml lang="${language}" dir="${direction}"${others}>`;
  });
}

interface MjmlError {
  line: number;
  message: string;
  tagName: string;
}

function mjmlErrors(error: unknown): MjmlError[] {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return [];
  const list: unknown[] = error.errors;
  return list.filter(
    (item): item is MjmlError => typeof item === 'object' && item !== null && 'line' in item && 'message' in item,
  );
}

/** The offset of the element that is meant: MJML tells its line, its name, and that of an attribute. */
function placeOfTag(body: string, { line, tagName, message }: MjmlError): number {
  const start = lineStart(body, line);
  const end = body.indexOf('\n', start);
  const text = body.slice(start, end < 0 ? undefined : end);
  const [, attribute = ''] = /^Attribute (\S+) /.exec(message) ?? [];
  const tags = [...text.matchAll(new RegExp(`<${tagName}\\b[^>]*`, 'g'))];
  const meant = tags.find(([tag]) => attribute !== '' && tag.includes(` ${attribute}=`)) ?? tags[0];
  return start + (meant?.index ?? 0);
}

/** The offset of the first character that is not a space in a line of `text`; lines count from 1. */
function lineStart(text: string, line: number): number {
  let offset = 0;
  for (let count = 1; count < line; count += 1) offset = text.indexOf('\n', offset) + 1;
  return offset + (/^[ \t]*/.exec(text.slice(offset, offset + 500))?.[0].length ?? 0);
}

/** Where a piece of Liquid stands in the marketer's files, as well as can be told after compiling. */
export function placeInFile(source: WordedTemplate, liquid: string): string {
  const offset = liquid === '' ? -1 : source.body.indexOf(liquid);
  return offset === -1 ? source.file : at(locate({ text: source.body, spans: source.spans }, offset));
}
