/** What a manager does on the board: hands leads over, enters absences, sets limits. */
import type { Request, Response, Router } from 'express';
import { DateTime } from 'luxon';
import { actorHandle } from '../domain/actor.ts';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { idFor } from '../domain/ids.ts';
import { denialOf, tiesOfRep } from '../domain/policy.ts';
import { MOST_WEIGHT } from '../domain/route.ts';
import { readCurrentAssignments } from '../store/lists/board.ts';
import { repIdOf } from '../store/lists/reps.ts';
import { changeRep, type RepPatch } from '../store/sales/change-rep.ts';
import { readVerdict } from '../store/verdicts.ts';
import { dropNote, keepNote } from '../store/sales/notes.ts';
import type { ConsoleDeps } from './deps.ts';
import { bounded, field, fieldsOf, LONGEST_TEXT } from './fields.ts';
import { requireAtAll, requireLead, type Visitor, visitorOf } from './session.ts';

type ShowAgain = (request: Request, response: Response, visitor: Visitor, wrong: AppError) => Promise<void>;

export function boardPosts(router: Router, deps: ConsoleDeps, showAgain: ShowAgain): void {
  const { store } = deps;
  const onPost = (path: string, work: (request: Request, visitor: Visitor) => Promise<string>): void => {
    router.post(path, async (request, response) => {
      const visitor = await visitorOf(store, request, response);
      if (visitor === null) return;
      try {
        response.redirect(303, await work(request, visitor));
      } catch (error) {
        if (!isAppError(error) || ERROR_CODES[error.code].status >= 500 || error.code === 'FORBIDDEN') throw error;
        await showAgain(request, response, visitor, error);
      }
    });
  };

  onPost('/board/hand-over', async (request, visitor) => {
    const leadIds = fieldsOf(request, 'lead');
    if (leadIds.length === 0) throw new AppError('VALIDATION_FAILED', 'Choose at least one lead.');
    const to = await targetOf(deps, field(request, 'to'));
    const note = field(request, 'note', LONGEST_TEXT);
    const who = visitor.actors.map(actorHandle).join();
    const form = `console:${who}:hand-over:${field(request, 'once')}`;
    let moved = 0;
    // One after the other: each is a command of its own, and the turn order counts.
    const assignments = new Map(
      (await readCurrentAssignments(store.db, leadIds)).map(({ leadId, assignmentId }) => [leadId, assignmentId]),
    );
    for (const leadId of leadIds) {
      const handOver = { leadId, assignmentId: assignments.get(leadId) ?? null, to, note, form };
      if (await isHandedOver(deps, visitor, handOver)) moved += 1;
    }
    return `/console/board?moved=${moved}&failed=${leadIds.length - moved}`;
  });

  const onRep = (what: string, patchOf: (request: Request, visitor: Visitor) => RepPatch): void =>
    onPost(`/board/reps/:rep/${what}`, async (request, visitor) => {
      const patch = patchOf(request, visitor);
      const { actors } = visitor;
      const actor = requireAtAll(visitor, 'switch-rep');
      await changeRep(store.db, {
        rep: String(request.params['rep']),
        patch,
        actor: actorHandle(actor),
        at: new Date(store.realNow()),
        denial: ({ teams }) => {
          const denials = actors.map((one) => denialOf(one, 'switch-rep', tiesOfRep({ teams })));
          return denials.includes(null) ? null : (denials[0] ?? null);
        },
      });
      return '/console/board?done=saved';
    });

  onRep('away', (request, { zone }) => {
    const until = field(request, 'until');
    return {
      away: {
        from: dayOf(field(request, 'from'), zone, 'Away from'),
        until: until === '' ? null : dayOf(until, zone, 'Back on'),
        deputy: field(request, 'deputy') || null,
      },
    };
  });
  onRep('back', () => ({ away: null }));
  onRep('active', (request) => ({ active: field(request, 'active') === 'true' }));
  onRep('limits', (request) => ({
    weight: numberOf(request, 'weight', MOST_WEIGHT) ?? 1,
    maxOpen: numberOf(request, 'maxOpen', 10_000),
    maxPerDay: numberOf(request, 'maxPerDay', 10_000),
    maxPerHour: numberOf(request, 'maxPerHour', 10_000),
  }));
}

interface HandOver {
  leadId: string;
  /** The one that is taken back; null: it was offered to nobody yet. */
  assignmentId: string | null;
  to: { team: string } | { repId: string };
  note: string;
  /** Names this showing of the form: sent twice, it hands each lead over once. */
  form: string;
}

/** False for a lead that is not the visitor's to hand over, or was closed or changed hands meanwhile. */
async function isHandedOver(
  { store, commands }: ConsoleDeps,
  visitor: Visitor,
  { leadId, assignmentId, to, note, form }: HandOver,
): Promise<boolean> {
  try {
    const commandId = idFor('command', `${form}:${leadId}`);
    const before = await readVerdict(store.db, commandId);
    if (before !== null) return before.ok;
    const kind = assignmentId === null ? 'route' : 'reroute';
    const actor = await requireLead(store, visitor, kind, leadId);
    const noteId = note === '' ? undefined : await keepNote(store, { commandId, leadId, actor, text: bounded(note) });
    const noted = noteId === undefined ? {} : { noteId };
    const given = { commandId, actor, ...to, ...noted };
    const verdict = await commands.execute(
      leadId,
      assignmentId === null ? { ...given, kind: 'route' } : { ...given, kind: 'reroute', assignmentId },
    );
    if (!verdict.ok && noteId !== undefined) await dropNote(store, noteId);
    return verdict.ok;
  } catch (error) {
    if (isAppError(error) && ERROR_CODES[error.code].status < 500) return false;
    throw error;
  }
}

/** `team:KEY` or `rep:KEY`. @throws AppError VALIDATION_FAILED */
async function targetOf({ store }: ConsoleDeps, to: string): Promise<{ team: string } | { repId: string }> {
  const [, kind, key = ''] = /^(team|rep):(.+)$/.exec(to) ?? [];
  if (kind === 'team') return { team: key };
  const repId = kind === 'rep' ? await repIdOf(store.db, key) : null;
  if (repId === null) throw new AppError('VALIDATION_FAILED', 'Choose a team or a rep to hand the leads over to.');
  return { repId };
}

/** @throws AppError VALIDATION_FAILED */
function dayOf(text: string, zone: string, label: string): Date {
  const day = DateTime.fromISO(text, { zone });
  if (day.isValid && day.year < 10_000) return day.startOf('day').toJSDate();
  throw new AppError('VALIDATION_FAILED', `${label}: expected a date such as 2026-12-21.`);
}

/** Null for an empty field. @throws AppError VALIDATION_FAILED */
function numberOf(request: Request, name: string, most: number): number | null {
  const text = field(request, name);
  if (text === '') return null;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new AppError('VALIDATION_FAILED', `${name}: expected a whole number from 1 to ${most}.`);
}
