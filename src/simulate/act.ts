/** Does what somebody does in a simulated life, by the functions that the API calls. */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor.ts';
import type { LeadCommand } from '../domain/commands.ts';
import { isAppError } from '../domain/errors.ts';
import { closeTask } from '../store/sales/close-task.ts';
import { submitLead } from '../store/capture/submit-lead.ts';
import { unsubscribe } from '../store/consent/unsubscribe.ts';
import { logActivity } from '../store/sales/log-activity.ts';
import { trackedLinks } from './links.ts';
import type { Lived } from './lived.ts';
import type { Act, Outcome, Plan, Planned } from './plan.ts';
import type { World } from './world.ts';
import { afterWork } from './working-time.ts';

/** Where an act is done. */
export interface Scene {
  world: World;
  lived: Lived;
  /** Takes what follows later. */
  plan: Plan;
}

/** The browser or mail program of a person. */
const BROWSER = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0';

/** What cannot be done (a link that the mail does not have, a decision that comes too late) is remarked, and life goes on. */
export async function perform(scene: Scene, { act, atMs }: Planned): Promise<void> {
  const { world, lived } = scene;
  const { leadId } = lived;
  switch (act.kind) {
    case 'open':
      return world.tracker.note({ sendId: act.sendId, linkId: null, method: 'GET', userAgent: BROWSER, persona: true });
    case 'click':
      return click(scene, act);
    case 'reply':
      return world.record({ leadId, type: 'reply.received', properties: { sendId: act.sendId } });
    case 'unsubscribe':
      return world.ring((await unsubscribe(world.store, { leadId, sendId: act.sendId, source: 'link' })).ringIds);
    case 'event':
      return world.record({ leadId, type: act.type, properties: act.properties });
    case 'request':
      return world.ring((await submitLead(world.store, act.request)).ringIds);
    case 'decide':
      return decide(scene, act, atMs);
    case 'outcome':
      return report(scene, act.outcome);
    case 'task':
      return doTask(scene, act);
  }
}

async function click({ world, lived }: Scene, act: Extract<Act, { kind: 'click' }>): Promise<void> {
  const message = lived.mailbox.messageOf(act.sendId);
  const links = trackedLinks(message?.html ?? '');
  const { link = 1 } = act;
  const found = typeof link === 'number' ? links[link - 1] : links.find(({ text }) => text === link);
  const claim = world.tokens.readClick(found?.token ?? '');
  if (claim !== null) return world.tracker.note({ ...claim, method: 'GET', userAgent: BROWSER, persona: true });
  const there = links.length === 0 ? 'none whose clicks are counted' : links.map(({ text }) => `‘${text}’`).join(', ');
  lived.remarks.push(`The mail ‘${message?.subject ?? act.sendId}’ has no link ${shownLink(link)}; it has ${there}.`);
}

function shownLink(link: string | number): string {
  return typeof link === 'number' ? String(link) : `‘${link}’`;
}

async function decide(
  scene: Scene,
  { assignmentId, answer }: Extract<Act, { kind: 'decide' }>,
  atMs: number,
): Promise<void> {
  const { world, lived, plan } = scene;
  const { repId, team } = await world.db.assignment.findUniqueOrThrow({ where: { id: assignmentId } });
  const actor: Actor = { kind: 'rep', repId, manager: false, teams: [team] };
  const note =
    answer.note === undefined
      ? {}
      : {
          noteId: (await logActivity(world.store, actor, { leadId: lived.leadId, kind: 'note', body: answer.note })).id,
        };
  const decided =
    answer.decision === 'reject'
      ? await command(scene, { kind: 'reject', actor, assignmentId, reason: answer.reason ?? '', ...note })
      : await command(scene, { kind: 'accept', actor, assignmentId });
  if (!decided || answer.decision === 'reject') return;
  let dueMs = atMs;
  for (const { after, ...outcome } of answer.outcomes) {
    dueMs = afterWork(world, team, dueMs, after);
    plan.add({ atMs: dueMs, act: { kind: 'outcome', outcome } });
  }
}

async function report(scene: Scene, outcome: Outcome): Promise<void> {
  const { world, lived } = scene;
  const { ownerId } = await world.db.lead.findUniqueOrThrow({ where: { id: lived.leadId } });
  const owner = ownerId === null ? null : await world.db.rep.findUnique({ where: { id: ownerId } });
  if (owner === null) return void lived.remarks.push(`Nobody owns the lead who could report ‘${outcome.result}’.`);
  const actor: Actor = { kind: 'rep', repId: owner.id, manager: false, teams: owner.teams };
  await command(scene, { kind: 'outcome', actor, ...outcome });
}

async function doTask({ world, lived }: Scene, { taskId, result }: Extract<Act, { kind: 'task' }>): Promise<void> {
  const { repId, team } = await world.db.task.findUniqueOrThrow({ where: { id: taskId } });
  const actor: Actor = { kind: 'rep', repId, manager: false, teams: team === null ? [] : [team] };
  try {
    const closing = { status: 'done' as const, ...(result === null ? {} : { result }) };
    world.ring((await closeTask(world.store, actor, taskId, closing)).ringIds);
  } catch (error) {
    // The cadence was left meanwhile, and the task with it.
    if (!isAppError(error)) throw error;
    lived.remarks.push(`A task was not done: ${error.message}.`);
  }
}

type Sent<C = LeadCommand> = C extends LeadCommand ? Omit<C, 'commandId'> : never;

/** Whether the command was carried out. */
async function command({ world, lived }: Scene, sent: Sent): Promise<boolean> {
  const verdict = await world.commands.execute(lived.leadId, { ...sent, commandId: `cmd-${randomUUID()}` });
  if (!verdict.ok) lived.remarks.push(`A rep’s ‘${sent.kind}’ was refused: ${verdict.message}`);
  return verdict.ok;
}
