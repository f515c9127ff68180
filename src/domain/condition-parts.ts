/**
 * The condition language of the product, used by enrollment, exits, branches, waitFor, scoring, fit, routing and list filters. It is plain data (YAML in the playbook), so that it can be validated, shown, and compiled to SQL
 * (store/conditions). What can be asked about is in fields/.
 *
 *   { source: trade-show, score: { gte: 20 } }            all fields must hold
 *   { any: [ {country: [DE, AT]}, {not: {grade: D}} ] }   any / all / not combine
 *
 * Logic is three-valued, as in SQL (Kleene): comparing an unknown value gives unknown, `not` of unknown is unknown, and a
 * condition holds only when it is true. So an unknown value is neutral: it neither matches nor excludes.
 * `exists: true|false` is the way to ask whether a value is known.
 */

export type Scalar = string | number | boolean;

/** A scalar means "is", a list "is one of" (text is compared without case). Several operators in one matcher must all hold. */
export type Matcher =
  | Scalar
  | readonly Scalar[]
  | {
      is?: Scalar;
      not?: Scalar;
      in?: readonly Scalar[];
      notIn?: readonly Scalar[];
      gt?: number | string;
      gte?: number | string;
      lt?: number | string;
      lte?: number | string;
      contains?: string;
      startsWith?: string;
      exists?: boolean;
      /** Parameters of a field that has some (fields/of-behavior.ts). */
      type?: string;
      within?: string;
      line?: string;
    };

export type Condition =
  | { all: readonly Condition[] }
  | { any: readonly Condition[] }
  | { not: Condition }
  | { readonly [field: string]: Matcher };

/**
 * So many conditions may stand inside one another (`not`, `all`, `any`). Whoever reads a condition goes down into it: one without a bound
 * overflows the stack, here or in PostgreSQL.
 */
export const DEEPEST_CONDITION = 20;

/** Answer of three-valued logic; null: unknown. */
export type Truth = true | false | null;

/** One key of a condition, by kind. */
export type ConditionPart =
  | { kind: 'all' | 'any'; of: readonly Condition[] }
  | { kind: 'not'; of: Condition }
  | { kind: 'field'; field: string; matcher: Matcher };

/** Conditions do not change: what was found of one is known for the next lead. */
const known = new WeakMap<Condition, readonly ConditionPart[]>();

/** The keys of a condition, all of which must hold. */
export function partsOf(condition: Condition): readonly ConditionPart[] {
  const before = known.get(condition);
  if (before !== undefined) return before;
  const found = readParts(condition);
  known.set(condition, found);
  return found;
}

function readParts(condition: Condition): ConditionPart[] {
  return Object.entries(condition).map(([key, value]): ConditionPart => {
    if (key === 'all' || key === 'any') return { kind: key, of: value as readonly Condition[] };
    if (key === 'not') return { kind: 'not', of: value as Condition };
    return { kind: 'field', field: key, matcher: value as Matcher };
  });
}
