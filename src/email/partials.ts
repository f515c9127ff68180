import { Parser } from 'htmlparser2';
import { AppError } from '../domain/errors.ts';
import { advance, at, MappedText, type Mapped, type Position } from './source-map.ts';

/**
 * Puts shared parts into a template:
 *
 *     <mj-include path="./_button.mjml" href="https://…" label="Read the guide" />
 *
 * stands for the text of `_button.mjml`, in which `[[href]]` and `[[label]]` are replaced by the attributes.
 * `[[tone|green]]` has a default; without one the attribute must be given. What is put in is MJML and Liquid source, not
 * a value: values come with Liquid when an email is rendered, and are escaped then. The result needs no files any more.
 */

/** A shared part: its text, and the name for error messages. */
export interface Partial {
  file: string;
  text: string;
}

/** Finds the part at a path as written, or undefined. */
export type FindPartial = (path: string) => Partial | undefined;

type Values = ReadonlyMap<string, Mapped>;

const MAX_DEPTH = 8;
const PLACEHOLDER = /\[\[\s*([A-Za-z][\w-]*)\s*(?:\|([^\]]*))?\]\]/g;

/**
 * @param origin Where `text` begins.
 * @param values What its `[[placeholders]]` stand for; null for a template itself, which has none.
 * @throws AppError PLAYBOOK_INVALID for an unknown part, a missing or an unknown attribute, or parts in a circle.
 */
export function expand(text: string, origin: Position, values: Values | null, find: FindPartial, depth = 0): Mapped {
  const result = new MappedText();
  const used = new Set<string>();
  let done = 0;
  const addPlain = (end: number): void => {
    fill(result, text.slice(done, end), advance(text, 0, done, origin), values, used);
    done = end;
  };
  for (const include of includesIn(text)) {
    const place = advance(text, 0, include.start, origin);
    addPlain(include.start);
    done = include.end;
    const { path, ...attributes } = include.attributes;
    if (path === undefined) throw invalid(place, '<mj-include> needs a path, as in path="./_button.mjml"');
    const partial = find(path);
    if (partial === undefined)
      throw invalid(place, `there is no part "${path}"; parts stand beside the templates and begin with _`);
    if (depth >= MAX_DEPTH)
      throw invalid(place, `parts are nested more than ${MAX_DEPTH} deep: "${path}" seems to include itself`);
    const given = new Map<string, Mapped>();
    for (const [name, value] of Object.entries(attributes)) {
      const filled = new MappedText();
      fill(filled, value, advance(text, 0, valueStart(text, include, name), origin), values, used);
      given.set(name, filled.done());
    }
    const start: Position = { file: partial.file, line: 1, column: 1 };
    result.append(naming(place, () => expand(partial.text, start, given, find, depth + 1)));
  }
  addPlain(text.length);
  if (values !== null) {
    for (const name of values.keys()) {
      if (!used.has(name)) throw invalid(origin, `this part has no [[${name}]], but the attribute "${name}" was given`);
    }
  }
  return result.done();
}

/** Adds `piece` with its placeholders replaced. */
function fill(result: MappedText, piece: string, origin: Position, values: Values | null, used: Set<string>): void {
  if (values === null) return result.add(piece, origin);
  let done = 0;
  for (const match of piece.matchAll(PLACEHOLDER)) {
    result.add(piece.slice(done, match.index), advance(piece, 0, done, origin));
    const place = advance(piece, 0, match.index, origin);
    const [all, name = '', fallback] = match;
    const value = values.get(name);
    used.add(name);
    if (value !== undefined) result.append(value);
    else if (fallback !== undefined) result.add(fallback, place);
    else throw invalid(place, `[[${name}]] has no value: give ${name}="…" to the <mj-include>`);
    done = match.index + all.length;
  }
  result.add(piece.slice(done), advance(piece, 0, done, origin));
}

/** Offset of the value of an attribute. */
function valueStart(text: string, { start, end }: Include, name: string): number {
  const found = new RegExp(`\\s${name}\\s*=\\s*["']`).exec(text.slice(start, end));
  return found === null ? start : start + found.index + found[0].length;
}

interface Include {
  start: number;
  end: number;
  attributes: Record<string, string>;
}

function includesIn(text: string): Include[] {
  const includes: Include[] = [];
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === 'mj-include') includes.push({ start: parser.startIndex, end: parser.endIndex + 1, attributes });
      },
      onclosetag(name) {
        const last = includes.at(-1);
        if (name === 'mj-include' && last !== undefined) last.end = parser.endIndex + 1;
      },
    },
    { xmlMode: true, decodeEntities: false },
  );
  parser.end(text);
  return includes;
}

/** An error inside a part says too where the part was used. */
function naming<T>(place: Position, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // Of parts in a circle the innermost is enough.
    if (!(error instanceof AppError) || error.message.includes('(used at ')) throw error;
    throw new AppError(error.code, `${error.message} (used at ${at(place)})`, {
      fields: error.fields,
      details: error.details,
    });
  }
}

function invalid(place: Position, what: string): AppError {
  return new AppError('PLAYBOOK_INVALID', `${at(place)}: ${what}`, { details: { ...place } });
}
