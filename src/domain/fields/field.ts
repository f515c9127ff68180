/**
 * What a condition can ask of a lead. A field is one row of the registry (registry.ts): its name, type, unit and values, how it is
 * read in memory and in SQL, and a line for the docs. Conditions, the checks of the playbook, the words of `why`, scoring, routing,
 * lists and the documentation know fields only by these rows.
 */
import type { Scalar } from '../condition-parts.ts';
import type { Rating } from '../readiness.ts';

/** What must be read besides the lead's own row. Only what a condition needs is read. */
export type Part = 'lead' | 'need' | 'touch' | 'firstTouch' | 'lastTouch' | 'consent' | 'enrollment' | 'owner';

/** The rows that fields are read from. A row that is `undefined` was not read, and its fields are unknown. */
export interface Sources {
  lead: LeadRow;
  /** The current need: open, or the last one closed. Null: none yet. */
  need?: NeedRow | null | undefined;
  /** The touch that began the current need; for the first need the lead's first touch. */
  touch?: TouchRow | null | undefined;
  /** The lead's first touch, which is never overwritten, and its latest. */
  firstTouch?: TouchRow | null | undefined;
  lastTouch?: TouchRow | null | undefined;
  /** True when the latest consent to marketing mail is given and the address is not suppressed. */
  consent?: boolean | undefined;
  /** The active enrollment. */
  enrollment?: { cadence: string } | null | undefined;
  owner?: { key: string } | null | undefined;
}

export interface LeadRow {
  email: string | null;
  stage: string;
  source: string | null;
  score: number;
  scoreAt: Date;
  scoreParts: unknown;
  fitGrade: string;
  fitCompleteness: number | null;
  lastHighIntentAt: Date | null;
  armedAt: Date | null;
  valueTier: string | null;
  orders: unknown;
  country: string | null;
  attributes: unknown;
  language: string | null;
  preferredChannel: string | null;
  company: string | null;
  companySize: number | null;
  industry: string | null;
  jobTitle: string | null;
  pausedAt: Date | null;
  heldAt: Date | null;
  sunsetAt: Date | null;
  armed: boolean;
  markedAt: Date | null;
}

/** A row by the names of its fields in memory. It has the columns that fields of its part name (`column`). */
export type Row = Readonly<Record<string, unknown>>;

/** `valueMinor`, `currency` and `recycleCount` are computed with; all else is read as it stands. */
export type NeedRow = Row & { valueMinor: bigint | null; currency: string | null; recycleCount: number };

/** `campaignKey`: key of the campaign that it is of, else the one that it names. */
export type TouchRow = Row & { source: string | null; campaignKey: string | null; campaignType: string | null };

/** Further arguments for reading a field. */
export interface Moment {
  /** On the lead's clock, epoch milliseconds. */
  atMs: number;
  fading: Rating;
  freeMail: ReadonlySet<string>;
}

/** What a number counts. Money is in minor units (cents) of its currency, in the playbook as in the API and the database. */
export type Unit = 'points' | 'people' | 'times' | 'percent' | 'days' | 'minor units' | 'whole units';

/** A text is compared without case; a choice has one of its values; a flag is true or false. */
export type FieldType =
  | { type: 'text' }
  | { type: 'number'; unit: Unit }
  | { type: 'flag' }
  /** `enumType`: of the column, where PostgreSQL knows the values too. */
  | { type: 'choice'; values: readonly string[]; enumType?: string };

interface Described {
  name: string;
  /** One line for the docs. */
  doc: string;
  /** An example in a condition. */
  example: string;
  /** The field in a sentence, if that is not the name itself ("companySize" becomes "company size"). */
  words?: string;
  /** Set for a field that files may no longer name, with what to write instead. Stored revisions still ask about it. */
  instead?: string;
}

/**
 * `sql` is an expression over these aliases (store/facts/parts.ts joins those that are asked for): `l` the lead, `n` its need,
 * `t` the touch, `f` the first and `z` the latest touch, `c` the latest consent to marketing mail, `e` the active enrollment, `o` the owner. `$now`
 * (epoch milliseconds on the lead's clock), `$halfLife` (milliseconds), `$groups` (an object with the half-life `h` and the limit `l` of each group), `$limit` (of the score), `$bands`, `$readiness` (the steps of each grade, see ../readiness.ts) `$lineNeed` (points) and `$freeMail` (an array) are put in as parameters. It
 * must say the same as `read`; test/store/condition-sql.test.ts compares them.
 */
interface ReadFromRows {
  part: Part;
  /** The column of the part's row that it is read from, by its field in memory. Of needs and touches only these are read. */
  column?: string;
  read: (sources: Sources, moment: Moment) => Scalar | null;
  sql: string;
  /** Its values are names of these: one that is not known is a mistake. */
  refersTo?: RefersTo;
  /** Lists filter by it: a column that an index knows, which equals the value or, for a flag, is not null. */
  filter?: string;
}

export type RowField = Described & FieldType & ReadFromRows;

/**
 * What a lead did, with parameters that stand beside the operators: `events: { type: email.clicked, within: 14 days, gte: 2 }`.
 * It is read only where a condition asks about it. In `sql`, `$` and a parameter's name stand for its value
 * (a span is milliseconds). It can be asked where the store can be read: not in scoring and in waitFor, which are asked of each event.
 */
export type BehaviorField = Described & {
  type: 'number';
  unit: Unit;
  parameters: Readonly<Record<string, Parameter>>;
  sql: string;
  /**
   * The same of all leads at once, rows `lead_id` and `value` (null: not known), without those for whom it is 0: for a statement that reads all leads and
   * would ask of each.
   */
  sqlOfAll?: string;
};

/** What a value can be the name of. */
export type RefersTo = 'cadence' | 'event' | 'segment' | 'band' | 'value tier' | 'campaign type';

/** `otherwise`: the SQL when the parameter is not given; without `otherwise` it is required. */
export interface Parameter {
  kind: 'text' | 'span';
  refersTo?: RefersTo;
  doc: string;
  otherwise?: string;
}

/** Whether the lead is in a segment, which is a condition of its own: see domain/segment.ts. */
export type SegmentField = Described & { type: 'text'; refersTo: 'segment' };

export type Field = RowField | BehaviorField | SegmentField;

/** A field that reads a prefix: `attributes.<name>`, `event.<name>`. Its values can be anything. */
export interface OpenField {
  prefix: string;
  doc: string;
  example: string;
}
