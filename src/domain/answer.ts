import type { Answer, Cadence } from './cadence.ts';
import { evaluate, holds, type Condition, type LeadFacts } from './condition.ts';

/** A form of the website: playbook/forms/<key>.yaml. */
export interface Form {
  form: string;
  name: string;
  /** A consent that it states counts once the person has confirmed it by mail. */
  doubleOptIn?: boolean;
  /** What who sends it is answered with at once: the first entry whose `when` holds. */
  answer: readonly Answer[];
}

/** What answers a request, and the template of the answer. */
export interface ChosenAnswer {
  /** `form:KEY` or `cadence:KEY` */
  by: string;
  template: string;
}

/** The conditions that `chooseAnswer` asks about. */
export function answerConditions(cadences: readonly Cadence[], forms: readonly Form[]): (Condition | undefined)[] {
  const ofCadences = cadences
    .filter(answers)
    .flatMap(({ enroll, answer = [] }) => [enroll?.when, ...answer.map(({ when }) => when)]);
  return [...ofCadences, ...forms.flatMap(({ answer }) => answer.map(({ when }) => when))];
}

/**
 * What a request is answered with; null: nothing. The form that was sent comes first, as it is what the person filled in. Otherwise it
 * is the cadence that the request fits, of several the one with the highest priority; whether the person has been in it before makes
 * no difference. `facts`: of the lead with this request as its touch.
 */
export function chooseAnswer(
  cadences: readonly Cadence[],
  forms: readonly Form[],
  form: string | undefined,
  facts: LeadFacts,
): ChosenAnswer | null {
  const sent = forms.find((one) => one.form === form);
  const byForm = sent && firstOf(sent.answer, facts);
  if (sent && byForm) return { by: `form:${sent.form}`, template: byForm };
  for (const { cadence, enroll, answer = [] } of cadences.filter(answers).toSorted((a, b) => b.priority - a.priority)) {
    if (!enroll || evaluate(enroll.when, facts) !== true) continue;
    const template = firstOf(answer, facts);
    if (template !== null) return { by: `cadence:${cadence}`, template };
  }
  return null;
}

function answers({ enroll, answer }: Cadence): boolean {
  return enroll !== undefined && answer !== undefined;
}

function firstOf(answer: readonly Answer[], facts: LeadFacts): string | null {
  return answer.find(({ when }) => when === undefined || holds(when, facts))?.template ?? null;
}
