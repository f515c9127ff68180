import { DEFECT } from '../change.ts';
import type { Evidence } from './evidence.ts';
import { groupBy, type Invariant } from './invariant.ts';

/** Times in histories are in whole seconds, and a forwarded process is ahead of real time. */
const SECOND_MS = 1_000;

export const tasksFailByPlan: Invariant = {
  holds: 'no workflow task failed but of the defect that was deployed',
  check: ({ runs }) => ({
    checked: runs.length,
    offenders: runs.flatMap(({ leadId, failures }) =>
      failures.filter((text) => !text.includes(DEFECT)).map((text) => `${leadId}: ${text}`),
    ),
  }),
};

/** Runs from before the deploy have no marker and went on after it; newer runs have the marker. */
export const deploySurvived: Invariant = {
  holds: 'after the deploy, runs that began before it went on, and those that began after it have the change',
  check(evidence) {
    const deploy = evidence.deploys.findLast(({ version }) => version === 'next');
    if (deploy === undefined) return { checked: 0, offenders: ['the next version was not deployed'] };
    const real = evidence.runs.filter(({ leadId }) => isLead(leadId) && !wasForwarded(evidence, leadId));
    const began = real.filter(({ startedAt }) => startedAt > deploy.doneAt + SECOND_MS);
    const went = real.filter((run) => !run.isChanged && run.workedAt > deploy.doneAt + SECOND_MS);
    const offenders = began
      .filter(({ isChanged, workedAt }) => !isChanged && workedAt > 0)
      .map(({ leadId, runId }) => `${leadId}, run ${runId}: began after the deploy without the change`);
    if (!began.some(({ isChanged }) => isChanged)) offenders.push('no run began under the next version');
    if (went.length === 0) offenders.push('no run that began before the deploy went on under the next version');
    return { checked: went.length + began.length, offenders };
  },
};

/** The process of a bulk run has an id of its own kind, and is the same in every version. */
function isLead(id: string): boolean {
  return id.startsWith('lead-');
}

function wasForwarded({ leads }: Evidence, leadId: string): boolean {
  const lead = leads.find(({ id }) => id === leadId);
  return lead !== undefined && (lead.clockOffsetMs !== 0 || lead.clockMovingSince !== null);
}

/** The reconciler waits a minute and looks every 15 s; faults strike meanwhile. */
const SEEN_WITHIN_MS = 120_000;

export const wedgedWasSeen: Invariant = {
  holds:
    'a lead whose workflow task fails is listed after two minutes at the latest, and goes on when the defect is mended',
  check({ wedged, runs }) {
    const offenders: string[] = [];
    if (wedged.length === 0) offenders.push('the defect met no lead');
    const byLead = groupBy(runs, ({ leadId }) => leadId);
    for (const { leadId, lateMs, findings } of wedged) {
      if (lateMs > SEEN_WITHIN_MS && findings.length === 0)
        offenders.push(`${leadId}: its task failed for ${lateMs / 1000} s and nothing said so`);
      const failed = (byLead.get(leadId) ?? []).filter(({ failures }) => failures.length > 0);
      if (failed.some(({ isStuck }) => isStuck)) offenders.push(`${leadId}: its workflow task did not go on`);
    }
    return { checked: wedged.length, offenders };
  },
};
