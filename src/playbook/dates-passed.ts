import path from 'node:path';
import { mistakeOfFile, type PlaybookMistake } from '../language/problems.ts';
import type { Playbook } from '../domain/playbook.ts';
import { isDated } from '../steps/wait/position.ts';
import { shownPath } from './shown-path.ts';

/** Cadences that wait for a date of their campaign which has passed: who comes in now passes over what is bound to it. */
export function datesPassed({ cadences, campaigns }: Playbook, playbookDir: string, nowMs: number): PlaybookMistake[] {
  return cadences.flatMap(({ cadence, campaign: named, steps }) => {
    const campaign = campaigns.find((one) => one.campaign === named);
    if (campaign === undefined) return [];
    return steps.flatMap((step) => {
      if (!isDated(step) || !('campaign' in step.date)) return [];
      const {
        date: { campaign: date },
        ifPassed,
      } = step;
      const at = campaign[date];
      if (at === undefined || ifPassed === 'continue' || Date.parse(at) > nowMs) return [];
      return mistakeOfFile(
        shownPath(path.join(playbookDir, 'cadences', `${cadence}.yaml`)),
        `step ‘${step.id}’ waits for "${date}" of ‘${campaign.campaign}’, which has passed (${at.slice(0, 10)}): who comes in now passes it over; write the new date in campaigns.yaml`,
      );
    });
  });
}
