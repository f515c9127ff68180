/** How a form on the page of a lead is carried out: once however often it is sent, and what is wrong is said on that page. */
import type { Request, Response, Router } from 'express';
import { type Actor, actorHandle } from '../domain/actor.ts';
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { idFor } from '../domain/ids.ts';
import type { Action } from '../domain/policy.ts';
import { reached } from '../runtime/race-points.ts';
import { withNames } from '../store/lists/names.ts';
import { dropNote, keepNote } from '../store/sales/notes.ts';
import { readVerdict } from '../store/verdicts.ts';
import type { ConsoleDeps } from './deps.ts';
import { bounded, field, LONGEST_TEXT } from './fields.ts';
import { refusedOf } from './form-fields.ts';
import { showLead } from './lead-page.ts';
import { onceOf } from './once.ts';
import { orGivenBack } from './given-back.ts';
import { orTyped } from './typed.ts';
import { requireLead, type Visitor, visitorOf } from './session.ts';

export interface Post {
  request: Request;
  visitor: Visitor;
  leadId: string;
  /** The same for the same showing of the form. */
  commandId: string;
}

/** Does the work, and answers with the address that the browser is led on to. */
export type OnPost = (what: string, work: (post: Post) => Promise<string>) => void;

export function leadPosts(router: Router, deps: ConsoleDeps): OnPost {
  return (what, work) =>
    router.post(`/leads/:id/${what}`, async (request: Request, response: Response) => {
      const visitor = await visitorOf(deps.store, request, response);
      if (visitor === null) return;
      const leadId = String(request.params['id']);
      const who = visitor.actors.map(actorHandle).join();
      const commandId = idFor('command', `console:${who}:${leadId}:${what}:${onceOf(request)}`);
      const carryOut = async (): Promise<void> => {
        try {
          response.redirect(303, await work({ request, visitor, leadId, commandId }));
        } catch (error) {
          if (!isAppError(error) || !SHOWN_ON_THE_LEAD.has(error.code)) throw error;
          const wrong = { status: ERROR_CODES[error.code].status, refused: refusedOf(what, request, error) };
          await showLead(deps, response, visitor, leadId, { wrong });
        }
      };
      await orTyped(deps, { request, response, visitor }, () => orGivenBack(deps.store, visitor, leadId, carryOut));
    });
}

const SHOWN_ON_THE_LEAD: ReadonlySet<string> = new Set([
  'VALIDATION_FAILED',
  'ASSIGNMENT_TAKEN',
  'STAGE_FORBIDS',
  'CONFLICT',
  'COMMAND_PENDING',
  'TASK_CLOSED',
]);

/** As whom the visitor may do this with the lead. @throws AppError LEAD_UNKNOWN, or the refusal of the policy */
export function actorOfPost({ store }: ConsoleDeps, { visitor, leadId }: Post, action: Action): Promise<Actor> {
  return requireLead(store, visitor, action, leadId);
}

/**
 * Gives a command, with the note that was written in the field `note` if there is one.
 * @throws AppError with the code of a refusal
 */
export async function execute(
  deps: ConsoleDeps,
  post: Post,
  kind: LeadCommand['kind'],
  command: (base: { commandId: string; actor: Actor }, noted: { noteId?: string }) => LeadCommand,
): Promise<void> {
  const { store, commands } = deps;
  const { leadId, commandId } = post;
  // After the first press the lead may not be theirs any more; the second gets the verdict of the first.
  const before = await readVerdict(store.db, commandId);
  if (before !== null) return allowed(store, before);
  await reached('command.unknown', commandId);
  const asked = await unlessGiven(deps, commandId, () => actorOfPost(deps, post, kind));
  if ('verdict' in asked) return allowed(store, asked.verdict);
  const { actor } = asked;
  const text = field(post.request, 'note', LONGEST_TEXT);
  const noteId = text === '' ? undefined : await keepNote(store, { commandId, leadId, actor, text: bounded(text) });
  const verdict = await commands.execute(leadId, command({ commandId, actor }, noteId === undefined ? {} : { noteId }));
  if (!verdict.ok && noteId !== undefined) await dropNote(store, noteId);
  await allowed(store, verdict);
}

/**
 * As whom a command is given that had no verdict a moment ago. Where it is refused, the other press of the button may have been carried out
 * in between, and the lead is not theirs any more: its verdict counts for both.
 * @throws AppError the refusal, where there is still no verdict
 */
export async function unlessGiven(
  { store }: ConsoleDeps,
  commandId: string,
  actorOf: () => Promise<Actor>,
): Promise<{ actor: Actor } | { verdict: Verdict }> {
  try {
    return { actor: await actorOf() };
  } catch (error) {
    const verdict = await readVerdict(store.db, commandId);
    if (verdict === null) throw error;
    return { verdict };
  }
}

/** @throws AppError with the code of a refusal */
export async function allowed({ db }: ConsoleDeps['store'], verdict: Verdict): Promise<void> {
  if (verdict.ok) return;
  const [message = verdict.message] = await withNames(db, [verdict.message]);
  throw new AppError(verdict.code, message);
}
