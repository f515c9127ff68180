/** The variables of templates: which there are, and which of a template's are none. */
import type { Liquid } from 'liquidjs';
import { COLOR_NAMES } from '../domain/brand.ts';
import { hintFor } from '../domain/did-you-mean.ts';
import type { TemplateSource, WordedTemplate, Wording } from '../domain/template.ts';
import { htmlLiquid, textLiquid } from './liquid.ts';
import { locate, type Position } from './source-map.ts';
import type { PlacedMessage } from './template-mistakes.ts';
import { placeOfPiece, type WrittenValue } from './written-value.ts';

/** `value`: has nothing below it. `any`: what is below it is the marketer's own. `reps`: as `value`, and only mails to reps have it. */
type Known = 'value' | 'any' | 'reps' | { readonly [name: string]: Known };

/** As in RenderContext. */
const VARIABLES: Record<string, Known> = {
  lead: {
    firstName: 'value',
    lastName: 'value',
    name: 'value',
    company: 'value',
    jobTitle: 'value',
    country: 'value',
    language: 'value',
    email: 'reps',
    phone: 'reps',
    attributes: 'any',
  },
  brand: {
    logo: { url: 'value', width: 'value' },
    colors: Object.fromEntries(COLOR_NAMES.map((name) => [name, 'value'])),
  },
  sender: { companyName: 'value', postalAddress: 'value', name: 'value' },
  links: { unsubscribe: 'value', preferences: 'value', viewInBrowser: 'value', decision: 'reps' },
  campaign: { name: 'value', starts: 'value', ends: 'value', event: 'value', url: 'value' },
  request: { at: 'value', campaign: 'value' },
  need: { productLine: 'value', type: 'value' },
  rep: { name: 'value', email: 'value' },
  brief: 'reps',
  tasks: 'reps',
  handOver: 'reps',
  dueAt: 'reps',
  subject: 'value',
  preheader: 'value',
};

/** Those of the text of a step: a rep or another program reads it, never the lead as a mail. */
const OF_STEPS: Record<string, Known> = {
  lead: { ...(VARIABLES['lead'] as object), email: 'value', phone: 'value' },
  need: VARIABLES['need'] ?? 'any',
};

/** What is wrong with the variables of a step's text, in words. */
export function variableMistakesInStep(text: string): string[] {
  return variablesIn(text, textLiquid).flatMap(
    ({ names }) => whyWrong(names, { known: OF_STEPS, forReps: true }) ?? [],
  );
}

/** The names of the variables of a template, each in its parts. A part that is computed is left out, with all below it. */
export function variableNames({ subject, preheader, text, body }: Wording): string[][] {
  const all = [subject, preheader, text ?? ''].flatMap((one) => variablesIn(one, textLiquid));
  return [...all, ...variablesIn(body, htmlLiquid)].map(({ names }) => {
    const computed = names.indexOf(null);
    return (computed < 0 ? names : names.slice(0, computed)) as string[];
  });
}

/** Names in `defaults` that no mail of this kind has. */
export function defaultMistakes(
  { defaults, kind, file }: Pick<TemplateSource, 'defaults' | 'kind' | 'file'>,
  positions: ReadonlyMap<string, Position>,
): PlacedMessage[] {
  return Object.keys(defaults ?? {}).flatMap((name) => {
    const message = whyWrong(name.split('.'), { known: VARIABLES, forReps: kind === 'transactional' });
    return message === null ? [] : [{ place: positions.get(name) ?? { file, line: 1, column: 1 }, message }];
  });
}

/** Whether something that is no variable of mails could be the template's own, as `{% assign %}` makes them. */
export function isOfMails(variable: string): boolean {
  return Object.hasOwn(VARIABLES, variable.split('.')[0] ?? '');
}

/** Variables that no mail of this template's kind has: they would render as nothing. `written`: its fields. */
export function variableMistakes(source: WordedTemplate, written: ReadonlyMap<string, WrittenValue>): PlacedMessage[] {
  const { body, spans, file } = source;
  const start: Position = { file, line: 1, column: 1 };
  const inFront = (['subject', 'preheader', 'text'] as const).flatMap((name) => {
    const value = source[name] ?? '';
    const field = written.get(name) ?? { raw: value, start };
    return wrongIn(source, value, textLiquid, (offset, length) => placeOfPiece(field, value, offset, length));
  });
  return [...inFront, ...wrongIn(source, body, htmlLiquid, (offset) => locate({ text: body, spans }, offset))];
}

function wrongIn(
  source: WordedTemplate,
  text: string,
  liquid: Liquid,
  placeOf: (offset: number, length: number) => Position,
): PlacedMessage[] {
  return variablesIn(text, liquid).flatMap(({ names, offset }) => {
    const message = whyWrong(names, { known: VARIABLES, forReps: source.kind === 'transactional' });
    const meant = names.filter((name) => name !== null).join('.');
    return message === null ? [] : [{ place: placeOf(offset, meant.length), message, meant }];
  });
}

function variablesIn(text: string, liquid: Liquid): { names: (string | null)[]; offset: number }[] {
  const { globals } = liquid.analyzeSync(liquid.parse(text), { partials: false });
  return Object.values(globals)
    .flat()
    .map(({ segments, location }) => ({
      names: segments.map((segment) => (typeof segment === 'object' ? null : String(segment))),
      offset: offsetOf(text, location),
    }));
}

/** Null: the variable is known. A name that is computed (null) is not looked at, nor what stands below it. */
function whyWrong(
  names: readonly (string | null)[],
  { known: all, forReps }: { known: Record<string, Known>; forReps: boolean },
): string | null {
  let known: Known = all;
  for (const [i, name] of names.entries()) {
    if (name === null || typeof known === 'string') return null;
    const whole = names.slice(0, i + 1).join('.');
    const next: Known | undefined = Object.hasOwn(known, name) ? known[name] : undefined;
    if (next === undefined) {
      const above = names.slice(0, i).join('.');
      const inScope = Object.entries(known).filter(([, one]) => forReps || one !== 'reps');
      return `unknown variable "${whole}"${hintFor(
        whole,
        inScope.map(([one]) => (above === '' ? one : `${above}.${one}`)),
      )}`;
    }
    if (next === 'reps' && !forReps)
      return `"${whole}" is known only in mails to reps (kind: transactional), and would be empty here`;
    known = next;
  }
  return null;
}

function offsetOf(text: string, { row, col }: { row: number; col: number }): number {
  const before = text.split('\n').slice(0, row - 1);
  return before.reduce((sum, line) => sum + line.length + 1, 0) + col - 1;
}
