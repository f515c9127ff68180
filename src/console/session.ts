import type { Request, Response } from 'express';
import type { Actor } from '../domain/actor.ts';
import { AppError } from '../domain/errors.ts';
import { type Action, boardScopeOf, denialAtAll, denialOf, type LeadTies, type Scope } from '../domain/policy.ts';
import { zoneOf } from '../domain/schedule.ts';
import { readTiesOf } from '../store/access/lead-ties.ts';
import { readSession, type SignedIn } from '../store/access/sessions.ts';
import type { StoreContext } from '../store/context.ts';
import { csrfOf, keepPlace, readCookie, requireCsrf } from './cookies.ts';
import { field } from './fields.ts';
import { readForm } from './form-body.ts';
import { localeOf } from './locale.ts';

/** Who is signed in. */
export interface Person {
  name: string;
  /** IANA name of the zone in which times are shown. */
  zone: string;
  /** The one of settings.yaml, for a rep without their own. */
  defaultZone: string;
  /** Set for a rep: they have a desk. */
  repId: string | null;
  /** As whom they may act: a rep with the rights of a rep's key, a user with those of their role. Who is both may do what either may. */
  actors: readonly Actor[];
}

/** Who looks at a page. */
export interface Visitor extends Person {
  /** How numbers and money are written: a BCP 47 tag of the visitor's browser. */
  locale: string;
  csrf: string;
}

/** Whose session it is; null: it is over, or there is none. */
export async function readPerson({ db, realNow, rules }: StoreContext, session: string | null): Promise<Person | null> {
  const signedIn = session === null ? null : await readSession(db, session, new Date(realNow()));
  return signedIn && personOf(signedIn, rules.current().playbook.defaultTimeZone);
}

/** Null when nobody is signed in: the answer then leads to the sign-in page, and no form is read. @throws AppError FORBIDDEN for a forged form */
export async function visitorOf(store: StoreContext, request: Request, response: Response): Promise<Visitor | null> {
  const session = readCookie(request, 'session');
  const person = await readPerson(store, session);
  if (session === null || person === null) {
    // A part of a page that asks for itself again must not become the sign-in page.
    if (request.get('hx-request') === 'true') response.status(401).setHeader('HX-Redirect', '/console/sign-in').end();
    else {
      keepPlace(request, response);
      response.redirect(303, '/console/sign-in');
    }
    return null;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    await readForm(request, response, 'visitor');
    requireCsrf(session, field(request, 'csrf'));
  }
  return { ...person, locale: localeOf(request), csrf: csrfOf(session) };
}

function personOf({ rep, user }: SignedIn, defaultZone: string): Person {
  const actors: Actor[] = [];
  if (user !== null)
    actors.push({
      kind: 'user',
      userId: user.id,
      manager: user.role !== 'marketer',
      role: user.role,
      teams: user.teams,
    });
  // First: what a rep does with their own leads is done as the rep.
  if (rep !== null) actors.unshift({ kind: 'rep', repId: rep.id, manager: rep.manager, teams: rep.teams });
  return {
    name: rep?.name ?? user?.name ?? '',
    zone: zoneOf(rep?.timeZone ?? user?.timeZone ?? null, defaultZone),
    defaultZone,
    repId: rep?.id ?? null,
    actors,
  };
}

/** As whom the visitor may do this with the lead. @throws AppError LEAD_UNKNOWN, or the refusal of the policy */
export async function requireLead(
  { db }: StoreContext,
  visitor: Visitor,
  action: Action,
  leadId: string,
): Promise<Actor> {
  const ties = await readTiesOf(db, leadId);
  if (ties === null) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id');
  return actorFor(visitor, action, ties);
}

/** As whom the visitor may do this with what has these ties. @throws AppError, the refusal of the policy */
export function actorFor({ actors }: Person, action: Action, ties: LeadTies): Actor {
  const able = actors.find((actor) => denialOf(actor, action, ties) === null);
  if (able !== undefined) return able;
  const [denial] = actors.map((actor) => denialOf(actor, action, ties));
  throw new AppError(denial?.code ?? 'FORBIDDEN', denial?.message ?? 'You may not do this');
}

export function mayWith({ actors }: Person, action: Action, ties: LeadTies): boolean {
  return actors.some((actor) => denialOf(actor, action, ties) === null);
}

/** As whom the visitor may do this at all, with some lead or none; null when they may not. */
export function actorAtAll({ actors }: Person, action: Action): Actor | null {
  return actors.find((actor) => denialAtAll(actor, action) === null) ?? null;
}

/** Whether a page tells the visitor a command: reps and managers have no command line, and read what they can do or whom to ask. */
export function readsCommands(person: Person): boolean {
  return actorAtAll(person, 'manage-runs') !== null;
}

/** @throws AppError FORBIDDEN */
export function requireAtAll(visitor: Visitor, action: Action): Actor {
  const actor = actorAtAll(visitor, action);
  if (actor !== null) return actor;
  const [first] = visitor.actors;
  throw new AppError('FORBIDDEN', (first && denialAtAll(first, action)?.message) ?? 'You may not do this');
}

/** The leads on the visitor's board; null for who manages nobody. */
export function boardOf({ actors }: Person): Scope | null {
  const scopes = actors.flatMap((actor) => boardScopeOf(actor) ?? []);
  return scopes.find(({ kind }) => kind === 'all') ?? scopes[0] ?? null;
}
