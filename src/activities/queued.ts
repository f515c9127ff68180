import { accountKeepsPlace, BY_ACCOUNT } from '../domain/account-readiness.ts';
import { explainReadiness } from '../domain/engagement.ts';
import { isEntered, keepsPlace } from '../domain/queued.ts';
import { scoreAtMs } from '../domain/score.ts';
import { readAccountPeople } from '../store/scoring/account-people.ts';
import { qualificationOf } from '../store/scoring/evaluate.ts';
import { enroll } from './enrollment.ts';
import { regrade } from './grade.ts';
import type { Turn } from './turn.ts';

/**
 * A lead that waited for a rep is looked at again before its hand-off begins. One that is no longer ready goes back to the cadence that it
 * left, with the threshold armed: what it did before still counts. Returns whether it went back.
 */
export async function goBackIfNotReady(turn: Turn): Promise<boolean> {
  const { need, assignment } = turn.picture;
  const { qualifiedAt, qualifiedBy } = turn.lead;
  if (need === null || need.waitingFor === null || qualifiedAt === null || isEntered(qualifiedBy)) return false;
  // Sales has seen it since it qualified: a rep passed it on, or a person rerouted it.
  if (assignment !== null && assignment.offeredAt >= qualifiedAt) return false;
  await regrade(turn);
  const { scoring } = turn.playbook;
  const score = scoreAtMs(turn.lead, turn.atMs, scoring);
  if (keepsPlace(scoring, turn.lead.fitGrade, score)) return false;
  if (qualifiedBy === BY_ACCOUNT && (await isAccountInterested(turn))) return false;
  const asNew = { ...turn.lead, stage: 'nurturing', armed: true };
  if (qualificationOf(turn.playbook, asNew, turn.atMs, null).qualifies) return false;
  turn.changeLead({ armed: true, qualifiedAt: null, qualifiedBy: null });
  const because = `no longer ready when its turn came: ${explainReadiness(scoring, turn.lead.fitGrade, score)}`;
  turn.changeStage('nurturing', because);
  const cadence = await cadenceLeft(turn);
  // Without one it finds a cadence as any lead in the pool does.
  if (cadence !== null) await enroll(turn, cadence, { via: 'no-longer-ready', because });
  return true;
}

/** Whether the people of its account, for whom it was chosen, are still as interested as a lead that waits has to be. */
async function isAccountInterested({ tx, lead, playbook: { scoring } }: Turn): Promise<boolean> {
  if (lead.accountId === null || scoring.account === undefined) return false;
  return accountKeepsPlace(scoring.account, await readAccountPeople(tx, [lead.accountId], scoring, Date.now()));
}

/** The cadence that the lead was in when it qualified, if the playbook still has it. */
async function cadenceLeft({ tx, lead, playbook }: Turn): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ cadence: string }[]>`
    SELECT cadence FROM enrollments WHERE lead_id = ${lead.id} AND kind = 'main' AND end_reason = 'qualified'
    ORDER BY ended_at DESC, id DESC LIMIT 1`;
  return playbook.cadences.some(({ cadence }) => cadence === row?.cadence) ? (row?.cadence ?? null) : null;
}
