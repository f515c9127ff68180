import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { didYouMean, nearest } from '../domain/did-you-mean.ts';
import { AppError } from '../domain/errors.ts';
import { TEMPLATE_KINDS, type TemplateKind } from '../domain/template.ts';
import { TRACKING } from '../domain/tracking.ts';
import { at, type Position } from './source-map.ts';
import type { PlacedMessage } from './template-mistakes.ts';
import type { WrittenValue } from './written-value.ts';

export interface FrontMatter {
  subject: string;
  preheader: string;
  /** What a lead subscribes to or leaves. */
  topic: string;
  kind: TemplateKind;
  /** Key of what the mail gives, such as a guide. */
  material: string | null;
  /** Key of a sender in settings.yaml. */
  sender: string | null;
  /** `off`: neither opens nor clicks are recorded. */
  tracking: 'off' | null;
  /** `off`: opens are not. */
  opens: 'off' | null;
  /** A plain-text part written by hand (Liquid), in place of the one made from the HTML. */
  text: string | null;
  /** The part that holds header and footer, `_layout.mjml` unless named. */
  layout: string;
  /** What stands in for variables that are not known, by their names. */
  defaults: Readonly<Record<string, string>>;
}

export interface ReadTemplate {
  /** Of a file with mistakes it has what could be read; a kind that is none is taken for `transactional`, of which the least is asked. */
  front: FrontMatter;
  /** What is wrong with the front matter. */
  mistakes: readonly PlacedMessage[];
  /** Where the value of each field begins. */
  positions: Record<keyof FrontMatter, Position>;
  /** The fields that the file has, as they are written. */
  written: ReadonlyMap<string, WrittenValue>;
  /** Where the name of each default stands. */
  defaultPositions: ReadonlyMap<string, Position>;
  /** Those of the required fields that the file itself has: a variant in another language takes the others from its template. */
  stated: ReadonlySet<string>;
  body: string;
  bodyPosition: Position;
}

const REQUIRED = ['subject', 'preheader', 'topic', 'kind'] as const;
const FIELDS: readonly string[] = [
  ...REQUIRED,
  'material',
  'sender',
  'tracking',
  'opens',
  'text',
  'layout',
  'defaults',
];
/** Of a template in another language. Topic, kind and whatever else says what a mail is are those of the template itself. */
const REQUIRED_OF_VARIANT = ['subject', 'preheader'] as const;

/**
 * Splits a template file into front matter (YAML between two lines `---`) and body.
 * @param isVariant Of a template in another language, as welcome.de.mjml is.
 * @throws AppError PLAYBOOK_INVALID for a file without front matter, or one whose end cannot be told
 */
export function readTemplateFile(file: string, content: string, isVariant = false): ReadTemplate {
  const match = /^---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m.exec(content);
  if (match === null || match.index !== 0) {
    throw invalid(
      { file, line: 1, column: 1 },
      /^---[ \t]*\r?\n/.test(content)
        ? 'this front matter has no end: write a line --- after its last field'
        : 'a template begins with front matter: a line ---, then subject, preheader, topic and kind, then a line ---',
    );
  }
  const yaml = match[1] ?? '';
  const lines = new LineCounter();
  const document = parsed(file, yaml, lines);
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: line + 1, column: Math.max(col, 1) };
  };
  const mistakes: PlacedMessage[] = [];
  const wrong = (place: Position, message: string): void => void mistakes.push({ place, message });
  const [problem] = document.errors;
  if (problem !== undefined)
    wrong(
      positionOf(problem.pos[0]),
      problem.code === 'DUPLICATE_KEY'
        ? 'this field stands here twice; leave one of them out'
        : `this is not valid YAML: ${firstLine(problem.message)}; put a text that has a colon or Liquid in it into "quotes"`,
    );
  const fields = new Map<string, { value: string; position: Position; raw: string }>();
  let defaults: Defaults = { values: {}, positions: new Map() };
  const root = problem === undefined ? document.contents : null;
  const meant = new Set<string | null>();
  for (const pair of isMap(root) ? root.items : []) {
    const name = isScalar(pair.key) ? String(pair.key.value) : '';
    const keyPosition = positionOf(isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0);
    if (!FIELDS.includes(name)) {
      meant.add(nearest(name, FIELDS));
      wrong(
        keyPosition,
        `"${name}" is not a field of a template; there are ${FIELDS.join(', ')}${didYouMean(name, FIELDS)}`,
      );
      continue;
    }
    if (name === 'defaults') {
      defaults = readDefaults(pair.value, { place: keyPosition, positionOf, wrong });
      continue;
    }
    const node = pair.value;
    if (!isScalar(node) || typeof node.value !== 'string' || node.value.trim() === '') {
      meant.add(name);
      wrong(
        keyPosition,
        `"${name}" must be a text${name === 'subject' ? ', as in subject: "Your guide is here"' : ''}`,
      );
      continue;
    }
    const [from, to] = node.range ?? [0, 0];
    fields.set(name, { value: node.value, position: positionOf(from), raw: yaml.slice(from, to) });
  }
  const end: Position = { file, line: yaml.split('\n').length + 1, column: 1 };
  const required = isVariant ? REQUIRED_OF_VARIANT : REQUIRED;
  for (const name of problem === undefined ? required : []) {
    if (!fields.has(name) && !meant.has(name))
      wrong(end, `the front matter lacks "${name}"; it needs ${required.join(', ')}`);
  }
  const value = (name: string): string | null => fields.get(name)?.value ?? null;
  const position = (name: string): Position => fields.get(name)?.position ?? end;
  const written = value('kind') ?? (isVariant ? 'resource' : null);
  const kind = TEMPLATE_KINDS.find((known) => known === written);
  if (kind === undefined && written !== null)
    wrong(
      position('kind'),
      `"${written}" is not a kind; use one of ${TEMPLATE_KINDS.join(', ')}${didYouMean(written, TEMPLATE_KINDS)}`,
    );
  if (value('topic') === TRACKING)
    wrong(position('topic'), `"${TRACKING}" is the consent to be tracked and no topic of mails; choose another word`);
  const offOrOn = (name: 'tracking' | 'opens'): 'off' | null => {
    const said = value(name);
    if (said !== null && said !== 'off' && said !== 'on')
      wrong(position(name), `"${name}" is off or on, not "${said}"`);
    return said === 'off' ? 'off' : null;
  };
  const [tracking, opens] = [offOrOn('tracking'), offOrOn('opens')];
  return {
    mistakes,
    front: {
      subject: value('subject') ?? '',
      preheader: value('preheader') ?? '',
      topic: value('topic') ?? '',
      kind: kind ?? 'transactional',
      material: value('material'),
      sender: value('sender'),
      tracking,
      opens,
      text: value('text'),
      layout: value('layout') ?? '_layout.mjml',
      defaults: defaults.values,
    },
    positions: {
      subject: position('subject'),
      preheader: position('preheader'),
      topic: position('topic'),
      kind: position('kind'),
      material: position('material'),
      sender: position('sender'),
      tracking: position('tracking'),
      opens: position('opens'),
      text: position('text'),
      layout: position('layout'),
      defaults: end,
    },
    written: new Map([...fields].map(([name, { raw, position: start }]) => [name, { raw, start }])),
    defaultPositions: defaults.positions,
    stated: new Set(fields.keys()),
    body: content.slice(match[0].length),
    bodyPosition: { file, line: match[0].split('\n').length, column: 1 },
  };
}

interface Defaults {
  values: Record<string, string>;
  positions: Map<string, Position>;
}

interface Reading {
  place: Position;
  positionOf: (offset: number) => Position;
  wrong: (place: Position, message: string) => void;
}

/** `defaults: { lead.firstName: there }` */
function readDefaults(node: unknown, { place, positionOf, wrong }: Reading): Defaults {
  const read: Defaults = { values: {}, positions: new Map() };
  const what = '"defaults" must give a text for each variable, as in defaults: { lead.firstName: there }';
  if (!isMap(node)) wrong(place, what);
  for (const { key, value } of isMap(node) ? node.items : []) {
    const at = isScalar(key) ? positionOf(key.range?.[0] ?? 0) : place;
    const text = isScalar(value) ? value.value : null;
    if (!isScalar(key) || (typeof text !== 'string' && typeof text !== 'number') || String(text).trim() === '') {
      wrong(at, what);
      continue;
    }
    read.values[String(key.value)] = String(text);
    read.positions.set(String(key.value), at);
  }
  return read;
}

/** A text that is nested too deeply overflows the stack of the parser, which has no error for that. */
function parsed(file: string, yaml: string, lines: LineCounter): ReturnType<typeof parseDocument> {
  try {
    return parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it cannot be read';
    throw invalid({ file, line: 2, column: 1 }, `this is not valid YAML: ${why}`);
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}

function invalid(place: Position, what: string): AppError {
  return new AppError('PLAYBOOK_INVALID', `${at(place)}: ${what}`, { details: { ...place } });
}
