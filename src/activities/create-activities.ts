import { activityInfo } from '@temporalio/activity';
import type { Standing } from '../domain/standing.ts';
import type { LeadCommand } from '../domain/commands.ts';
import { settle } from '../effects/settle.ts';
import { reached } from '../runtime/race-points.ts';
import { doubtClaimsOf } from '../store/process/sends.ts';
import type { At, LeadActivities } from '../workflows/activities.ts';
import type { BroadcastActivities } from '../workflows/broadcast-activities.ts';
import type { NewsletterActivities } from '../workflows/newsletter-activities.ts';
import type { BulkActivities } from '../workflows/bulk-activities.ts';
import { answerNext } from './answer.ts';
import { createBroadcastActivities } from './broadcast/create-broadcast-activities.ts';
import { createNewsletterActivities } from './broadcast/newsletter.ts';
import { createBulkActivities } from './bulk/create-bulk-activities.ts';
import { walk } from './cadence-walk.ts';
import { decide } from './decide.ts';
import type { ActivityDeps } from './deps.ts';
import { pressOn } from './hand-off.ts';
import { inTurn } from './in-turn.ts';
import { holdFor } from './hold.ts';
import { leaveIfQualified } from './qualify.ts';
import { standingOf } from './standing-of.ts';
import { takeTriggers } from './reminders.ts';
import { sitOut } from './sit-out.ts';
import { takeIn } from './take-in.ts';
import { ERASED, unlessErased } from './erased.ts';
import type { Turn } from './turn.ts';

/** Makes the activities of leads' processes, of bulk runs, of broadcasts and of newsletters from their dependencies. */
export function createActivities(
  deps: ActivityDeps,
): LeadActivities & BulkActivities & BroadcastActivities & NewsletterActivities {
  return {
    ...createBulkActivities(deps),
    ...createBroadcastActivities(deps),
    ...createNewsletterActivities(deps),
    performStep: (at) => unlessErased(deps, at, () => advance(deps, at, doWhatIsDue)),
    handOver: (at) => unlessErased(deps, at, () => advance(deps, at, doWhatIsDue)),
    carryOut: async ({ command, ...at }) => {
      let verdict: Awaited<ReturnType<typeof decide>> | undefined;
      const standing = await unlessErased(deps, at, async () => {
        const causeMs = await notedAtMs(deps, command);
        return advance(
          deps,
          at,
          async (turn) => {
            verdict = await decide(turn, command);
          },
          causeMs,
        );
      });
      if (standing === ERASED) verdict = { ok: false, code: 'LEAD_UNKNOWN', message: 'The lead was erased.' };
      if (verdict === undefined) throw new Error('A command without a verdict');
      return { verdict, standing };
    },
    hold: ({ reason, ...at }) =>
      unlessErased(
        deps,
        at,
        async () => (await inTurn(deps, at, (turn) => Promise.resolve(holdFor(turn, reason)))).standing,
      ),
  };
}

/**
 * One turn under the lead's lock. If it claimed an effect, the effect is carried out outside of any transaction, and a second turn
 * settles it. All of this uses one playbook revision, whatever is published meanwhile.
 */
async function advance(
  deps: ActivityDeps,
  at: At,
  work: (turn: Turn) => Promise<void>,
  causeMs = -Infinity,
): Promise<Standing> {
  const begin = async (turn: Turn): Promise<void> => {
    if (activityInfo().attempt > 1) await doubtClaimsOf(turn.tx, at.leadId);
    await work(turn);
  };
  const begun = await inTurn(deps, at, begin, { causeMs });
  const { rules } = begun;
  const { standing, claimed, picture, behind, afterMs } = begun.isUnfinished
    ? await inTurn(deps, { ...at, heard: [] }, work, { rules })
    : begun;
  if (claimed === null) return standing;
  await reached('effect.claimed', at.leadId);
  const outcome = await claimed.act();
  await reached('effect.acted', at.leadId);
  const finish = async (turn: Turn): Promise<void> => {
    await reached('effect.settling', at.leadId);
    await settle(turn, claimed, outcome);
  };
  // A moment later, so that the timeline shows the mail before its consequences. Not later than that, however long SMTP took: the
  // lead may have clicked a link of the mail already.
  const after = { ...at, atMs: at.atMs + 1, heard: [] };
  const settled = await sitOut((isFirst) =>
    inTurn(deps, after, finish, isFirst ? { rules, picture, behind, afterMs } : { rules, behind, afterMs }),
  );
  return settled.standing;
}

/** When the note was written that a decision comes with: the timeline tells it before the decision. */
async function notedAtMs({ db }: ActivityDeps, command: LeadCommand): Promise<number> {
  if (!('noteId' in command) || command.noteId === undefined) return -Infinity;
  const note = await db.repActivity.findUnique({ where: { id: command.noteId }, select: { occurredAt: true } });
  return note?.occurredAt.getTime() ?? -Infinity;
}

/** Continues the cadence or, for a lead that has qualified, the hand-off. So one activity goes from the crossing to the brief. */
async function doWhatIsDue(turn: Turn): Promise<void> {
  const before = turn.writes;
  await goOn(turn);
  if (turn.claimed === null && !turn.isStopped) await pressOn(turn);
  if (turn.claimed === null && turn.writes === before) holdIfDue(turn);
}

/** Holds the lead if a turn did nothing although something is due. Otherwise the process would come back at once, without end. */
function holdIfDue(turn: Turn): void {
  const { next } = standingOf(turn);
  const dueAtMs = turn.dueAtMs(next);
  if (dueAtMs !== null && dueAtMs <= turn.atMs)
    holdFor(turn, `‘${next.summary}’ is due, and nothing can be done about it: its rows do not go together.`);
}

/** Takes in new requests and answers them. A lead that qualified leaves its cadence; otherwise the cadence continues. */
async function goOn(turn: Turn): Promise<void> {
  await takeIn(turn);
  await takeTriggers(turn);
  await answerNext(turn);
  if (turn.isStopped) return;
  if (!(await leaveIfQualified(turn))) await walk(turn);
}
