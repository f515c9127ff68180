/** Tells a rep in one mail of the leads that a person handed over at once. */
import { formatForPeople } from '../domain/schedule.ts';
import { presentable } from '../domain/stated-words.ts';
import { baseOf } from '../domain/public-url.ts';
import { claim } from '../effects/claim.ts';
import type { ToldHandOver } from '../email/render-context.ts';
import type { Assignment } from '../store/generated/client.ts';
import { gatherBrief, gatheredOf, type GatheredLead, takeGathered, untellGathered } from '../store/process/gathered.ts';
import { type HandedOver, readHandedOver } from '../store/process/handed-over.ts';
import { lockRep } from '../store/process/reps.ts';
import { changeAssignment } from './assignment.ts';
import { plannedInWords } from './planned-words.ts';
import { briefSettler, told } from './tell-rep.ts';
import type { Turn } from './turn.ts';

/** The template of that mail. Without it each lead has a brief of its own. */
const TEMPLATE = 'rep-hand-over';
/** So long the others are waited for. */
const GATHER_MS = 30_000;
/** So many leads are named in a mail; of the others it says how many there are. */
const NAMED = 30;

/** The lead is one of several: its rep is told of all of them together. */
export async function gather(turn: Turn, assignment: Assignment, handOverId: string): Promise<void> {
  if (!turn.rules.templates.has(TEMPLATE)) return;
  const { id: assignmentId, repId, leadId } = assignment;
  await gatherBrief(turn.tx, { handOverId, leadId, assignmentId, repId });
  changeAssignment(turn, assignment, { briefDueAt: new Date(turn.atMs + GATHER_MS) });
}

/**
 * Tells of all that the rep was not told of yet, or finds that the process of another lead has. The rows are taken with the rep locked, so
 * no two processes tell of the same lead. Returns false where the brief is one of its own.
 */
export async function tellTogether(turn: Turn, assignment: Assignment, key: string): Promise<boolean> {
  const template = turn.rules.templates.get(TEMPLATE);
  // Only what a person handed over can be one of several: no other brief costs a statement for it.
  if (template === undefined || assignment.rule !== 'rerouted') return false;
  if ((await gatheredOf(turn.tx, assignment.id)) === null) return false;
  const rep = await lockRep(turn.tx, assignment.repId);
  const gathered = await gatheredOf(turn.tx, assignment.id);
  if (rep === null || gathered === null) return false;
  if (gathered.toldBy !== null) {
    await told(turn, assignment);
    return true;
  }
  if (gathered.isUnderWay) {
    changeAssignment(turn, assignment, { briefDueAt: new Date(turn.atMs + GATHER_MS) });
    return true;
  }
  const leads = await takeGathered(turn.tx, rep.id, key);
  const along = await readHandedOver(
    turn.tx,
    leads.map((lead) => lead.assignmentId),
  );
  const planned = new Map(along.map((one) => [one.assignmentId, one]));
  const zone = rep.timeZone ?? turn.playbook.defaultTimeZone;
  const settler = briefSettler(assignment.id);
  turn.claimed = await claim(
    turn,
    { key, audience: 'rep', assignmentId: assignment.id },
    {
      channel: 'email',
      draft: {
        template,
        to: { address: rep.email, name: rep.name },
        context: {
          rep: { name: rep.name, email: rep.email },
          lead: {},
          clock: { zone, at: turn.at },
          handOver: {
            count: leads.length,
            from: distinct(along.map(({ from }) => from)),
            notes: distinct(along.map(({ note }) => note)),
            list: leads
              .slice(0, NAMED)
              .map((lead) => inWords(lead, planned.get(lead.assignmentId), { zone, nowMs: turn.atMs })),
          },
          links: { decision: `${baseOf(turn.deps.mail.publicUrl)}/console` },
        },
      },
      settler: {
        ...settler,
        settled: async (settling, result) => {
          if (result.status === 'released') await untellGathered(settling.tx, key);
          await settler.settled(settling, result);
        },
      },
    },
  );
  return true;
}

function distinct(words: readonly (string | null)[]): string[] {
  return [...new Set(words.filter((word) => word !== null))];
}

function inWords(
  lead: GatheredLead,
  along: HandedOver | undefined,
  { zone, nowMs }: { zone: string; nowMs: number },
): ToldHandOver['list'][number] {
  const { firstName, lastName, company } = presentable(lead);
  const when = (at: Date): string => formatForPeople(at.getTime(), zone, nowMs);
  return {
    lead: [firstName, lastName].filter(Boolean).join(' ') || null,
    company,
    stage: lead.stage,
    due: lead.dueAt === null ? null : when(lead.dueAt),
    planned: along === undefined ? null : plannedInWords(along, when),
  };
}
