/** What is done on the page of a lead: the same commands as by the API, decided by the same policy. */
import type { Router } from 'express';
import { DateTime } from 'luxon';
import { AppError } from '../domain/errors.ts';
import { readStatus } from '../store/lists/assignments.ts';
import { isLive } from '../domain/assignment.ts';
import { idFor, isId } from '../domain/ids.ts';
import { readVerdict } from '../store/verdicts.ts';
import { editProfile } from '../store/capture/edit-profile.ts';
import { unsubscribe } from '../store/consent/unsubscribe.ts';
import { assess } from '../store/sales/assess.ts';
import { readCurrentAssignments } from '../store/lists/board.ts';
import { snooze } from '../store/sales/snooze.ts';
import { logActivity } from '../store/sales/log-activity.ts';
import type { ConsoleDeps } from './deps.ts';
import { bounded, chosen, field, LONGEST_TEXT, wrongField } from './fields.ts';
import { assessmentOf } from './lead-assessment.ts';
import { CAME_OF_IT, LOGGED, RESULTS } from './lead-forms.ts';
import { endPosts, whyOf } from './lead-after-sale-actions.ts';
import { showLead } from './lead-page.ts';
import { editOf } from './lead-profile.ts';
import { actorOfPost, execute, leadPosts, type Post } from './lead-post.ts';
import { moneyOf } from './money.ts';
import { homeOf } from './navigation.ts';
import { handOverOne, targetOf } from './hand-over.ts';
import { boardOf, visitorOf } from './session.ts';

export function leadPages(router: Router, deps: ConsoleDeps): void {
  const { store } = deps;
  const page = (leadId: string): string => `/console/leads/${leadId}`;
  const home = ({ visitor }: Post, done: string): string => `${homeOf(visitor)}?done=${done}`;
  const onPost = leadPosts(router, deps);

  router.get('/leads/:id', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor !== null) await showLead(deps, response, visitor, request.params.id, { query: request.query });
  });

  onPost('accept', async (post) => {
    const assignmentId = assignmentOf(post);
    await execute(deps, post, 'accept', (base) => ({ ...base, kind: 'accept', assignmentId }));
    return `${page(post.leadId)}?done=accepted`;
  });

  onPost('reject', async (post) => {
    const reason = field(post.request, 'reason');
    const known = store.rules.current().playbook.reasons.some((one) => one.reason === reason);
    if (!known) throw wrongField('reason', 'Choose one of the reasons.');
    const assignmentId = assignmentOf(post);
    await requireAsShown(post, assignmentId);
    await execute(deps, post, 'reject', (base, noted) => ({ ...base, kind: 'reject', assignmentId, reason, ...noted }));
    return home(post, 'rejected');
  });

  onPost('qualify-on', async (post) => {
    const assignmentId = assignmentOf(post);
    await execute(deps, post, 'reroute', (base, noted) => ({ ...base, kind: 'reroute', assignmentId, ...noted }));
    return home(post, 'rejected');
  });

  onPost('log', async (post) => {
    const kind = chosen(post.request, 'kind', LOGGED, 'Choose what it was.');
    const body = field(post.request, 'body', LONGEST_TEXT);
    if (kind === 'note' && body === '') throw wrongField('body', 'A note has a text.');
    const result = field(post.request, 'came') === '' ? null : chosen(post.request, 'came', CAME_OF_IT, REACHED);
    if (kind === 'note' && result !== null)
      throw wrongField('came', 'A note reaches nobody: choose what it was, or “Not said”.');
    const isPlanned = field(post.request, 'in') !== '' || field(post.request, 'dueAt') !== '';
    if (isPlanned && kind === 'note')
      throw wrongField('in', 'A note plans no contact: choose what it was, or use “Plan the next step”.');
    await log(post, {
      kind,
      ...(body !== '' && { body: bounded(body) }),
      ...(result !== null && { result }),
      ...(isPlanned && { dueAt: dueOf(post, store.realNow()) }),
    });
    return `${page(post.leadId)}?done=${isPlanned ? 'logged-planned' : 'logged'}`;
  });

  onPost('next-step', async (post) => {
    const body = field(post.request, 'step', LONGEST_TEXT);
    if (body === '') throw wrongField('step', 'Say what is to be done.');
    await log(post, { kind: 'next-step', body: bounded(body), dueAt: dueOf(post, store.realNow()) });
    return `${page(post.leadId)}?done=planned`;
  });

  onPost('snooze', async (post) => {
    const actor = await actorOfPost(deps, post, 'log-activity');
    const isWoken = field(post.request, 'in') === 'wake';
    const until = isWoken ? null : dueOf(post, store.realNow(), 'until');
    const { ringIds } = await snooze(store, actor, post.leadId, until);
    deps.ring(ringIds);
    return `${page(post.leadId)}?done=${isWoken ? 'woken' : 'snoozed'}`;
  });

  onPost('hand-over', async (post) => {
    const { request, visitor, leadId, commandId } = post;
    if (boardOf(visitor) === null) throw new AppError('FORBIDDEN', 'Leads are handed over by managers.');
    await actorOfPost(deps, post, 'see-lead');
    const to = await targetOf(deps, field(request, 'to'));
    const [current] = await readCurrentAssignments(store.db, [leadId]);
    const note = field(request, 'note', LONGEST_TEXT);
    await handOverOne(deps, visitor, {
      leadId,
      assignmentId: current?.assignmentId ?? null,
      to,
      note,
      form: commandId,
    });
    return `${page(leadId)}?done=handed-over`;
  });

  onPost('profile', async (post) => {
    const actor = await actorOfPost(deps, post, 'vouch');
    const { fields, ringIds } = await editProfile(store, actor, post.leadId, editOf(post.request));
    deps.ring(ringIds);
    return `${page(post.leadId)}?done=${fields.length === 0 ? 'unchanged' : 'profile'}`;
  });

  onPost('assess', async (post) => {
    const actor = await actorOfPost(deps, post, 'assess');
    const { ringIds } = await assess(store, actor, post.leadId, {
      ...assessmentOf(post.request),
      commandId: post.commandId,
    });
    deps.ring(ringIds);
    return `${page(post.leadId)}?done=assessed`;
  });

  onPost('unsubscribe', async (post) => {
    const actor = await actorOfPost(deps, post, 'unsubscribe');
    const { ringIds } = await unsubscribe(store, { leadId: post.leadId, source: 'console', actor });
    deps.ring(ringIds);
    return `${page(post.leadId)}?done=stopped`;
  });

  onPost('pause', async (post) => {
    await execute(deps, post, 'pause', (base, noted) => ({ ...base, kind: 'pause', ...noted }));
    return `${page(post.leadId)}?done=paused`;
  });

  onPost('resume', async (post) => {
    await execute(deps, post, 'resume', (base) => ({ ...base, kind: 'resume' }));
    return `${page(post.leadId)}?done=resumed`;
  });

  onPost('disqualify', async (post) => {
    const reason = field(post.request, 'reason');
    const { reasons } = store.rules.current().playbook;
    if (!reasons.some((one) => one.reason === reason && one.follow.kind === 'disqualify'))
      throw wrongField('reason', 'Choose one of the reasons.');
    await execute(deps, post, 'disqualify', (base, noted) => ({ ...base, kind: 'disqualify', reason, ...noted }));
    return home(post, 'closed');
  });

  /** A page that was shown as an offer does not send an accepted lead back: somebody has decided since. */
  async function requireAsShown({ request, commandId }: Post, assignmentId: string): Promise<void> {
    const as = field(request, 'as');
    if (as === '' || (await readVerdict(store.db, commandId)) !== null) return;
    const now = await readStatus(store.db, assignmentId);
    if (now === null || now.status === as || !isLive(now.status)) return;
    throw new AppError(
      'ASSIGNMENT_TAKEN',
      `It was ${now.status} meanwhile: the lead is in stage ${now.stage}, with ${now.repName}. To send it back, do so below.`,
    );
  }

  async function log(
    post: Post,
    activity: { kind: string; body?: string; result?: string; dueAt?: Date },
  ): Promise<void> {
    const actor = await actorOfPost(deps, post, 'log-activity');
    const id = idFor('activity', post.commandId);
    const { ringIds } = await logActivity(store, actor, { id, leadId: post.leadId, ...activity });
    deps.ring(ringIds);
  }

  onPost('outcome', async (post) => {
    const result = chosen(post.request, 'result', RESULTS, 'Choose one of the outcomes.');
    const money = moneyOf(post.request);
    const stage = field(post.request, 'funnelStage');
    const { playbook } = store.rules.current();
    const { funnel } = playbook;
    const why = result === 'opportunity' ? {} : whyOf(post, playbook, result);
    if (stage !== '' && !funnel.includes(stage)) throw wrongField('funnelStage', 'Choose one of the funnel stages.');
    await execute(deps, post, 'outcome', (base, noted) => ({
      ...base,
      kind: 'outcome',
      result,
      ...money,
      ...why,
      ...(stage === '' || (result !== 'opportunity' && result !== 'won') ? {} : { funnelStage: stage }),
      ...noted,
    }));
    return result === 'opportunity' ? `${page(post.leadId)}?done=opportunity` : home(post, 'closed');
  });

  endPosts(onPost, deps);
}

const OPENS_AT = 9;
const REACHED = 'Choose whether you reached them.';

/** The day that was chosen, or the date and time that were written, in the visitor's zone. @throws AppError VALIDATION_FAILED */
function dueOf({ request, visitor: { zone } }: Post, nowMs: number, name = 'dueAt'): Date {
  const days = Number(field(request, 'in') || Number.NaN);
  const written = field(request, name);
  const due =
    written === '' && Number.isInteger(days) && days > 0 && days <= 365
      ? DateTime.fromMillis(nowMs, { zone }).plus({ days }).startOf('day').set({ hour: OPENS_AT })
      : DateTime.fromISO(written, { zone });
  if (due.isValid && due.year < 10_000) return due.toJSDate();
  throw wrongField(written === '' ? 'in' : name, 'Choose when it is due, or write a date and a time.');
}

function assignmentOf({ request }: Post): string {
  const id = field(request, 'assignment');
  if (!isId('assignment', id)) throw new AppError('VALIDATION_FAILED', 'Load the page again, and repeat.');
  return id;
}
