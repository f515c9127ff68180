import { z } from 'zod';
import type { Step } from '../domain/cadence.ts';
import type { ValuePath } from '../language/problems.ts';
import { key, REFERS_TO } from '../language/schemas.ts';

/** The language of a step kind: how it is written in YAML, and which names it contains. */
export interface StepLanguage<S extends Step = Step> {
  /** Its keys and their values, for the JSON Schema that editors check files by. */
  readonly schema: z.ZodType;
  /** Reads a step with the key of this kind. Null when it has mistakes, which are reported. */
  read(reader: StepReader): S | null;
  /**
   * Id of a step that is given none: from what it does and where it stands, so that it stays the same when others are added
   * elsewhere. `written`: the value of the key, unchecked. `place`: "at-start" or "after-<id of the step before>".
   */
  defaultId(written: unknown, place: string): string;
  /** Keys of other kinds that say more about a step of this one. */
  readonly more?: readonly string[];
  /**
   * Lists of steps that stand inside the step, each with its place in it and a name for the ids of its steps. They are performed as if
   * they stood after the step, and after its last step a list goes on with what follows the step. `alternatives`: only one step of the
   * list is performed.
   */
  nested?(written: unknown): readonly { at: ValuePath; arm: string; alternatives?: true }[];
  /** Keys of the templates of mails to reps that it needs: the newest are used, not those of its revision. */
  repTemplates?(step: S): readonly string[];
  /** Keys of the templates that it sends. */
  templates?(step: S): readonly string[];
  /** Cadences it leads to, each with its place in the step. */
  cadences?(step: S): readonly { at: ValuePath; cadence: string }[];
}

/** A step as it is being read. Paths are those in the step. */
export interface StepReader {
  readonly id: string;
  /**
   * Id of the step that follows it: the next in its list, or what follows the step that the list stands in. Null: the cadence ends with
   * it.
   */
  readonly after: string | null;
  /** It is the last of a list inside another step: the step that stands below it in the file does not follow it. */
  readonly endsArm: boolean;
  /** Id of the first step of a list inside this step; null: there is none. */
  firstOf(at: ValuePath): string | null;
  /** Id of a step inside this step; null: there is none. */
  idAt(at: ValuePath): string | null;
  /** Whether a step inside this step reaches the lead, see `serves`. */
  isMessage(at: ValuePath): boolean;
  /** The step, or a value in it, as the schema gives it; null, with the mistakes reported, where it does not fit. */
  parse<T extends z.ZodType>(schema: T, at?: ValuePath): z.output<T> | null;
  report(at: ValuePath, message: string, where?: 'value' | 'key'): void;
  /** Reports an unknown name. */
  checkKnown(what: 'template' | 'event' | 'team' | 'segment', at: ValuePath, name: string): void;
  /** Records that the step leads to another, and returns its id. Whether that step exists is checked once all steps are read. */
  target(at: ValuePath, stepId: string): string;
}

/** Keys that steps of several kinds have. */
export const stepId = key.optional();
export const next = key.optional();

/** `next` as the step holds it: nothing where the step below it in the file follows. */
export function readNext(reader: StepReader, written: string | undefined): { next?: string | null } {
  if (written !== undefined) return { next: reader.target(['next'], written) };
  return reader.endsArm ? { next: reader.after } : {};
}

/** Steps inside a step, for editors. */
export const ONE_STEP = { [REFERS_TO]: 'step' };
export const STEPS = { type: 'array', minItems: 1, items: { $ref: '#/$defs/step' } };

/** Where an arm goes: to a step by its id, or into a list of its own. Its steps are read one by one. */
export const armTarget = { go: key.optional(), steps: z.unknown().meta(STEPS).optional() };

/**
 * Id of the step that an arm begins with: the one that it names, or the first of its own list. Null: it has neither, or both, which is
 * reported.
 */
export function armStart(
  reader: StepReader,
  at: ValuePath,
  { go, steps }: { go?: string | undefined; steps?: unknown },
): string | null {
  if (go !== undefined && steps !== undefined) {
    reader.report([...at, 'go'], 'expected either "go" or "steps", and not both', 'key');
    return null;
  }
  if (go !== undefined) return reader.target([...at, 'go'], go);
  if (steps !== undefined) return reader.firstOf([...at, 'steps']);
  reader.report(at, 'expected "go" with the id of a step, or "steps" with steps of its own');
  return null;
}

/** The list below a key; empty where there is none. */
export function listAt(written: unknown, name: string): readonly unknown[] {
  if (typeof written !== 'object' || written === null || !Object.hasOwn(written, name)) return [];
  const list: unknown = (written as Record<string, unknown>)[name];
  return Array.isArray(list) ? list : [];
}

/** A text as a part of an id: "email.clicked" as "email-clicked". */
export function slug(written: unknown): string {
  if (typeof written !== 'string') return 'step';
  return written
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
