import { readFileSync } from 'node:fs';
import { isCollection, isMap, isScalar, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import type { z } from 'zod';
import { messagesOf, valueAt } from './messages.ts';
import { pathToText, type PlaybookMistake, type ValuePath } from './problems.ts';

/** A YAML file of the playbook that knows where each of its values stands. Problems go to the list it was opened with. */
export class YamlFile {
  /** The content as plain data. */
  readonly value: unknown;
  private readonly document: Document;
  private readonly lines: LineCounter;
  private readonly shown: string;
  private readonly problems: PlaybookMistake[];

  private constructor(document: Document, lines: LineCounter, shown: string, problems: PlaybookMistake[]) {
    this.document = document;
    this.lines = lines;
    this.shown = shown;
    this.problems = problems;
    this.value = document.toJS() as unknown;
    if (isCircular(this.value)) throw new Error('an alias (*) is inside the value that it repeats (&)');
  }

  /** Reads and parses; `shown` is the name people see. Null, with problems written down, when there is no such file or it is not YAML. */
  static open(file: string, shown: string, problems: PlaybookMistake[]): YamlFile | null {
    const report = (message: string, position = { line: 1, col: 1 }): null => {
      problems.push({ file: shown, line: position.line, column: position.col, path: '', message });
      return null;
    };
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      return report(missing ? 'this file is missing' : 'this file cannot be read');
    }
    const lines = new LineCounter();
    try {
      const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
      for (const error of document.errors) report(`not valid YAML: ${error.message}`, lines.linePos(error.pos[0]));
      if (document.errors.length > 0) return null;
      if (document.contents === null) return report('this file is empty');
      const key = keyOfParts(document);
      if (key !== null) return report('not valid YAML: a key must be a text', lines.linePos(key));
      return new YamlFile(document, lines, shown, problems);
    } catch (error) {
      return report(`not valid YAML: ${error instanceof Error ? error.message : 'it cannot be read as data'}`);
    }
  }

  /** Writes down a problem with the value (or the key) at a path; where the path does not exist, its nearest parent. */
  report(path: ValuePath, message: string, at: 'value' | 'key' = 'value'): void {
    const position = this.lines.linePos(this.offsetOf(path, at));
    this.problems.push({
      file: this.shown,
      line: position.line,
      column: position.col,
      path: pathToText(path),
      message,
    });
  }

  /** The value at a path as the schema gives it; null, with problems written down, where it does not fit. */
  parse<S extends z.ZodType>(schema: S, path: ValuePath = []): z.output<S> | null {
    const value = this.at(path);
    const result = schema.safeParse(value, { reportInput: true });
    if (result.success) return result.data;
    for (const { path: inner, message, at } of result.error.issues.flatMap((issue) => messagesOf(issue, value))) {
      this.report([...path, ...inner], message, at);
    }
    return null;
  }

  /** Plain data at a path; undefined where there is none. */
  at(path: ValuePath): unknown {
    return valueAt(this.value, path);
  }

  private offsetOf(path: ValuePath, at: 'value' | 'key'): number {
    let node: unknown = this.document.contents;
    let offset = startOf(node) ?? 0;
    path.forEach((part, depth) => {
      const last = depth === path.length - 1;
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
        const key = startOf(pair?.key);
        const value = startOf(pair?.value);
        node = pair?.value;
        offset = (last && at === 'key' ? key : (value ?? key)) ?? offset;
      } else if (isCollection(node)) {
        node = node.get(part, true);
        offset = startOf(node) ?? offset;
      } else node = undefined;
    });
    return offset;
  }
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

/** Undefined for a missing value (`email:`), so that the position of its key is shown instead. */
function startOf(node: unknown): number | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range && range[0] < range[1] ? range[0] : undefined;
}
