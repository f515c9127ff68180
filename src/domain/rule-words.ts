import { isEntered } from './queued.ts';

/** By what a rep got a lead: a rule of routing has a key; what comes before the rules is said in words already. */
export function ruleInWords(rule: string): string {
  if (rule === 'rerouted') return 'handed over by a person';
  if (isEntered(rule)) return 'named by who took the lead in';
  return rule.includes(' ') ? rule : `by the rule ‘${rule}’`;
}
