/** Handing leads over: one or many, to a rep or to whose turn it is in a team; and the page that says what became of each. */
import type { Request, Router } from 'express';
import { html } from 'hono/html';
import { actorHandle } from '../domain/actor.ts';
import { isLive } from '../domain/assignment.ts';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { idFor, isId } from '../domain/ids.ts';
import { readTies } from '../store/access/lead-ties.ts';
import { readCurrentAssignments } from '../store/lists/board.ts';
import { withNames } from '../store/lists/names.ts';
import { listRepsWithLeads, repIdOf } from '../store/lists/reps.ts';
import {
  beginHandOver,
  finishHandOver,
  noteHandedOver,
  readHandOver,
  readLeadsOf,
  readMovedBy,
} from '../store/sales/hand-overs.ts';
import { dropNote, keepNote } from '../store/sales/notes.ts';
import { readVerdict } from '../store/verdicts.ts';
import type { ConsoleDeps } from './deps.ts';
import { bounded, field, fieldsOf, LONGEST_TEXT, writtenAll } from './fields.ts';
import { awayNow, clockInWords, overLimit, waitForRepInWords } from './hand-over-words.ts';
import { type Html, sendPage } from './layout.ts';
import { allowed, unlessGiven } from './lead-post.ts';
import { headOf, requireBoard } from './navigation.ts';
import { onceOf } from './once.ts';
import { actorFor, mayWith, requireLead, type Visitor, visitorOf } from './session.ts';
import { nameOf, whenShown } from './words.ts';
import { wrongField } from './wrong.ts';

export type Target = { team: string } | { repId: string } | { repIds: string[] };

/**
 * Hands over the leads that were chosen in a form, each once however often it is sent.
 * @returns The page that says what became of each
 * @throws AppError VALIDATION_FAILED; the refusal of the policy where none of the leads is the visitor's to hand over
 */
export async function handOver(deps: ConsoleDeps, visitor: Visitor, request: Request): Promise<string> {
  const { db } = deps.store;
  const leadIds = fieldsOf(request, 'lead');
  if (leadIds.length === 0) throw new AppError('VALIDATION_FAILED', 'Choose at least one lead.');
  const to = await targetsOf(deps, request);
  const shown = await shownIn(deps, request);
  const note = field(request, 'note', LONGEST_TEXT);
  const by = handlesOf(visitor);
  const handOverId = idFor('handOver', `console:${by}:${onceOf(request)}`);
  await requireSome(deps, visitor, leadIds, handOverId);
  await beginHandOver(db, handOverId, by);
  // One after the other: each is a command of its own, and the turn order counts.
  for (const leadId of leadIds) {
    const gathered = leadIds.length > 1 ? { handOverId } : {};
    const problem = await problemOf(() =>
      handOverOne(deps, visitor, { leadId, shown: shown(leadId), to, note, form: handOverId, ...gathered }),
    );
    await noteHandedOver(db, { handOverId, leadId, problem });
  }
  await finishHandOver(db, handOverId);
  return `/console/board/hand-overs/${handOverId}`;
}

/** A lead that changed hands while the board was looked at stops no other; leads of which none is theirs to move are refused as such. */
async function requireSome(
  { store: { db } }: ConsoleDeps,
  visitor: Visitor,
  leadIds: readonly string[],
  form: string,
): Promise<void> {
  const ties = [...(await readTies(db, leadIds)).values()];
  if (ties.some((one) => mayWith(visitor, 'reroute', one))) return;
  // The first press may have moved them out of reach: the second has its answer.
  for (const leadId of leadIds) if ((await readVerdict(db, commandOf(form, leadId))) !== null) return;
  const [first] = ties;
  if (first === undefined) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id');
  actorFor(visitor, 'reroute', first);
}

const commandOf = (form: string, leadId: string): string => idFor('command', `${form}:${leadId}`);

interface OneHandOver {
  leadId: string;
  /** The assignment that the form showed; null: nobody had it; undefined: the form did not say. */
  shown: string | null | undefined;
  to: Target;
  note: string;
  /** Names this showing of the form: sent twice, it hands each lead over once. */
  form: string;
  /** It is one of several: the rep is told of all together. */
  handOverId?: string;
}

/** @throws AppError for a lead that is not the visitor's to hand over, or was closed or changed hands meanwhile, or that nobody can take */
export async function handOverOne(
  deps: ConsoleDeps,
  visitor: Visitor,
  { leadId, shown, to, note, form, handOverId }: OneHandOver,
): Promise<void> {
  const { store, commands } = deps;
  const commandId = commandOf(form, leadId);
  const before = await readVerdict(store.db, commandId);
  if (before !== null) return allowed(store, before);
  const [current] = await readCurrentAssignments(store.db, [leadId]);
  // Taken back is what the form showed: the process knows whether the clock or a person moved the lead on since.
  const assignmentId = shown ?? current?.assignmentId ?? null;
  const kind = assignmentId === null ? 'route' : 'reroute';
  const asked = await unlessGiven(deps, commandId, async () => {
    const actor = await requireLead(store, visitor, kind, leadId);
    if (shown === null && current?.rule === 'rerouted' && isLive(current.status))
      throw new AppError('ASSIGNMENT_TAKEN', await movedOn(deps, leadId, null, 'Somebody has it by now.'));
    return actor;
  });
  if ('verdict' in asked) return allowed(store, asked.verdict);
  const { actor } = asked;
  const noteId = note === '' ? undefined : await keepNote(store, { commandId, leadId, actor, text: bounded(note) });
  const given = { commandId, actor, ...to, ...(noteId !== undefined && { noteId }), ...(handOverId && { handOverId }) };
  const verdict = await commands.execute(
    leadId,
    assignmentId === null ? { ...given, kind: 'route' } : { ...given, kind: 'reroute', assignmentId },
  );
  if (verdict.ok) return;
  if (noteId !== undefined) await dropNote(store, noteId);
  if (verdict.code !== 'ASSIGNMENT_TAKEN') return allowed(store, verdict);
  await allowed(store, { ...verdict, message: await movedOn(deps, leadId, assignmentId, verdict.message) });
}

/** Who moved a lead on since the form was shown, and who has it now. @param otherwise Where nobody is known who did */
async function movedOn(
  { store }: ConsoleDeps,
  leadId: string,
  since: string | null,
  otherwise: string,
): Promise<string> {
  const moved = await readMovedBy(store.db, leadId, since);
  if (moved === null) return otherwise;
  const { by, status, ownerId } = moved;
  const did = status === 'rerouted' ? 'handed it on' : 'sent it back';
  const words = `${by} ${did} meanwhile: ${ownerId ?? 'nobody'} has it now. To hand it over all the same, do so on its page.`;
  const [named = words] = await withNames(store.db, [words]);
  return named;
}

/** Why it did not work, in a sentence; null: it did. What is our fault is thrown on. */
async function problemOf(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'COMMAND_PENDING') return 'It takes longer than expected: look again in a minute.';
    if (ERROR_CODES[error.code].status < 500) return error.message;
    throw error;
  }
}

/** The assignments that the form showed, by their leads. */
async function shownIn(
  { store }: ConsoleDeps,
  request: Request,
): Promise<(leadId: string) => string | null | undefined> {
  if (writtenAll(request, 'shown').length === 0) return () => undefined;
  const ids = field(request, 'shown', LONGEST_SHOWN).split(' ');
  const shown = await readLeadsOf(store.db, ids);
  return (leadId) => shown.get(leadId) ?? null;
}
/** Characters of the ids of as many leads as a page has. */
const LONGEST_SHOWN = 30_000;

/** A team, a rep, or the reps who were ticked. @throws AppError VALIDATION_FAILED */
async function targetsOf(deps: ConsoleDeps, request: Request): Promise<Target> {
  const among = fieldsOf(request, 'among');
  const to = field(request, 'to');
  if (among.length === 0) return targetOf(deps, to);
  if (to !== '') throw wrongField('to', 'Choose a team or a rep here, or tick several reps below: not both.');
  const ids = await Promise.all(among.map((key) => repIdOf(deps.store.db, key)));
  const repIds = ids.filter((id) => id !== null);
  if (repIds.length < ids.length)
    throw wrongField('to', 'Load the page again: a rep who was ticked is not there any more.');
  return { repIds };
}

/** `team:KEY` or `rep:KEY`. @throws AppError VALIDATION_FAILED */
export async function targetOf({ store }: ConsoleDeps, to: string): Promise<Target> {
  const [, kind, key = ''] = /^(team|rep):(.+)$/.exec(to) ?? [];
  if (kind === 'team') return { team: key };
  const repId = kind === 'rep' ? await repIdOf(store.db, key) : null;
  if (repId === null) throw wrongField('to', 'Choose a team or a rep to hand over to.');
  return { repId };
}

function handlesOf({ actors }: Visitor): string {
  return actors.map(actorHandle).join();
}

export function handOverPage(router: Router, { store, settings }: ConsoleDeps): void {
  router.get('/board/hand-overs/:id', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    requireBoard(visitor);
    const { id } = request.params;
    const leads = isId('handOver', id) ? await readHandOver(store.db, id, handlesOf(visitor)) : null;
    if (leads === null) throw new AppError('NOT_FOUND', 'There is no such hand-over of yours.');
    const refused = leads.filter(({ problem }) => problem !== null);
    // Of a lead that is not theirs they learn nothing but that.
    const ties = await readTies(
      store.db,
      refused.map(({ leadId }) => leadId),
    );
    const isSeen = ({ leadId }: (typeof leads)[number]): boolean => {
      const tie = ties.get(leadId);
      return tie !== undefined && mayWith(visitor, 'see-lead', tie);
    };
    const why = await withNames(
      store.db,
      refused.map(({ problem }) => problem ?? ''),
    );
    const isWaiting = ({ stage, ownerName }: (typeof leads)[number]): boolean =>
      stage === 'qualified' && ownerName === null;
    const moved = leads.filter((lead) => lead.problem === null && !isWaiting(lead));
    const waiting = leads.filter((lead) => lead.problem === null && isWaiting(lead));
    const now = Date.now();
    const reps = await listRepsWithLeads(store.db);
    const away = reps.flatMap((rep) => {
      const words = moved.some(({ ownerId }) => ownerId === rep.id)
        ? awayNow(rep, reps, { defaultZone: visitor.defaultZone, nowMs: now })
        : null;
      return words === null ? [] : [html`<p class="problem" role="status">${rep.name} is ${words}.</p>`];
    });
    const full = reps.flatMap((rep) => {
      const words = moved.some(({ ownerId }) => ownerId === rep.id) ? overLimit(rep) : null;
      return words === null ? [] : [html`<p class="problem" role="status">${words}</p>`];
    });
    const waits = await withNames(
      store.db,
      waiting.map(
        (lead) => waitForRepInWords(lead, (at) => whenShown(at, visitor.zone, now)) ?? 'It is about to be offered.',
      ),
    );
    const link = (lead: (typeof leads)[number]): Html =>
      html`<a href="/console/leads/${lead.leadId}">${nameOf(lead)}</a>`;
    const notYet = waiting.length === 0 ? '' : ` Not offered to anybody yet: ${waiting.length}.`;
    const said = `Handed over: ${moved.length}. Not handed over: ${refused.length}.${notYet}`;
    const frame = { title: 'Handed over', companyName: settings.organization.companyName, who: headOf(visitor) };
    const content = html`<p class="done" role="status">${said}</p>
      ${away}${full}
      ${
        refused.length === 0
          ? ''
          : html`<section class="card">
              <h2>Not handed over (${refused.length})</h2>
              <ul>
                ${refused.map((lead, n) => html`<li>${isSeen(lead) ? html`${link(lead)} <span class="badge">${lead.stage}</span>` : 'A lead that is not yours:'} ${why[n]}</li>`)}
              </ul>
            </section>`
      }
      ${
        waiting.length === 0
          ? ''
          : html`<section class="card">
              <h2>Not offered to anybody yet (${waiting.length})</h2>
              <ul>
                ${waiting.map((lead, n) => html`<li>${link(lead)} <span class="badge">${lead.stage}</span> ${waits[n]}</li>`)}
              </ul>
            </section>`
      }
      ${
        moved.length === 0
          ? ''
          : html`<section class="card">
              <h2>Handed over (${moved.length})</h2>
              <ul>
                ${moved.map(
                  (lead) =>
                    html`<li>
                      ${link(lead)} <span class="badge">${lead.stage}</span>
                      ${lead.ownerName === null ? '' : `with ${lead.ownerName}`}${clockInWords(lead, (at) => whenShown(at, visitor.zone, now))}
                    </li>`,
                )}
              </ul>
            </section>`
      }
      <p><a href="/console/board">Back to the board</a></p>`;
    await sendPage(response, 200, frame, content);
  });
}
