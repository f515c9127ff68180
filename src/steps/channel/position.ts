import { dueAtOnce, type StepPosition, type Way, waitsUntilDue, waysOn } from '../position.ts';

/** Sends a message by the channel that the lead prefers: goes to one of its steps, each of which is a way to reach the lead. */
export type ChannelStep = {
  id: string;
  kind: 'channel';
  /** Ids of those steps, in the order in which they are tried. */
  variants: readonly string[];
  /** Where the lead goes on when none can be used. */
  next: string | null;
};

export const channelPosition: StepPosition<ChannelStep> = {
  time: 'none',
  startsListening: false,
  toldBy: 'step',
  due: dueAtOnce,
  ways: (step, next) => [
    ...step.variants.map((stepId): Way => ({ go: 'to', stepId, when: `by ‘${stepId}’` })),
    ...waysOn(step, next),
  ],
  waiting: waitsUntilDue,
  label: () => 'By the preferred channel',
};

/**
 * The variants in the order in which they are tried: first those that serve the channel that the lead prefers, then the others as they
 * stand in the file.
 * @param serves Whether a variant serves a channel
 */
export function inOrder<V>(
  variants: readonly V[],
  preferred: string | null,
  serves: (variant: V, channel: string) => boolean,
): V[] {
  const channel = preferred?.trim().toLowerCase() ?? '';
  const fits = (variant: V): boolean => channel !== '' && serves(variant, channel);
  return [...variants.filter(fits), ...variants.filter((variant) => !fits(variant))];
}
