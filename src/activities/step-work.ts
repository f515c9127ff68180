import type { Step } from '../domain/cadence.ts';
import { following } from '../steps/next-step.ts';
import type { StepWork } from '../steps/performer.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import { claim, personOf } from './deliver.ts';
import { endEnrollment, enroll } from './enrollment.ts';
import { regrade } from './grade.ts';
import { holdFor } from './hold.ts';
import { goTo, inWindow, performed, putOff } from './position.ts';
import type { Turn } from './turn.ts';

/** What the step that a lead stands before may do with it in this turn. */
export function workOn(turn: Turn, enrollment: ActiveEnrollment, step: Step): StepWork {
  const { cadence, cadenceAsPinned } = enrollment;
  const key = `${turn.lead.id}:${enrollment.id}:${enrollment.pass}:${step.id}`;
  return {
    turn,
    enrollment,
    step,
    key,
    inWindow: () => inWindow(turn, enrollment),
    performed: (result) => performed(turn, enrollment, step.kind, result),
    goOn: () => goTo(turn, enrollment, following(cadenceAsPinned, step.id)),
    goTo: (stepId) => goTo(turn, enrollment, stepId),
    putOff: (dueAtMs, attempts) => putOff(turn, enrollment, dueAtMs, attempts),
    async moveTo(to) {
      endEnrollment(turn, `moved to ${to}`, 'completed');
      await enroll(turn, to, 'move', `${cadence} moves on to ${to}`);
    },
    exit(reason) {
      endEnrollment(turn, reason, 'completed');
      if (cadenceAsPinned.purpose === 'nurture') turn.changeStage('dormant', `exit of ${cadence}: ${reason}`);
    },
    hold: (reason) => holdFor(turn, reason),
    regrade: () => regrade(turn),
    claimMail: (template, context) =>
      claim(turn, {
        key,
        audience: 'lead',
        template,
        to: addressOf(turn),
        context: { lead: personOf(turn.lead), ...context },
        purpose: { kind: 'step', enrollmentId: enrollment.id, stepId: step.id, pass: enrollment.pass },
      }),
  };
}

function addressOf({ lead }: Turn): { address: string; name?: string } {
  const name = [lead.firstName, lead.lastName].filter(Boolean).join(' ');
  return { address: lead.email ?? '', ...(name === '' ? {} : { name }) };
}
