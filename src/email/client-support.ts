/** What mail programs do not know of the HTML and CSS of a template, by the data of caniemail.com. */
import { Parser } from 'htmlparser2';
import type { WordedTemplate } from '../domain/template.ts';
import { locate } from './source-map.ts';
import type { PlacedMessage } from './template-mistakes.ts';

/** Mail programs that are asked about: those of which caniemail knows all that the sample mails use. */
export const CLIENTS = [
  'aol.desktop-webmail',
  'apple-mail.ios',
  'apple-mail.macos',
  'gmail.android',
  'gmail.desktop-webmail',
  'gmail.ios',
  'gmail.mobile-webmail',
  'outlook.android',
  'outlook.ios',
  'outlook.macos',
  'outlook.outlook-com',
  'outlook.windows',
  'outlook.windows-mail',
  'protonmail.desktop-webmail',
  'samsung-email.android',
  'yahoo.android',
  'yahoo.desktop-webmail',
  'yahoo.ios',
] as const;

/** Without it the mail reads as well: by feature, what happens instead. */
export const DONE_WITHOUT: Readonly<Record<string, string>> = {
  '<body> element': 'it becomes a <div>; the ground has its color from the element inside it',
  '<style> element':
    'the layout for a wide screen is written on the elements, the narrow one and dark colors are left out',
  '@media': 'the layout for a wide screen stays on a phone; light colors stay',
  'Attribute selector': 'links that Gmail makes of dates keep their color',
  'Chaining selectors': 'dark colors are left out',
  'Class selector': 'dark colors are left out',
  'Descendant combinator': 'dark colors are left out',
  'ID selector': 'margins of a reset are left out',
  'Type selector': 'margins of a reset are left out',
  'aria-label attribute': 'a screen reader says the subject',
  'border-radius': 'corners are square',
  'color-scheme CSS property': 'the program chooses dark colors itself',
  'color-scheme meta tag': 'the program chooses dark colors itself',
  cursor: 'the pointer is the usual one',
  'display:none': 'the preheader is tiny and of the color of its ground',
  'height property': 'a spacer has its height by its line',
  'max-height property': 'the preheader is hidden by display:none',
  opacity: 'the preheader is hidden by display:none',
  outline: 'pictures have no outline anyway',
  overflow: 'the preheader is hidden by display:none',
  'role attribute': 'a screen reader tells of tables',
  'table-layout': 'columns have widths',
  'target attribute': 'a link opens where links open',
  'white-space': 'words wrap as usual',
  'word-break': 'a long word is wider than its column',
  'word-spacing': 'the usual',
};

/** HTML or CSS that stands in a template as its author wrote it. */
interface Piece {
  kind: 'html' | 'css';
  text: string;
  /** Offset in the body. */
  at: number;
}

/**
 * What the author wrote as HTML or CSS and a mail program does not know, each once, at its place. The components of MJML are not asked about: it
 * writes them for these programs. Nothing is found where the data is not installed; it comes with the development dependencies.
 */
export async function clientFindings(source: WordedTemplate): Promise<PlacedMessage[]> {
  const pieces = piecesOf(source.body);
  const caniemail = pieces.length === 0 ? null : await data();
  if (caniemail === null) return [];
  const found = new Map<string, { at: number; clients: string[] }>();
  for (const { kind, text, at } of pieces) {
    for (const [client, issues] of issuesOf(caniemail, kind, text)) {
      for (const { title, position } of issues) {
        if (DONE_WITHOUT[title] !== undefined) continue;
        const inside = kind === 'css' && position !== undefined ? offsetOf(text, position.start) : 0;
        const known = found.get(title) ?? { at: at + inside, clients: [] };
        if (!known.clients.includes(client)) known.clients.push(client);
        found.set(title, known);
      }
    }
  }
  return [...found].map(([title, { at, clients }]) => ({
    place: locate({ text: source.body, spans: source.spans }, at),
    message: `"${title}" does nothing in ${clientsInWords(clients)}; see to it that the mail reads as well without it`,
  }));
}

type Caniemail = typeof import('caniemail').caniemail;

async function data(): Promise<Caniemail | null> {
  try {
    return (await import('caniemail')).caniemail;
  } catch {
    return null;
  }
}

type Issues = ReturnType<Caniemail>['issues']['errors'] | [];

/** A layout is part of many templates, and asking costs milliseconds a piece. */
const asked = new Map<string, Issues>();
const MOST_ASKED = 1_000;

function issuesOf(caniemail: Caniemail, kind: Piece['kind'], text: string): Issues {
  const key = `${kind} ${text}`;
  const known = asked.get(key);
  if (known !== undefined) return known;
  const issues = askFor(caniemail, kind, text);
  if (asked.size >= MOST_ASKED) asked.clear();
  asked.set(key, issues);
  return issues;
}

function askFor(caniemail: Caniemail, kind: Piece['kind'], text: string): Issues {
  try {
    return caniemail({ clients: [...CLIENTS], [kind]: text }).issues.errors;
  } catch {
    // CSS that it cannot read: mail programs leave that out too, and MJML passes it on as it is.
    return [];
  }
}

/** Tags that are no components of MJML, and the texts of its styles. Liquid in them is as long as before, and says nothing. */
function piecesOf(body: string): Piece[] {
  const masked = body.replaceAll(/\{\{.*?\}\}|\{%.*?%\}/gs, (liquid) => liquid.replaceAll(/[^\n]/g, 'x'));
  const pieces: Piece[] = [];
  let isStyle = false;
  const parser = new Parser(
    {
      onopentag(name) {
        isStyle = name === 'mj-style';
        if (name.startsWith('mj')) return;
        pieces.push({
          kind: 'html',
          text: masked.slice(parser.startIndex, parser.endIndex + 1),
          at: parser.startIndex,
        });
      },
      ontext(text) {
        if (isStyle && text.trim() !== '') pieces.push({ kind: 'css', text, at: parser.startIndex });
      },
      onclosetag() {
        isStyle = false;
      },
    },
    { xmlMode: true, decodeEntities: false },
  );
  parser.end(masked);
  return pieces;
}

function offsetOf(text: string, { line, column }: { line: number; column: number }): number {
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
}

/** "Outlook (windows, windows-mail), Gmail (ios)" */
function clientsInWords(clients: readonly string[]): string {
  const families = Map.groupBy(clients, (client) => client.split('.')[0] ?? '');
  return [...families]
    .map(([family, of]) => `${nameOf(family)} (${of.map((client) => client.split('.')[1]).join(', ')})`)
    .join(', ');
}

function nameOf(family: string): string {
  return family
    .split('-')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join(' ');
}
