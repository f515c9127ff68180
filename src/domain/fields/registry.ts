import { LEARNED_FIELDS } from './of-learned.ts';
import { ACCOUNT_FIELDS } from './of-account.ts';
import { BEHAVIOR_FIELDS } from './of-behavior.ts';
import { PROFILE_FIELDS, PROGRESS_FIELDS } from './of-lead.ts';
import { NEED_FIELDS } from './of-need.ts';
import { RATING_FIELDS } from './of-rating.ts';
import { TOUCH_FIELDS } from './of-touch.ts';
import { SEGMENT } from '../segment.ts';
import type { BehaviorField, Field, OpenField, RowField, SegmentField } from './field.ts';

const ROWS = [
  ...TOUCH_FIELDS,
  ...PROGRESS_FIELDS,
  ...RATING_FIELDS,
  ...LEARNED_FIELDS,
  ...NEED_FIELDS,
  ...PROFILE_FIELDS,
] as const;

const SEGMENT_FIELD = {
  name: SEGMENT,
  type: 'text',
  refersTo: 'segment',
  doc: 'segments of `segments.yaml` that the lead is in',
  example: 'segment: wine-growers',
} as const satisfies SegmentField;

/** Names of the fields that are read from rows. */
export type FieldName = (typeof ROWS)[number]['name'];
type FilterRow = Extract<(typeof ROWS)[number], { filter: string }>;
/** Fields that lists filter by. */
export type FilterName = FilterRow['name'];
/** The filters of a list. */
export type FilterValues = { [R in FilterRow as R['name']]?: ValueOf<R> | undefined };
type ValueOf<R> = R extends { type: 'flag' }
  ? boolean
  : R extends { values: readonly (infer V)[] }
    ? V
    : R extends { type: 'number' }
      ? number
      : string;

/** Read from rows, in the order of the docs. */
export const ROW_FIELDS: readonly (RowField & { name: FieldName })[] = ROWS;

/** Lists filter by them, by equality. */
export const FILTER_FIELDS: readonly (RowField & { name: FilterName; filter: string })[] = ROWS.filter(
  (field) => 'filter' in field,
);

/** Fields that a condition in a file may name. */
export const FIELDS: readonly Field[] = [
  ...ROW_FIELDS.filter(({ instead }) => instead === undefined),
  ...BEHAVIOR_FIELDS,
  ...ACCOUNT_FIELDS,
  SEGMENT_FIELD,
];

/** Prefixes for names of your own. `event.` is allowed only where there is an event: in waitFor and in scoring. */
export const OPEN_FIELDS = {
  attributes: {
    prefix: 'attributes.',
    doc: 'an attribute of your own: a text, a number, true or false, or a list of these',
    example: 'attributes.role: student',
  },
  event: {
    prefix: 'event.',
    doc: 'a property of the event; `event.type` is its type',
    example: 'event.path: { startsWith: /careers }',
  },
} as const satisfies Record<string, OpenField>;

const BY_NAME: ReadonlyMap<string, Field> = new Map(
  [...ROWS, ...BEHAVIOR_FIELDS, ...ACCOUNT_FIELDS, SEGMENT_FIELD].map((field) => [field.name, field]),
);

/** The row of a field; undefined for an unknown name and for names of your own. */
export function fieldNamed(name: string): Field | undefined {
  return BY_NAME.get(name);
}

/** Is it whether the lead is in a segment? */
export function isSegment(field: Field): field is SegmentField {
  return field.name === SEGMENT;
}

/** Is it what the lead did, which is read only where a condition asks about it? */
export function isBehavior(field: Field): field is BehaviorField {
  return 'parameters' in field;
}
