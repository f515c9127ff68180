import type { Request, Response } from 'express';
import type { Actor } from '../domain/actor.ts';
import { AppError } from '../domain/errors.ts';
import { type Action, denialOf } from '../domain/policy.ts';
import { readTiesOf } from '../store/access/lead-ties.ts';
import { readSession, type SignedIn } from '../store/access/sessions.ts';
import type { StoreContext } from '../store/context.ts';
import { csrfOf, readCookie, requireCsrf } from './cookies.ts';
import { field } from './fields.ts';

/** Who looks at a page. */
export interface Visitor {
  rep: SignedIn;
  /** The rep, with the same rights as by a key of theirs. */
  actor: Actor;
  csrf: string;
}

/** Null when nobody is signed in: the answer then leads to the sign-in page. @throws AppError FORBIDDEN for a forged form */
export async function visitorOf(
  { db, realNow }: StoreContext,
  request: Request,
  response: Response,
): Promise<Visitor | null> {
  const session = readCookie(request, 'session');
  const rep = session === null ? null : await readSession(db, session, new Date(realNow()));
  if (session === null || rep === null) {
    response.redirect(303, '/console/sign-in');
    return null;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') requireCsrf(session, field(request, 'csrf'));
  const { id: repId, manager, teams } = rep;
  return { rep, actor: { kind: 'rep', repId, manager, teams }, csrf: csrfOf(session) };
}

/** @throws AppError LEAD_UNKNOWN, or the refusal of the policy */
export async function requireLead({ db }: StoreContext, actor: Actor, action: Action, leadId: string): Promise<void> {
  const ties = await readTiesOf(db, leadId);
  if (ties === null) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id');
  const denial = denialOf(actor, action, ties);
  if (denial !== null) throw new AppError(denial.code, denial.message);
}
