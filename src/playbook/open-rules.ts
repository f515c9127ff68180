import { kindOf } from '../steps/kinds.ts';
import { type LiveRules, type LiveRulesOptions, openLiveRules } from '../store/rules/live-rules.ts';

/**
 * The rules of a running process. A revision that contains a kind of step unknown to this version of the engine counts as one that
 * it cannot read.
 * @throws AppError PLAYBOOK_UNPUBLISHED, STORED_BY_NEWER, see `openLiveRules`
 */
export function openRules(options: Omit<LiveRulesOptions, 'check'>): Promise<LiveRules> {
  return openLiveRules({
    ...options,
    check: ({ playbook, canaries }) => {
      const tried = [...canaries.values()].map(({ definition }) => definition);
      for (const { steps } of [...playbook.cadences, ...tried]) for (const step of steps) kindOf(step);
    },
  });
}
