import type { Step } from '../domain/cadence.ts';
import { AppError } from '../domain/errors.ts';
import { branchLanguage } from './branch/language.ts';
import { branchPosition } from './branch/position.ts';
import { channelLanguage } from './channel/language.ts';
import { channelPosition } from './channel/position.ts';
import { emailLanguage } from './email/language.ts';
import { emailPosition } from './email/position.ts';
import { exitLanguage } from './exit/language.ts';
import { exitPosition } from './exit/position.ts';
import type { StepLanguage } from './language.ts';
import { moveLanguage } from './move/language.ts';
import { movePosition } from './move/position.ts';
import type { StepPosition, StepTime } from './position.ts';
import { setLanguage } from './set/language.ts';
import { setPosition } from './set/position.ts';
import { splitLanguage } from './split/language.ts';
import { splitPosition } from './split/position.ts';
import { taskLanguage } from './task/language.ts';
import { taskPosition } from './task/position.ts';
import { webhookLanguage } from './webhook/language.ts';
import { webhookPosition } from './webhook/position.ts';
import { waitForLanguage } from './wait-for/language.ts';
import { waitForPosition } from './wait-for/position.ts';
import { waitLanguage } from './wait/language.ts';
import { waitPosition } from './wait/position.ts';

/** The pure half of a step kind. Its other half, which performs steps, is registered in performers.ts. */
export interface StepKind {
  /** The key of a step of this kind in YAML, and its `kind` once it is read. */
  readonly kind: string;
  readonly language: StepLanguage;
  readonly position: StepPosition;
}

/** Every kind of step, in the order in which messages list them. */
export const STEP_KINDS: readonly StepKind[] = [
  kind('email', emailLanguage, emailPosition),
  kind('wait', waitLanguage, waitPosition),
  kind('waitFor', waitForLanguage, waitForPosition),
  kind('branch', branchLanguage, branchPosition),
  kind('channel', channelLanguage, channelPosition),
  kind('split', splitLanguage, splitPosition),
  kind('task', taskLanguage, taskPosition),
  kind('webhook', webhookLanguage, webhookPosition),
  kind('set', setLanguage, setPosition),
  kind('move', moveLanguage, movePosition),
  kind('exit', exitLanguage, exitPosition),
];

const byKind = new Map(STEP_KINDS.map((one) => [one.kind, one]));

/** @throws AppError STORED_BY_NEWER: no kind has this name; a newer version of the engine has stored the cadence. */
export function kindOf(step: Pick<Step, 'id' | 'kind'>): StepKind {
  const found = byKind.get(step.kind);
  if (found === undefined)
    throw new AppError(
      'STORED_BY_NEWER',
      `Step ‘${step.id}’ is of a kind that this version of the engine does not have: ${step.kind}.`,
    );
  return found;
}

/**
 * The kinds that a step in YAML has keys of: one, unless it is mistaken. A key that says more about a step of another kind (`wait` of a
 * task) does not count.
 */
export function kindsWritten(written: object): StepKind[] {
  const found = STEP_KINDS.filter(({ kind: name }) => Object.hasOwn(written, name));
  const more = found.flatMap(({ language }) => language.more ?? []);
  return found.length > 1 ? found.filter(({ kind: name }) => !more.includes(name)) : found;
}

/** @throws AppError STORED_BY_NEWER, see `kindOf` */
export function timeOf(step: Step): StepTime {
  const { position } = kindOf(step);
  return position.timeOf?.(step) ?? position.time;
}

function kind<S extends Step>(name: S['kind'], language: StepLanguage<S>, position: StepPosition<S>): StepKind {
  return { kind: name, language, position };
}
