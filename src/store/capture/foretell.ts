import { isOfControlGroup } from '../../domain/control-group.ts';
import { chooseCadence, NO_PAST } from '../../domain/enrollment.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { factsOf } from '../facts/facts.ts';
import type { LeadContext } from '../facts/load-contexts.ts';
import type { Lead } from '../generated/client.ts';
import type { Foretold } from '../outbox.ts';

/**
 * Where the process of a new lead will find it at its first look, by the function that the look decides by and by what is at hand
 * already. What needs more to be read (a need, what the lead has done) counts as not known; the look puts it right.
 */
export function foretell(playbook: Playbook, lead: Lead, context: LeadContext, nowMs: number): Foretold {
  const { cadence } = chooseCadence(playbook.cadences, factsOf(lead, context, playbook, nowMs), NO_PAST);
  const isKeptOut = isOfControlGroup(lead.id, playbook.controlGroup);
  return cadence === null || isKeptOut
    ? { stage: 'dormant', cadence: null }
    : { stage: 'nurturing', cadence: cadence.cadence };
}
