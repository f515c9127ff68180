import type { HandedOver } from '../store/process/handed-over.ts';

/** "Send the quote by Sat 28 Nov 09:00"; null: nothing is planned. */
export function plannedInWords({ step, stepAt }: HandedOver, when: (at: Date) => string): string | null {
  return stepAt === null ? null : `${step ?? 'due'} by ${when(stepAt)}`;
}
