import { dueAtOnce, type StepPosition, waitsUntilDue, waysOn } from '../position.ts';

/** The new value of a field of the profile; null: unknown. */
export type SetValue = string | number | boolean | null;

/** Writes into the lead's profile. */
export type SetStep = {
  id: string;
  kind: 'set';
  /** By the name of the field as conditions know it: "attributes.interest", "language". */
  values: Readonly<Record<string, SetValue>>;
  next?: string | null;
};

export const setPosition: StepPosition<SetStep> = {
  time: 'none',
  startsListening: false,
  toldBy: 'step',
  due: dueAtOnce,
  ways: waysOn,
  waiting: waitsUntilDue,
  label: (step) => `Set ${Object.keys(step.values).toSorted().join(', ')}`,
};
