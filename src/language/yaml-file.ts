import { readFileSync } from 'node:fs';
import {
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type YAMLParseError,
} from 'yaml';
import type { z } from 'zod';
import { messagesOf, valueAt, withoutFollowing } from './messages.ts';
import {
  excerptOf,
  pathInWords,
  pathToText,
  type Findings,
  type Mention,
  type PlaybookMistake,
  type ValuePath,
  type WordMention,
} from './problems.ts';

/** A YAML file of the playbook that knows where each of its values stands. Mistakes go to the findings it was opened with. */
export class YamlFile {
  /** The content as plain data. */
  readonly value: unknown;
  private readonly document: Document;
  private readonly lines: LineCounter;
  private readonly shown: string;
  private readonly problems: PlaybookMistake[];
  private readonly text: string;
  private readonly mentions: Mention[];
  private readonly warnings: PlaybookMistake[];
  private readonly names = new Map<string, string>();

  private constructor(
    document: Document,
    text: string,
    lines: LineCounter,
    shown: string,
    { mistakes, mentions, warnings = [] }: Findings,
  ) {
    this.text = text;
    this.mentions = mentions;
    this.warnings = warnings;
    this.document = document;
    this.lines = lines;
    this.shown = shown;
    this.problems = mistakes;
    this.value = document.toJS() as unknown;
    if (isCircular(this.value)) throw new Error('an alias (*) is inside the value that it repeats (&)');
  }

  /** Reads and parses; `shown` is the name people see. Null, with problems written down, when there is no such file or it is not YAML. */
  static open(file: string, shown: string, findings: Findings): YamlFile | null {
    let text = '';
    const report = (message: string, position?: { line: number; col: number }): null => {
      const { line, col: column } = position ?? { line: 1, col: 1 };
      const excerpt = position === undefined ? null : excerptOf(text, line, column, 1);
      findings.mistakes.push({ file: shown, line, column, path: '', place: '', message, excerpt });
      return null;
    };
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      return report(missing ? 'this file is missing' : 'this file cannot be read');
    }
    const lines = new LineCounter();
    try {
      const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
      // What follows the first is mostly a consequence of it.
      const [error] = document.errors;
      if (error !== undefined)
        return report(`not valid YAML: ${error.message}${yamlHint(error)}`, lines.linePos(error.pos[0]));
      if (document.contents === null) return report('this file is empty');
      const key = keyOfParts(document);
      if (key !== null) return report('not valid YAML: a key must be a text', lines.linePos(key));
      return new YamlFile(document, text, lines, shown, findings);
    } catch (error) {
      if (error instanceof RangeError) return report('values stand too deep inside one another to be read');
      return report(`not valid YAML: ${error instanceof Error ? error.message : 'it cannot be read as data'}`);
    }
  }

  /** Writes down a problem with the value (or the key) at a path; where the path does not exist, its nearest parent. */
  report(path: ValuePath, message: string, at: 'value' | 'key' = 'value'): void {
    this.problems.push(this.mistakeAt(path, message, at));
  }

  /** The same of what is no mistake, and hardly meant. */
  warn(path: ValuePath, message: string): void {
    this.warnings.push(this.mistakeAt(path, message, 'value'));
  }

  /** Remembers that the value (or the key) at a path speaks of an event, or of one of its properties. */
  mention(path: ValuePath, event: string, property: string | null = null): void {
    this.mentions.push({ event, property, at: this.mistakeAt(path, '', property === null ? 'value' : 'key') });
  }

  /** The same of a source (the value) or an own field of leads (the key). */
  mentionWord(path: ValuePath, what: WordMention['what'], word: string, isSet = false): void {
    this.mentions.push({ what, word, isSet, at: this.mistakeAt(path, '', what === 'source' ? 'value' : 'key') });
  }

  private mistakeAt(path: ValuePath, message: string, at: 'value' | 'key'): PlaybookMistake {
    const { start, end } = this.rangeOf(path, at);
    const { line, col: column } = this.lines.linePos(start);
    return {
      file: this.shown,
      line,
      column,
      path: pathToText(path),
      place: pathInWords(path, (one) => this.nameAt(one)),
      message,
      excerpt: excerptOf(this.text, line, column, end - start),
    };
  }

  /** Gives an element of a list the name that mistakes call it by, in place of one that is written in the element itself. */
  name(path: ValuePath, name: string): void {
    this.names.set(pathToText(path), name);
  }

  private nameAt(path: ValuePath): string | null {
    const own = ['id', 'rule', 'criterion', 'tier', 'arm']
      .map((key) => this.at([...path, key]))
      .find((name) => typeof name === 'string');
    return this.names.get(pathToText(path)) ?? own ?? null;
  }

  /** The value at a path as the schema gives it; null, with problems written down, where it does not fit. */
  parse<S extends z.ZodType>(schema: S, path: ValuePath = []): z.output<S> | null {
    const value = this.at(path);
    const result = schema.safeParse(value, { reportInput: true });
    if (result.success) return result.data;
    const issues = withoutFollowing(result.error.issues, value);
    for (const { path: inner, message, at } of issues.flatMap((issue) => messagesOf(issue, value))) {
      this.report([...path, ...inner], message, at);
    }
    return null;
  }

  /** Plain data at a path; undefined where there is none. */
  at(path: ValuePath): unknown {
    return valueAt(this.value, path);
  }

  private rangeOf(path: ValuePath, at: 'value' | 'key'): Range {
    let node: unknown = this.document.contents;
    let range = rangeOf(node) ?? { start: 0, end: 0 };
    path.forEach((part, depth) => {
      const last = depth === path.length - 1;
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
        const key = rangeOf(pair?.key);
        const value = rangeOf(pair?.value);
        node = pair?.value;
        range = (last && at === 'key' ? key : (value ?? key)) ?? range;
      } else if (isCollection(node)) {
        node = node.get(part, true);
        range = rangeOf(node) ?? range;
      } else node = undefined;
    });
    return range;
  }
}

/** From the first character to the one after the last. */
interface Range {
  start: number;
  end: number;
}

/**
 * The position of the first key that is a list, a map or an alias; null when there is none. Such a key would be turned into text,
 * and some hundred of them inside one another take very long.
 */
function keyOfParts(document: Document): number | null {
  let found: number | null = null;
  visit(document, {
    Pair(_, { key }) {
      if (key === null || isScalar(key)) return undefined;
      found = (key as Node).range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return found;
}

/** Whether a value contains itself. A walk through such a value would never end. */
function isCircular(value: unknown, above = new Set<unknown>(), done = new Set<unknown>()): boolean {
  if (typeof value !== 'object' || value === null || done.has(value)) return false;
  if (above.has(value)) return true;
  above.add(value);
  const circular = Object.values(value).some((inner) => isCircular(inner, above, done));
  above.delete(value);
  done.add(value);
  return circular;
}

const INDENTED_WRONGLY: ReadonlySet<string> = new Set(['BAD_INDENT', 'MULTILINE_IMPLICIT_KEY', 'UNEXPECTED_TOKEN']);

/** What a marketer most often meant. */
function yamlHint({ code, message }: YAMLParseError): string {
  if (message.startsWith('Unexpected scalar at node end'))
    return '; a text in "…" ends at the next ": write \' inside of it, as in default: \'there\'';
  if (INDENTED_WRONGLY.has(code) && !message.startsWith('Flow '))
    return '; look at the indentation of this line: items of one list, and keys of one step, begin at the same column';
  if (code === 'TAB_AS_INDENT') return '; use spaces';
  return code === 'BLOCK_AS_IMPLICIT_KEY'
    ? '; put a text that has ": " in it between quotes, and begin a key on the next line at the same column as its neighbors'
    : '';
}

/** Undefined for a missing value (`email:`), so that the place of its key is shown instead. */
function rangeOf(node: unknown): Range | undefined {
  const [start, end] = (node as Node | null | undefined)?.range ?? [0, 0];
  return start < end ? { start, end } : undefined;
}
