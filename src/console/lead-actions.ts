/** What a rep does on the page of a lead: the same commands as by the API, decided by the same policy. */
import type { Request, Response, Router } from 'express';
import { DateTime } from 'luxon';
import { inMinorUnits, isCurrency } from '../domain/currency.ts';
import type { LeadCommand } from '../domain/commands.ts';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { idFor, isId } from '../domain/ids.ts';
import { zoneOf } from '../domain/schedule.ts';
import { logActivity } from '../store/sales/log-activity.ts';
import { dropNote, keepNote } from '../store/sales/notes.ts';
import type { ConsoleDeps } from './deps.ts';
import { field } from './fields.ts';
import { LOGGED, RESULTS } from './lead-forms.ts';
import { showLead } from './lead-page.ts';
import { requireLead, type Visitor, visitorOf } from './session.ts';

export function leadPages(router: Router, deps: ConsoleDeps): void {
  const { store } = deps;

  router.get('/leads/:id', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor !== null) await showLead(deps, response, visitor, request.params.id);
  });

  /** Does the work, and leads on to a page that can be loaded again. What is wrong is said on the lead's page. */
  function onPost(what: string, work: (post: Post) => Promise<string>): void {
    router.post(`/leads/:id/${what}`, async (request: Request, response: Response) => {
      const visitor = await visitorOf(store, request, response);
      if (visitor === null) return;
      const leadId = String(request.params['id']);
      try {
        const commandId = idFor('command', `console:${visitor.rep.id}:${leadId}:${what}:${field(request, 'once')}`);
        response.redirect(303, await work({ request, visitor, leadId, commandId }));
      } catch (error) {
        if (!isAppError(error) || !SHOWN_ON_THE_LEAD.has(error.code)) throw error;
        const wrong = { status: ERROR_CODES[error.code].status, message: error.message };
        await showLead(deps, response, visitor, leadId, wrong);
      }
    });
  }

  const page = (leadId: string): string => `/console/leads/${leadId}`;

  onPost('accept', async (post) => {
    await execute(deps, post, { ...baseOf(post), kind: 'accept', assignmentId: assignmentOf(post) });
    return page(post.leadId);
  });

  onPost('reject', async (post) => {
    const reason = field(post.request, 'reason');
    const known = store.rules.current().playbook.reasons.some((one) => one.reason === reason);
    if (!known) throw new AppError('VALIDATION_FAILED', 'Choose one of the reasons.');
    await requireLead(store, post.visitor.actor, 'reject', post.leadId);
    const noted = await notedOf(deps, post, field(post.request, 'note'));
    await execute(deps, post, { ...baseOf(post), kind: 'reject', assignmentId: assignmentOf(post), reason, ...noted });
    return '/console?done=rejected';
  });

  onPost('log', async (post) => {
    const kind = field(post.request, 'kind');
    const body = field(post.request, 'body');
    if (!Object.hasOwn(LOGGED, kind)) throw new AppError('VALIDATION_FAILED', 'Choose what it was.');
    if (kind === 'note' && body === '') throw new AppError('VALIDATION_FAILED', 'A note has a text.');
    const id = idFor('activity', post.commandId);
    await logActivity(store, post.visitor.actor, {
      id,
      leadId: post.leadId,
      kind,
      ...(body === '' ? {} : { body: bounded(body) }),
    });
    return page(post.leadId);
  });

  onPost('next-step', async (post) => {
    const zone = zoneOf(post.visitor.rep.timeZone, store.rules.current().playbook.defaultTimeZone);
    const due = DateTime.fromISO(field(post.request, 'dueAt'), { zone });
    const body = field(post.request, 'step');
    if (!due.isValid || due.year > 9999) throw new AppError('VALIDATION_FAILED', 'A next step has a date and a time.');
    if (body === '') throw new AppError('VALIDATION_FAILED', 'Say what is to be done.');
    const id = idFor('activity', post.commandId);
    const step = { id, leadId: post.leadId, kind: 'next-step', body: bounded(body), dueAt: due.toJSDate() };
    await logActivity(store, post.visitor.actor, step);
    return page(post.leadId);
  });

  onPost('outcome', async (post) => {
    const result = field(post.request, 'result');
    if (!isResult(result)) throw new AppError('VALIDATION_FAILED', 'Choose one of the outcomes.');
    const value = field(post.request, 'value');
    const currency = field(post.request, 'currency').trim().toUpperCase();
    if (value !== '' && !isCurrency(currency))
      throw new AppError('VALIDATION_FAILED', 'The currency has three letters, such as EUR or USD.');
    const valueMinor = value === '' ? null : inMinorUnits(value, currency);
    if (value !== '' && valueMinor === null)
      throw new AppError('VALIDATION_FAILED', 'The value is a number, such as 1200 or 1200.50.');
    const stage = field(post.request, 'funnelStage');
    const { funnel } = store.rules.current().playbook;
    if (stage !== '' && !funnel.includes(stage))
      throw new AppError('VALIDATION_FAILED', 'Choose one of the funnel stages.');
    await execute(deps, post, {
      ...baseOf(post),
      kind: 'outcome',
      result,
      ...(valueMinor === null ? {} : { valueMinor, currency }),
      ...(stage === '' || result !== 'opportunity' ? {} : { funnelStage: stage }),
    });
    return result === 'opportunity' ? page(post.leadId) : '/console?done=closed';
  });
}

interface Post {
  request: Request;
  visitor: Visitor;
  leadId: string;
  commandId: string;
}

const SHOWN_ON_THE_LEAD: ReadonlySet<string> = new Set([
  'VALIDATION_FAILED',
  'ASSIGNMENT_TAKEN',
  'STAGE_FORBIDS',
  'CONFLICT',
  'COMMAND_PENDING',
]);

function baseOf({ commandId, visitor }: Post) {
  return { commandId, actor: visitor.actor };
}

function assignmentOf({ request }: Post): string {
  const id = field(request, 'assignment');
  if (!isId('assignment', id)) throw new AppError('VALIDATION_FAILED', 'Load the page again, and repeat.');
  return id;
}

async function notedOf(
  { store }: ConsoleDeps,
  { commandId, visitor, leadId }: Post,
  text: string,
): Promise<{ noteId?: string }> {
  if (text === '') return {};
  return { noteId: await keepNote(store, { commandId, leadId, actor: visitor.actor, text: bounded(text) }) };
}

/** @throws AppError with the code of a refusal */
async function execute(
  { store, commands }: ConsoleDeps,
  { leadId, visitor }: Post,
  command: LeadCommand,
): Promise<void> {
  await requireLead(store, visitor.actor, command.kind, leadId);
  const verdict = await commands.execute(leadId, command);
  if (verdict.ok) return;
  if ('noteId' in command && command.noteId !== undefined) await dropNote(store, command.noteId);
  throw new AppError(verdict.code, verdict.message);
}

function isResult(result: string): result is keyof typeof RESULTS {
  return Object.hasOwn(RESULTS, result);
}

function bounded(text: string): string {
  return text.slice(0, 4_000).replaceAll('\u0000', '');
}
