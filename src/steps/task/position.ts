import type { Span } from '../../domain/cadence.ts';
import { spanToText } from '../../domain/schedule.ts';
import { BY_CALL, BY_EMAIL, dueAtOnce, type StepPosition, type Way, waysOn } from '../position.ts';

/** Gives a rep something to do for the lead: a call, a message. */
export type TaskStep = {
  id: string;
  kind: 'task';
  /** Text with Liquid. */
  text: string;
  by: 'call' | 'message';
  /** The lead's owner, or the rep whose turn it is in a team. */
  to: 'owner' | { team: string };
  /** In working time of the rep's team. */
  due: Span;
  /** The lead stays at the step until the task is done, at most so long. */
  wait?: { within: Span; then?: string; otherwise?: string };
  next?: string | null;
};

export const taskPosition: StepPosition<TaskStep> = {
  time: 'none',
  startsListening: true,
  toldBy: 'step',
  due: dueAtOnce,
  ways(step, next) {
    if (step.wait === undefined) return waysOn(step, next);
    const { within, then, otherwise } = step.wait;
    const named: Way[] = [];
    if (then !== undefined) named.push({ go: 'to', stepId: then, when: 'it is done' });
    if (otherwise !== undefined) named.push({ go: 'to', stepId: otherwise, when: `not within ${spanToText(within)}` });
    return named.length === 2 ? named : [...named, ...waysOn(step, next)];
  },
  serves: ({ by }, channel) => BY_CALL.has(channel) === (by === 'call') && !BY_EMAIL.has(channel),
  waiting: (step, until) => `Wait until ${until} for the task ‘${step.id}’`,
  label: ({ by, to }) =>
    `${by === 'call' ? 'Call' : 'Message'} by ${to === 'owner' ? 'the owner' : `team ‘${to.team}’`}`,
};
