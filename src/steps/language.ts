import type { z } from 'zod';
import type { Step } from '../domain/cadence.ts';
import type { ValuePath } from '../language/problems.ts';
import { key } from '../language/schemas.ts';

/** The language of a step kind: how it is written in YAML, and which names it contains. */
export interface StepLanguage<S extends Step = Step> {
  /** Reads a step with the key of this kind. Null when it has mistakes, which are reported. */
  read(reader: StepReader): S | null;
  /**
   * Id of a step that is given none: from what it does and where it stands, so that it stays the same when others are added
   * elsewhere. `written`: the value of the key, unchecked. `place`: "at-start" or "after-<id of the step before>".
   */
  defaultId(written: unknown, place: string): string;
  /** Keys of the templates that it sends. */
  templates?(step: S): readonly string[];
  /** Cadences it leads to, each with its place in the step. */
  cadences?(step: S): readonly { at: ValuePath; cadence: string }[];
}

/** A step as it is being read. Paths are those in the step. */
export interface StepReader {
  readonly id: string;
  /** Id of the step that stands after it in the file; null: it is the last. */
  readonly after: string | null;
  /** The step, or a value in it, as the schema gives it; null, with the mistakes reported, where it does not fit. */
  parse<T extends z.ZodType>(schema: T, at?: ValuePath): z.output<T> | null;
  report(at: ValuePath, message: string): void;
  /** Reports an unknown name. */
  checkKnown(what: 'template' | 'event', at: ValuePath, name: string): void;
  /** Records that the step leads to another, and returns its id. Whether that step exists is checked once all steps are read. */
  target(at: ValuePath, stepId: string): string;
}

/** Keys that steps of several kinds have. */
export const stepId = key.optional();
export const next = key.optional();

/** `next` as the step holds it: nothing where it is left out. */
export function readNext(reader: StepReader, written: string | undefined): { next?: string } {
  return written === undefined ? {} : { next: reader.target(['next'], written) };
}

/** A text as a part of an id: "email.clicked" as "email-clicked". */
export function slug(written: unknown): string {
  if (typeof written !== 'string') return 'step';
  return written
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
