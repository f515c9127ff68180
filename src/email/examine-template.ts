/** Everything that is wrong with one template, told at once: what is wrong in one respect does not hide what is wrong in another. */
import { AppError, isAppError } from '../domain/errors.ts';
import type { WordedTemplate, Wording } from '../domain/template.ts';
import { linkMistakes } from './check-links.ts';
import { markupMistakes } from './check-markup.ts';
import { compileTemplate, convertMjml } from './compile.ts';
import type { ReadTemplate } from './front-matter.ts';
import { readLiquid } from './liquid-mistakes.ts';
import { expand, type FindPartial } from './partials.ts';
import { footerPlace } from './seen-footer.ts';
import { at, MappedText, type Mapped } from './source-map.ts';
import { allPlacedIn, type PlacedMessage } from './template-mistakes.ts';
import { defaultMistakes, isOfMails, variableMistakes } from './variables.ts';

export interface Examined<Source extends WordedTemplate> {
  /** What could be read of it. */
  source: Source;
  /** It cannot be compiled. */
  broken: PlacedMessage[];
  /** It can, and must not be sent. */
  wrong: PlacedMessage[];
}

/** @param made Makes the template of the words of its file. */
export async function examineTemplate<Source extends WordedTemplate>(
  file: string,
  read: ReadTemplate,
  find: FindPartial,
  made: (wording: Wording) => Source,
): Promise<Examined<Source>> {
  const { body, mistakes: ofParts } = putTogether(read, find);
  const isComplete = ofParts.length === 0;
  const markup = markupMistakes(body);
  const liquid = readLiquid(read, body);
  const source = made(wordingOf(file, read, body));
  const broken = [...read.mistakes, ...ofParts, ...markup.found, ...liquid.found];
  if (isComplete && markup.isWhole) broken.push(...(await compileMistakes(source, broken.length === 0)));
  const readable = { ...source, ...liquid.readable };
  const variables = variableMistakes(readable, read.written).filter(
    ({ meant = '' }) => !liquid.isWithoutTags || isOfMails(meant),
  );
  return {
    source,
    broken,
    wrong: [
      ...(isComplete ? footerMistakes(source) : []),
      ...variables,
      ...defaultMistakes(source, read.defaultPositions),
      ...linkMistakes(source),
    ],
  };
}

/** All of them in one error; nothing happens when there are none. @throws AppError PLAYBOOK_INVALID */
export function throwPlaced([first, ...others]: readonly PlacedMessage[]): void {
  if (first === undefined) return;
  throw new AppError('PLAYBOOK_INVALID', `${at(first.place)}: ${first.message}`, {
    details: { ...first.place, others },
  });
}

/** A Liquid mistake has been told with its place: then only the MJML is looked at. */
async function compileMistakes(source: WordedTemplate, isSound: boolean): Promise<PlacedMessage[]> {
  try {
    await (isSound ? compileTemplate(source) : convertMjml(source));
    return [];
  } catch (error) {
    if (!isAppError(error)) throw error;
    return allPlacedIn(source.file, error);
  }
}

function wordingOf(file: string, { front }: ReadTemplate, body: Mapped): Wording {
  const { subject, preheader, text, defaults } = front;
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

/** The body with its parts, in its layout; where they do not fit, what the file itself says. */
function putTogether(read: ReadTemplate, find: FindPartial): { body: Mapped; mistakes: PlacedMessage[] } {
  try {
    return { body: putIntoLayout(read, find), mistakes: [] };
  } catch (error) {
    if (!isAppError(error)) throw error;
    const alone = new MappedText();
    alone.add(read.body, read.bodyPosition);
    return { body: alone.done(), mistakes: allPlacedIn(read.bodyPosition.file, error) };
  }
}

/** The body on its own when it is a whole `<mjml>` document, otherwise put in place of `[[content]]` in its layout. */
function putIntoLayout({ front, positions, body, bodyPosition }: ReadTemplate, find: FindPartial): Mapped {
  const content = expand(body, bodyPosition, null, find);
  if (/^\s*<mjml[\s>]/.test(body)) return content;
  const layout = find(front.layout);
  if (layout === undefined)
    throw new AppError(
      'PLAYBOOK_INVALID',
      `${at(positions.layout)}: there is no layout "${front.layout}"; layouts stand beside the templates and begin with _`,
      { details: { ...positions.layout } },
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
function footerMistakes({ kind, body, spans }: WordedTemplate): PlacedMessage[] {
  if (kind === 'transactional') return [];
  const seen = body.replaceAll(UNSEEN, '');
  const place = footerPlace({ body, spans });
  const lacks = (what: string): PlacedMessage => ({
    place,
    message: `a mail to leads must show ${what}, as the footer of _layout.mjml does`,
  });
  return [
    ...(LEAVES.test(seen) ? [] : [lacks('{{ links.unsubscribe }} or {{ links.preferences }}')]),
    ...(NAMES_SENDER.test(seen) ? [] : [lacks('{{ sender.postalAddress }}')]),
  ];
}
