import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, isAppError } from '../domain/errors.ts';
import { compileTemplate } from './compile.ts';
import { checkMarkup } from './check-markup.ts';
import { readTemplateFile, type ReadTemplate } from './front-matter.ts';
import { htmlLiquid, liquidProblem, textLiquid } from './liquid.ts';
import { expand, type FindPartial, type Partial } from './partials.ts';
import { advance, at, locate, type Mapped, type Position } from './source-map.ts';
import type { TemplateSource } from '../domain/template.ts';

const KEY = /^[a-z0-9][a-z0-9-]*$/;

/**
 * Reads and validates `folder/*.mjml`; files that begin with `_` are shared parts. Sorted by key.
 * @param shownAs How the folder is called in messages.
 * @throws AppError PLAYBOOK_INVALID with the first problem of each file: file, line, column and what would be right.
 */
export async function loadTemplates(folder: string, shownAs: string = basename(folder)): Promise<TemplateSource[]> {
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith('.mjml')).toSorted();
  } catch (error) {
    throw new AppError(
      'PLAYBOOK_INVALID',
      `${shownAs}: the folder of templates cannot be read; set TEMPLATES_DIR to one`,
      { cause: error },
    );
  }
  const files = new Map<string, Partial>();
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8');
    files.set(name, { file: `${shownAs}/${name}`, text: text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n') });
  }
  const find: FindPartial = (path) => {
    const name = path.replace(/^\.\//, '');
    return name.startsWith('_') ? files.get(name) : undefined;
  };
  const sources: TemplateSource[] = [];
  const problems: string[] = [];
  for (const [name, { file, text }] of files) {
    if (name.startsWith('_')) continue;
    try {
      const source = await makeTemplate(basename(name, '.mjml'), file, text, find);
      requireFooter(source);
      sources.push(source);
    } catch (error) {
      if (!isAppError(error)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new AppError('PLAYBOOK_INVALID', problems.join('\n'));
  return sources;
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
  const { subject, preheader, topic, kind, text: textPart } = read.front;
  const content = { subject, preheader, topic, kind, text: textPart, body: body.text };
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
function requireFooter({ file, kind, body }: TemplateSource): void {
  if (kind === 'transactional') return;
  for (const name of ['links.unsubscribe', 'sender.postalAddress']) {
    if (body.includes(name)) continue;
    throw new AppError(
      'PLAYBOOK_INVALID',
      `${file}: a mail to leads must show {{ ${name} }}, as the footer of _layout.mjml does`,
    );
  }
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
