/** Mistakes of templates as mistakes of the playbook: with the line in question, and the piece of it that is meant. */
import type { AppError } from '../domain/errors.ts';
import { excerptOf, type PlaybookMistake } from '../language/problems.ts';
import { at, type Position } from './source-map.ts';

export interface PlacedMessage {
  place: Position;
  message: string;
  /** The piece of text that is meant, if the place may be that of the element around it only. */
  meant?: string;
}

/** The mistakes that an error of reading a template tells: one, or all that MJML finds (`others` of its details). */
export function allPlacedIn(file: string, error: AppError): PlacedMessage[] {
  const { others = [] } = error.details as { others?: PlacedMessage[] };
  return [placedIn(file, error), ...others];
}

/** The place that an error names; where it names none, the file. */
function placedIn(file: string, error: AppError): PlacedMessage {
  const { file: named, line, column } = error.details;
  if (typeof named === 'string' && typeof line === 'number' && typeof column === 'number') {
    const place = { file: named, line, column };
    return { place, message: error.message.replace(`${at(place)}: `, '') };
  }
  const [, message = error.message] = /^\S+?\.mjml(?::\d+:\d+)?: ([\s\S]*)$/.exec(error.message) ?? [];
  return { place: { file, line: 1, column: 1 }, message };
}

/** A Liquid tag, an element, a quoted text or a word. */
const PIECE = /^(?:\{\{.*?\}\}|\{%.*?%\}|\[\[.*?\]\]|\{[{%][^<]*|<\/?[\w-]+|"[^"]*"|[\w.-]+)/;

/** `texts`: the files by their names. */
export function toMistake(placed: PlacedMessage, texts: ReadonlyMap<string, string>): PlaybookMistake {
  const { message, meant = '' } = placed;
  const text = texts.get(placed.place.file) ?? '';
  const { file, line, column } = refined(placed, text);
  const rest = text.split('\n')[line - 1]?.slice(column - 1) ?? '';
  const piece = meant !== '' && rest.startsWith(meant) ? meant : (PIECE.exec(rest)?.[0] ?? ' ');
  const excerpt = excerptOf(text, line, column, piece.length);
  return { file, line, column, path: '', place: '', message, excerpt };
}

/** What stands in an attribute of an include is placed at its element: it is looked for from there on. */
function refined({ place, meant }: PlacedMessage, text: string): Position {
  const { file, line, column } = place;
  const lines = text.split('\n');
  if (meant === undefined || lines[line - 1]?.startsWith(meant, column - 1) === true) return place;
  const found = lines.findIndex((one, i) => i >= line - 1 && one.includes(meant));
  return found < 0 ? place : { file, line: found + 1, column: (lines[found] ?? '').indexOf(meant) + 1 };
}

/** A mistake in a shared part is found in each template that has the part: it is told once. */
export function unique(mistakes: readonly PlaybookMistake[]): PlaybookMistake[] {
  const byText = new Map(mistakes.map((one) => [`${one.file}:${one.line}:${one.column} ${one.message}`, one]));
  return [...byText.values()];
}
