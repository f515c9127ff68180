import PostalMime, { type Email } from 'postal-mime';

/** An incoming mail, taken apart. What cannot be read is empty; reading never throws. */
export interface InboundMail {
  /** Lower-case name → the first value of it. */
  headers: ReadonlyMap<string, string>;
  from: string;
  subject: string;
  /** What a person would read, in plain text, without the mail that is returned. */
  notice: string;
  /** Groups of fields of the delivery reports (RFC 3464): the first is about the message, the others about a recipient each. */
  reports: ReadonlyMap<string, string>[];
  /** Fields of a complaint (RFC 5965). A field that is repeated has a value a line. Null: there is none. */
  feedback: ReadonlyMap<string, string> | null;
  /** Header fields of the mail that is returned. */
  original: ReadonlyMap<string, string>;
}

const RETURNED = new Set(['message/rfc822', 'text/rfc822-headers', 'message/rfc822-headers', 'message/global']);
/** What a notice says stands at its beginning. A stranger writes the rest: no more of it is looked at. */
export const MAX_BYTES = 128 * 1024;
const MAX_NOTICE_CHARS = 20_000;
/** RFC 5322, 2.1.1, rounded up. A longer line, which only a decoded part can have, is cut: no pattern is tried on more at once. */
const MAX_LINE_CHARS = 1_000;
/** The parser of MIME takes a tenth of a millisecond a line, however short it is. */
const MAX_LINES = 2_000;
/** Recipients of one notice. */
export const MAX_REPORTS = 50;
/** Of a field with a value a line. */
const MAX_FIELD_CHARS = 10_000;

/** @param raw the mail as it came, in bytes */
export async function readMail(raw: Uint8Array): Promise<InboundMail> {
  const beginning = Buffer.from(raw.subarray(0, MAX_BYTES)).toString('latin1');
  const whole = bounded(beginning);
  const email = await parseLeniently(Buffer.from(boundedMime(beginning), 'latin1'));
  const parts = partsOf(email);
  const body = parts.text.trim() === '' ? bodyOf(whole) : parts.text;
  const { notice, returned } = splitAtOriginal(body);
  const written = groupsOf(body);
  return {
    headers: firstOf(
      email?.headers.map(({ key, value }) => [key, value.slice(0, MAX_LINE_CHARS)] as const) ?? [...fieldsOf(whole)],
    ),
    from: (email?.from?.address ?? '').slice(0, MAX_LINE_CHARS),
    subject: (email?.subject ?? '').slice(0, MAX_LINE_CHARS),
    notice: notice.slice(0, MAX_NOTICE_CHARS),
    reports: (parts.reports.length > 0 ? parts.reports : written).slice(0, MAX_REPORTS),
    feedback: parts.feedback,
    original: parts.original.size > 0 ? parts.original : fieldsOf(returned),
  };
}

/** Lines and their number bounded, line ends made one. */
function bounded(text: string): string {
  const lines = text.slice(0, MAX_BYTES).replaceAll('\r\n', '\n').split('\n', MAX_LINES);
  return lines.map((line) => line.slice(0, MAX_LINE_CHARS)).join('\n');
}

/** The lines for the parser of MIME; of each header field as much as is read, as the parser's time grows with the square of its length. */
function boundedMime(text: string): string {
  let inHead = true;
  let fieldChars = 0;
  return text
    .split('\n', MAX_LINES)
    .flatMap((line) => {
      if (inHead && line.trim() === '') inHead = false;
      if (!inHead) return [line];
      const left = /^[ \t]/.test(line) ? MAX_FIELD_CHARS - fieldChars : MAX_FIELD_CHARS;
      const kept = line.slice(0, left);
      fieldChars = MAX_FIELD_CHARS - left + kept.length;
      return kept === '' ? [] : [kept];
    })
    .join('\n');
}

async function parseLeniently(raw: Uint8Array): Promise<Email | null> {
  try {
    return await PostalMime.parse(raw, { forceRfc822Attachments: true, attachmentEncoding: 'utf8' });
  } catch {
    return null;
  }
}

function partsOf(email: Email | null): Pick<InboundMail, 'reports' | 'feedback' | 'original'> & { text: string } {
  let feedback: ReadonlyMap<string, string> | null = null;
  let original: ReadonlyMap<string, string> = new Map();
  const reports: ReadonlyMap<string, string>[] = [];
  const texts = [bounded(email?.text ?? bounded(email?.html ?? '').replaceAll(/<[^<>]*>/g, ' '))];
  for (const { mimeType, content } of email?.attachments ?? []) {
    const text = bounded(typeof content === 'string' ? content : new TextDecoder().decode(content));
    if (/^message\/(global-)?delivery-status$/.test(mimeType)) reports.push(...groupsOf(text));
    else if (mimeType === 'message/feedback-report') feedback = fieldsOf(text);
    else if (RETURNED.has(mimeType)) original = original.size > 0 ? original : fieldsOf(text);
    else if (mimeType.startsWith('text/')) texts.push(text);
  }
  return { text: bounded(texts.join('\n')), reports, feedback, original };
}

/** Groups of fields that name a recipient, wherever they stand: some systems write them as plain text. */
function groupsOf(text: string): ReadonlyMap<string, string>[] {
  return text
    .split(/\n[ \t]*\n/)
    .map((group) => fieldsOf(group.slice(Math.max(0, group.search(FIRST_FIELD)))))
    .filter((fields) => fields.has('final-recipient') || fields.has('original-recipient'));
}

const FIRST_FIELD = /^(?:final-recipient|original-recipient|action|status|diagnostic-code|reporting-mta):/im;

/** Header fields up to the first empty line, unfolded. A repeated field keeps each value on a line of its own. */
export function fieldsOf(text: string): Map<string, string> {
  const head = text.replace(/^\s+/, '').split(/\n[ \t]*\n/, 1)[0] ?? '';
  const fields = new Map<string, string>();
  let name = '';
  for (const line of head.split('\n')) {
    const field = /^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)$/.exec(line);
    if (field?.[1] !== undefined) {
      name = field[1].toLowerCase();
      const before = fields.get(name);
      fields.set(
        name,
        (before === undefined ? (field[2] ?? '') : `${before}\n${field[2] ?? ''}`).slice(0, MAX_FIELD_CHARS),
      );
    } else if (/^[ \t]/.test(line) && name !== '') {
      fields.set(name, `${fields.get(name) ?? ''} ${line.trim()}`.slice(0, MAX_LINE_CHARS));
    }
  }
  return fields;
}

function firstOf(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  for (const [key, value] of pairs) if (!first.has(key.toLowerCase())) first.set(key.toLowerCase(), value);
  return first;
}

/** The body of a mail whose parts cannot be read, without the lines of the parts' own. */
function bodyOf(whole: string): string {
  const at = whole.search(/\n[ \t]*\n/);
  return at === -1 ? '' : whole.slice(at).replaceAll(/^(?:--\S+|content-[\w-]+:.*)$/gim, '');
}

/** Where the notice ends and the mail begins that it returns. */
const ORIGINAL = new RegExp(
  [
    /^[ \t]*-{2,}[ \t]*(?:this is a copy of|below this line|enclosed is a copy|original message|returned message|message header|original mail)/,
    /^[ \t]*\|?-+[ \t]*(?:message text follows|unsent message|the header of the original|original mail info)/,
    /^[ \t]*(?:original message follows|message headers follow|below is a copy of the original message|original mail as follows)/,
    /^[ \t]*(?:the (?:first|following) .{0,40}(?:original message|message header))/,
    /^[ \t]*return-path:[ \t]*</,
    /^[ \t]*received:[ \t]*(?:from|by|\()/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'im',
);

function splitAtOriginal(body: string): { notice: string; returned: string } {
  const at = body.search(ORIGINAL);
  if (at === -1) return { notice: body, returned: '' };
  return {
    notice: body.slice(0, at),
    returned: body.slice(at).replace(/^[ \t]*(?!return-path|received)[^\n]*\n/i, ''),
  };
}
