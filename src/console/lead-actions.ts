/** What is done on the page of a lead: the same commands as by the API, decided by the same policy. */
import type { Router } from 'express';
import { AppError } from '../domain/errors.ts';
import { readStatus } from '../store/lists/assignments.ts';
import { isLive } from '../domain/assignment.ts';
import { isId } from '../domain/ids.ts';
import { readTiesOf } from '../store/access/lead-ties.ts';
import { readVerdict } from '../store/verdicts.ts';
import { editProfile } from '../store/capture/edit-profile.ts';
import { unsubscribe } from '../store/consent/unsubscribe.ts';
import { assess } from '../store/sales/assess.ts';
import type { ConsoleDeps } from './deps.ts';
import { chosen, field, LONGEST_TEXT, writtenAll } from './fields.ts';
import { orGivenBack } from './given-back.ts';
import { assessmentOf } from './lead-assessment.ts';
import { RESULTS } from './lead-forms.ts';
import { logPosts } from './lead-log-actions.ts';
import { linePost } from './lead-line-actions.ts';
import { endPosts, whyOf } from './lead-after-sale-actions.ts';
import { showLead } from './lead-page.ts';
import { editOf } from './lead-profile.ts';
import { actorOfPost, execute, leadPosts, type Post } from './lead-post.ts';
import { moneyOf } from './money.ts';
import { homeOf } from './navigation.ts';
import { handOverOne, targetOf } from './hand-over.ts';
import { mayWith, visitorOf } from './session.ts';
import { orTakenIn } from './taken-in.ts';
import { wrongField } from './wrong.ts';

export function leadPages(router: Router, deps: ConsoleDeps): void {
  const { store } = deps;
  const page = (leadId: string): string => `/console/leads/${leadId}`;
  const home = ({ visitor }: Post, done: string): string => `${homeOf(visitor)}?done=${done}`;
  const onPost = leadPosts(router, deps);

  /** The page of the lead, for who may still see it: it says which lead was closed, and what can follow. */
  async function closed(post: Post): Promise<string> {
    const ties = await readTiesOf(store.db, post.leadId);
    return ties !== null && mayWith(post.visitor, 'see-lead', ties)
      ? `${page(post.leadId)}?done=closed`
      : home(post, 'closed');
  }

  router.get('/leads/:id', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    const { id } = request.params;
    if (visitor !== null)
      await orTakenIn(deps, { request, response, visitor, leadId: id }, () =>
        orGivenBack(store, visitor, id, () => showLead(deps, response, visitor, id, { query: request.query })),
      );
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
    return `${home(post, 'rejected')}&lead=${post.leadId}`;
  });

  onPost('qualify-on', async (post) => {
    const assignmentId = assignmentOf(post);
    await execute(deps, post, 'reroute', (base, noted) => ({ ...base, kind: 'reroute', assignmentId, ...noted }));
    return `${home(post, 'rejected')}&lead=${post.leadId}`;
  });

  logPosts(onPost, deps);

  onPost('hand-over', async (post) => {
    const { request, visitor, leadId, commandId } = post;
    const to = await targetOf(deps, field(request, 'to'));
    const note = field(request, 'note', LONGEST_TEXT);
    await handOverOne(deps, visitor, {
      leadId,
      shown: shownOnPage(post),
      to,
      note,
      form: commandId,
    });
    const ties = await readTiesOf(store.db, leadId);
    return ties !== null && mayWith(visitor, 'see-lead', ties)
      ? `${page(leadId)}?done=handed-over`
      : home(post, 'handed-over');
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
    return closed(post);
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

  onPost('outcome', async (post) => {
    const result = chosen(post.request, 'result', RESULTS, 'Choose one of the outcomes.');
    const money = valueFor(result, post);
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
    return result === 'opportunity' ? `${page(post.leadId)}?done=opportunity` : closed(post);
  });

  endPosts(onPost, deps);
  linePost(onPost, deps);
}

/**
 * The value that is stated with an outcome. What was expected is confirmed by a win or an opportunity, and says nothing of a lost one.
 * @throws AppError VALIDATION_FAILED for a won sale without a value, or an opportunity of nothing
 */
function valueFor(result: keyof typeof RESULTS, { request }: Post): ReturnType<typeof moneyOf> {
  const isSale = result === 'won' || result === 'opportunity';
  if (!isSale && field(request, 'value') === field(request, 'expected')) return {};
  const money = moneyOf(request);
  if (result === 'won' && money.valueMinor === undefined)
    throw wrongField('value', 'Say what the sale is worth: it counts as revenue. Write 0 if it brings no money.');
  if (result === 'opportunity' && money.valueMinor === 0)
    throw wrongField('value', 'An opportunity is worth more than 0: leave the value empty if it is not known.');
  return money;
}

/** Who had the lead when its page was shown, by the id of the assignment; null: nobody; undefined: the form does not say. */
function shownOnPage({ request }: Post): string | null | undefined {
  if (writtenAll(request, 'assignment').length === 0) return undefined;
  const as = field(request, 'as');
  return as === 'offered' || as === 'accepted' ? field(request, 'assignment') : null;
}

function assignmentOf({ request }: Post): string {
  const id = field(request, 'assignment');
  if (!isId('assignment', id)) throw new AppError('VALIDATION_FAILED', 'Load the page again, and repeat.');
  return id;
}
