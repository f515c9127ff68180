import type { Liquid } from 'liquidjs';
import type { Wording } from '../domain/template.ts';
import type { ReadTemplate } from './front-matter.ts';
import { htmlLiquid, liquidProblem, textLiquid } from './liquid.ts';
import { locate, type Mapped } from './source-map.ts';
import type { PlacedMessage } from './template-mistakes.ts';
import { placeOfPiece } from './written-value.ts';

/** So many outputs of a text that cannot be read are told at once. */
const MOST = 20;

interface ReadLiquid {
  found: PlacedMessage[];
  /** The texts with spaces in place of what cannot be read, so that the rest of them can be looked at. */
  readable: Pick<Wording, 'subject' | 'preheader' | 'text' | 'body'>;
  /** A tag could not be read, and the texts are without their tags: the template's own variables are not known. */
  isWithoutTags: boolean;
}

/** All that Liquid cannot read in a template. */
export function readLiquid({ front, positions, written }: ReadTemplate, body: Mapped): ReadLiquid {
  const found: PlacedMessage[] = [];
  let isWithoutTags = false;
  const read = (text: string, liquid: Liquid, tell: (problem: Problem) => void): string => {
    const done = readText(text, liquid, tell);
    isWithoutTags ||= done.isWithoutTags;
    return done.text;
  };
  const ofField = (name: 'subject' | 'preheader' | 'text'): string => {
    const value = front[name] ?? '';
    const field = written.get(name) ?? { raw: value, start: positions[name] };
    return read(value, textLiquid, ({ offset, length, message }) =>
      found.push({ place: placeOfPiece(field, value, offset, length), message }),
    );
  };
  const [subject, preheader, text] = [ofField('subject'), ofField('preheader'), ofField('text')];
  const readBody = read(body.text, htmlLiquid, ({ offset, message }) =>
    found.push({ place: locate(body, offset), message }),
  );
  return {
    found,
    readable: { subject, preheader, text: front.text === null ? null : text, body: readBody },
    isWithoutTags,
  };
}

interface Problem {
  offset: number;
  length: number;
  message: string;
}

function readText(
  text: string,
  liquid: Liquid,
  tell: (problem: Problem) => void,
): { text: string; isWithoutTags: boolean } {
  let rest = text;
  let isWithoutTags = false;
  for (let times = 0; times < MOST; times += 1) {
    try {
      liquid.parse(rest);
      return { text: rest, isWithoutTags };
    } catch (error) {
      const problem = liquidProblem(error);
      if (problem === null) {
        tell({ offset: 0, length: 0, message: 'Liquid could not be read' });
        break;
      }
      const { offset, text: piece, message, hint } = problem;
      tell({ offset, length: piece.length, message: `${message}, in ${piece}${hint}` });
      const output = outputAround(rest, offset);
      const before = rest;
      if (output !== null) rest = blanked(rest, output.from, output.to);
      else {
        // What a tag begins, another one ends: without one of them the others would be mistakes too.
        isWithoutTags = true;
        rest = blanked(rest, offset, offset + piece.length);
        for (const { index, 0: tag } of rest.matchAll(/\{%[^]*?%\}/g)) rest = blanked(rest, index, index + tag.length);
      }
      if (rest === before) break;
    }
  }
  return { text: '', isWithoutTags: true };
}

/** The output (`{{ … }}`) that a place stands in. */
function outputAround(text: string, offset: number): { from: number; to: number } | null {
  const from = text.lastIndexOf('{{', offset);
  const end = text.indexOf('}}', offset);
  if (from < 0 || end < 0) return null;
  const inside = text.slice(from + 2, end);
  return inside.includes('}}') || inside.includes('{{') || inside.includes('{%') ? null : { from, to: end + 2 };
}

function blanked(text: string, from: number, to: number): string {
  return text.slice(0, from) + text.slice(from, to).replaceAll(/[^\n]/g, ' ') + text.slice(to);
}
