/** What a manager does on the board: hands leads over, enters absences, sets limits. */
import type { Request, Response, Router } from 'express';
import { DateTime } from 'luxon';
import { actorHandle } from '../domain/actor.ts';
import { ERROR_CODES, isAppError } from '../domain/errors.ts';
import { denialOf, tiesOfRep } from '../domain/policy.ts';
import { MOST_WEIGHT } from '../domain/route.ts';
import { zoneOf } from '../domain/schedule.ts';
import { readAbsence, readRepKey } from '../store/lists/reps.ts';
import { changeRep, type RepPatch } from '../store/sales/change-rep.ts';
import type { ConsoleDeps } from './deps.ts';
import { field, written } from './fields.ts';
import { type Refused, refusedOf } from './form-fields.ts';
import { handOver } from './hand-over.ts';
import { requireBoard } from './navigation.ts';
import { requireAtAll, type Visitor, visitorOf } from './session.ts';
import { wrongField } from './wrong.ts';

type ShowAgain = (request: Request, response: Response, visitor: Visitor, refused: Refused) => Promise<void>;

export function boardPosts(router: Router, deps: ConsoleDeps, showAgain: ShowAgain): void {
  const { store } = deps;
  const onPost = (
    path: string,
    formOf: (request: Request) => string,
    work: (request: Request, visitor: Visitor) => Promise<string>,
  ): void => {
    router.post(path, async (request, response) => {
      const visitor = await visitorOf(store, request, response);
      if (visitor === null) return;
      // Before anything is read: what a rep may do with their own leads is done on the page of the lead.
      requireBoard(visitor);
      try {
        response.redirect(303, await work(request, visitor));
      } catch (error) {
        if (!isAppError(error) || ERROR_CODES[error.code].status >= 500 || error.code === 'FORBIDDEN') throw error;
        const refused = refusedOf(formOf(request), request, error);
        await showAgain(request, response, visitor, refused);
      }
    });
  };

  onPost(
    '/board/hand-over',
    (request) => written(request, 'form'),
    (request, visitor) => handOver(deps, visitor, request),
  );

  const onRep = (what: string, patchOf: (request: Request, visitor: Visitor) => RepPatch | Promise<RepPatch>): void =>
    onPost(
      `/board/reps/:rep/${what}`,
      () => what,
      async (request, visitor) => {
        const patch = await patchOf(request, visitor);
        const { actors } = visitor;
        const actor = requireAtAll(visitor, 'switch-rep');
        const rep = String(request.params['rep']);
        await changeRep(store.db, {
          rep,
          patch,
          actor: actorHandle(actor),
          at: new Date(store.realNow()),
          denial: ({ teams }) => {
            const denials = actors.map((one) => denialOf(one, 'switch-rep', tiesOfRep({ teams })));
            return denials.includes(null) ? null : (denials[0] ?? null);
          },
        });
        // To the page of the rep: who enters an absence hands the leads over next.
        return `/console/board?rep=${encodeURIComponent((await readRepKey(store.db, rep)) ?? '')}&done=${what}`;
      },
    );

  onRep('away', async (request, { defaultZone }) => {
    const rep = await readAbsence(store.db, String(request.params['rep']));
    const zone = zoneOf(rep?.timeZone, defaultZone);
    const from = dayOf(request, 'from', zone, rep?.awayFrom);
    const isOpen = field(request, 'open') !== '';
    if (field(request, 'until') === '' && !isOpen)
      throw wrongField('until', 'Enter the day, or tick “Until further notice”.');
    const until = field(request, 'until') === '' ? null : dayOf(request, 'until', zone, rep?.awayUntil);
    if (until !== null && isOpen) throw wrongField('until', 'Enter the day, or tick “Until further notice”: not both.');
    if (until !== null && until.getTime() <= store.realNow())
      throw wrongField('until', 'The absence would be over already: “Back on” must be a day that is still to come.');
    if (until !== null && until <= from) throw wrongField('until', '“Back on” must be after “Away from”.');
    return {
      away: {
        from,
        until,
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

/**
 * Midnight of the day in the zone of the rep; an instant in the middle of that day that is stored already stays as it is.
 * @throws AppError VALIDATION_FAILED
 */
function dayOf(request: Request, name: string, zone: string, stored: Date | null = null): Date {
  const day = DateTime.fromISO(field(request, name), { zone });
  if (!day.isValid || day.year > 9_999) throw wrongField(name, 'Expected a date such as 2026-12-21.');
  const isStored = stored !== null && DateTime.fromJSDate(stored, { zone }).toISODate() === day.toISODate();
  return isStored ? stored : day.startOf('day').toJSDate();
}

/** Null for an empty field. @throws AppError VALIDATION_FAILED */
function numberOf(request: Request, name: string, most: number): number | null {
  const text = field(request, name);
  if (text === '') return null;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw wrongField(name, `Expected a whole number from 1 to ${most}.`);
}
