import { z } from 'zod';
import type { Condition } from '../../domain/condition.ts';
import { hintFor } from '../../domain/did-you-mean.ts';
import { condition } from '../../language/condition-schema.ts';
import { key, mapping, readBy, type Report, span, words, WRITTEN_AS } from '../../language/schemas.ts';
import { slug, stepId, type StepLanguage, type StepReader } from '../language.ts';
import { type Awaitable, type AwaitedChange, WAITABLE_FIELDS, type WaitForStep } from './position.ts';

const EXPECTED = 'expected an event such as order.placed, { event: …, where: … }, { attribute: … } or { segment: … }';

/** Conditions about properties of the event, by their bare names. */
const where = readBy<Condition>((written, report) => {
  const properties = typeof written === 'object' && written !== null && !Array.isArray(written) ? written : {};
  if (Object.keys(properties).length === 0)
    return report([], 'expected properties of the event such as { total: { gte: 100 } }') ?? undefined;
  const named = Object.entries(properties).map(([name, matcher]): [string, unknown] => [`event.${name}`, matcher]);
  return checked(Object.fromEntries(named), report, ([first, ...rest]) => [String(first).slice(6), ...rest]);
}).meta({ type: 'object', minProperties: 1, description: 'Properties of the event, such as { total: { gte: 100 } }' });

const ofEvent = mapping({ event: words, where: where.optional() });
const ofSegment = mapping({ segment: key });
const ofAttribute = mapping({ attribute: words, is: z.unknown().optional() });

const schema = mapping({
  id: stepId,
  waitFor: z.unknown().meta({ [WRITTEN_AS]: [words, ofEvent, ofAttribute, ofSegment], examples: ['pricing.viewed'] }),
  when: condition('event').optional(),
  within: span.optional(),
  for: span.optional(),
  then: stepId,
  else: stepId,
  otherwise: stepId,
});

export const waitForLanguage: StepLanguage<WaitForStep> = {
  schema,
  read(reader) {
    const read = reader.parse(schema);
    if (read === null) return null;
    const what = readWhat(reader, read.waitFor, read.when);
    const within = readWithin(reader, read);
    const then = orAfter(reader, 'then', read.then);
    const otherwise = readOtherwise(reader, read);
    return what && within && { id: reader.id, kind: 'waitFor', ...what, within, then, otherwise };
  },
  defaultId: (written, place) => `wait-for-${slug(named(written))}-${place}`,
};

function named(written: unknown): unknown {
  if (typeof written !== 'object' || written === null) return written;
  if ('event' in written) return written.event;
  return 'attribute' in written ? written.attribute : 'segment' in written ? written.segment : null;
}

function readWhat(reader: StepReader, written: unknown, when: Condition | undefined): Awaitable | null {
  if (typeof written === 'object' && written !== null && 'segment' in written) {
    if (when !== undefined) reader.report(['when'], 'write what must hold in the segment, in segments.yaml', 'key');
    const read = reader.parse(ofSegment, ['waitFor']);
    if (read !== null) reader.checkKnown('segment', ['waitFor', 'segment'], read.segment);
    return read;
  }
  if (typeof written === 'object' && written !== null && 'attribute' in written) {
    if (when !== undefined) reader.report(['when'], 'write what the attribute must be with "is"', 'key');
    const change = readChange(reader);
    return change && { change };
  }
  if (typeof written === 'object' && written !== null && 'event' in written) {
    const read = reader.parse(ofEvent, ['waitFor']);
    if (read === null) return null;
    reader.checkKnown('event', ['waitFor', 'event'], read.event);
    const all = [when, read.where].filter((one) => one !== undefined);
    const [only] = all;
    return { event: read.event, ...(only && { when: all.length === 1 ? only : { all } }) };
  }
  const event = reader.parse(z.string(EXPECTED).trim().min(1, EXPECTED), ['waitFor']);
  if (event === null) return null;
  reader.checkKnown('event', ['waitFor'], event);
  return { event, ...(when && { when }) };
}

function readChange(reader: StepReader): AwaitedChange | null {
  const read = reader.parse(ofAttribute, ['waitFor']);
  if (read === null) return null;
  const { attribute: field, is } = read;
  if (!WAITABLE_FIELDS.includes(field) && !/^attributes\.[^\s.][^.]*$/.test(field)) {
    const hint = hintFor(field, WAITABLE_FIELDS);
    reader.report(['waitFor', 'attribute'], `no wait for "${field}"${hint}; own fields are written attributes.<name>`);
    return null;
  }
  if (is === undefined) return { field };
  const matcher = readBy<Condition>((value, report) => checked({ [field]: value }, report, ([, ...rest]) => rest));
  const condition = reader.parse(matcher, ['waitFor', 'is']);
  return condition && { field, is: condition };
}

/** Checks a condition that is written in another form; `place` turns a place in it into one in what was written. */
function checked(
  value: Readonly<Record<string, unknown>>,
  report: Report,
  place: (path: readonly (string | number)[]) => (string | number)[],
): Condition | undefined {
  const result = condition('event').safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues)
    report(place(path.map((part) => (typeof part === 'number' ? part : String(part)))), message);
  return undefined;
}

function readWithin(
  reader: StepReader,
  { within, for: lasting }: z.output<typeof schema>,
): WaitForStep['within'] | null {
  if (within !== undefined && lasting !== undefined) {
    reader.report(['for'], '"for" and "within" mean the same; write one of them', 'key');
    return null;
  }
  if (within === undefined && lasting === undefined) reader.parse(mapping({ within: span }).loose());
  return within ?? lasting ?? null;
}

function readOtherwise(reader: StepReader, read: z.output<typeof schema>): string {
  if (read.else !== undefined && read.otherwise !== undefined)
    reader.report(['otherwise'], '"otherwise" and "else" mean the same; write one of them', 'key');
  return read.otherwise === undefined
    ? orAfter(reader, 'else', read.else)
    : orAfter(reader, 'otherwise', read.otherwise);
}

/** The step that is named, or the one that stands after it in the file. */
function orAfter(reader: StepReader, at: string, name: string | undefined): string {
  if (name !== undefined) return reader.target([at], name);
  if (reader.after === null) reader.report([at], `no step follows this one; name the next step with "${at}"`);
  return reader.after ?? '';
}
