/** Values that may not be known of a lead and have no fallback: the mail would have a hole, as in "Hello ,". */
import type { WordedTemplate } from '../domain/template.ts';
import { locate, type Position } from './source-map.ts';
import type { PlacedMessage } from './template-mistakes.ts';
import { placeOfPiece, type WrittenValue } from './written-value.ts';

const OUTPUT = /\{\{-?\s*((?:lead|need|campaign|request)(?:\.[\w-]+)+)\s*((?:\|[^}]*)?)-?\}\}/g;
/** They give nothing for nothing, and are meant to: a parameter that is not known is left out. */
const OWN_FALLBACK = /\|\s*(?:default|link|plural)\b/;

/**
 * A warning for each place. A variable that the template asks about ("if", "case") is taken for looked after.
 * @param written The fields of its front matter.
 */
export function missingFallbacks(source: WordedTemplate, written: ReadonlyMap<string, WrittenValue>): PlacedMessage[] {
  if (source.kind === 'transactional') return [];
  const { file, subject, preheader, body, spans, text, defaults = {} } = source;
  const start: Position = { file, line: 1, column: 1 };
  const asked = [subject, preheader, text ?? '', body].join('\n');
  const found: PlacedMessage[] = [];
  const look = (liquid: string, placeOf: (offset: number, length: number) => Position): void => {
    for (const { 0: whole, 1: name = '', 2: filters = '', index } of liquid.matchAll(OUTPUT)) {
      if (Object.hasOwn(defaults, name) || OWN_FALLBACK.test(filters) || isAsked(name, asked)) continue;
      found.push({
        place: placeOf(index, whole.length),
        meant: whole,
        message: `${name} may not be known; give a fallback, as in {{ ${name} | default: "…" }}, or ask {% if ${name} %}`,
      });
    }
  };
  for (const name of ['subject', 'preheader', 'text'] as const) {
    const value = source[name] ?? '';
    const field = written.get(name) ?? { raw: value, start };
    look(value, (offset, length) => placeOfPiece(field, value, offset, length));
  }
  look(body, (offset) => locate({ text: body, spans }, offset));
  return found;
}

function isAsked(name: string, liquid: string): boolean {
  const [root = '', second = ''] = name.split('.');
  const names = [name, `${root}.${second}`].map((one) => one.replaceAll('.', String.raw`\.`)).join('|');
  return new RegExp(String.raw`\{%-?\s*(?:if|elsif|unless|case|for)\b[^%]*\b(?:${names})\b`).test(liquid);
}
