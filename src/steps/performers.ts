import type { Step } from '../domain/cadence.ts';
import { performBranch } from './branch/perform.ts';
import { performChannel } from './channel/perform.ts';
import { performEmail } from './email/perform.ts';
import { performExit } from './exit/perform.ts';
import { kindOf } from './kinds.ts';
import { performMove } from './move/perform.ts';
import type { StepPerformer } from './performer.ts';
import { performSet } from './set/perform.ts';
import { performSplit } from './split/perform.ts';
import { performTask } from './task/perform.ts';
import { performWebhook } from './webhook/perform.ts';
import { performWaitFor } from './wait-for/perform.ts';
import { performWait } from './wait/perform.ts';

/** The performers of the step kinds: the other half of the registry in kinds.ts. */
export const PERFORMERS: Readonly<Record<string, StepPerformer>> = {
  email: performEmail,
  wait: performWait,
  waitFor: performWaitFor,
  branch: performBranch,
  channel: performChannel,
  split: performSplit,
  task: performTask,
  webhook: performWebhook,
  set: performSet,
  move: performMove,
  exit: performExit,
};

/** @throws AppError STORED_BY_NEWER: no kind has this name, see `kindOf`. */
export function performerOf(step: Step): StepPerformer {
  const { kind } = kindOf(step);
  const performer = PERFORMERS[kind];
  if (performer === undefined) throw new Error(`Steps of the kind ${kind} have no performer.`);
  return performer;
}
