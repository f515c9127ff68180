/** Keeps track of where the pieces of a put-together text came from, so that errors name the marketer's own file. */

export interface Position {
  file: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
}

/** From offset `at` of the text on, up to the next span, the text stands in `file` from line and column on. */
export interface SourceSpan extends Position {
  at: number;
}

/** A text with its spans. Plain JSON. */
export interface Mapped {
  text: string;
  spans: SourceSpan[];
}

export class MappedText {
  #text = '';
  readonly #spans: SourceSpan[] = [];

  /** Adds `piece`, which stands at `origin`. */
  add(piece: string, origin: Position): void {
    if (piece === '') return;
    this.#spans.push({ at: this.#text.length, file: origin.file, line: origin.line, column: origin.column });
    this.#text += piece;
  }

  /** Adds a text that has spans of its own. */
  append(part: Mapped): void {
    for (const span of part.spans) this.#spans.push({ ...span, at: span.at + this.#text.length });
    this.#text += part.text;
  }

  done(): Mapped {
    return { text: this.#text, spans: this.#spans };
  }
}

/** `position` moved on by the text of `source` from `start` to `offset`. */
export function advance(source: string, start: number, offset: number, position: Position): Position {
  const passed = source.slice(start, offset);
  const lines = passed.split('\n');
  const last = lines.at(-1) ?? '';
  if (lines.length === 1) return { ...position, column: position.column + passed.length };
  return { file: position.file, line: position.line + lines.length - 1, column: last.length + 1 };
}

/** Where the character at `offset` of a mapped text was written. */
export function locate({ text, spans }: Mapped, offset: number): Position {
  const span = spans.findLast(({ at }) => at <= offset) ?? { at: 0, file: '', line: 1, column: 1 };
  return advance(text, span.at, offset, { file: span.file, line: span.line, column: span.column });
}

/** `templates/ebook-welcome.mjml:12:5`, as editors and terminals link it. */
export function at({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`;
}
