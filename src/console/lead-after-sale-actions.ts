/** What is done on the page of a lead whose need is closed or is being closed. */
import { isId } from '../domain/ids.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { ConsoleDeps } from './deps.ts';
import { field, LONGEST_TEXT } from './fields.ts';
import { execute, type OnPost, type Post } from './lead-post.ts';
import { wrongField } from './wrong.ts';

const ENDS: ReadonlySet<string> = new Set(['lost', 'no-need']);

/**
 * The reason that was chosen in `whySelect`. What was lost, or is no need, wants one; where the playbook has none, a note.
 * @throws AppError VALIDATION_FAILED
 */
export function whyOf({ request }: Post, { reasons }: Playbook, result: string): { reason?: string } {
  const reason = field(request, 'why');
  if (reason !== '') {
    if (reasons.some((one) => one.reason === reason)) return { reason };
    throw wrongField('why', 'Choose one of the reasons.');
  }
  if (!ENDS.has(result)) return {};
  if (reasons.some(({ follow }) => ENDS.has(follow.kind)))
    throw wrongField('why', 'Say why: choose one of the reasons.');
  if (field(request, 'note', LONGEST_TEXT) !== '') return {};
  throw wrongField('note', 'Say in the note why.');
}

export function endPosts(onPost: OnPost, deps: ConsoleDeps): void {
  const page = ({ leadId }: Post): string => `/console/leads/${leadId}`;

  onPost('after-sale', async (post) => {
    const funnelStage = field(post.request, 'funnelStage');
    if (!deps.store.rules.current().playbook.funnel.includes(funnelStage))
      throw wrongField('funnelStage', 'Choose one of the funnel stages.');
    const needId = field(post.request, 'need');
    if (!isId('need', needId)) throw wrongField('need', 'Choose one of the sales.');
    await execute(deps, post, 'outcome', (base) => ({ ...base, kind: 'outcome', result: 'won', needId, funnelStage }));
    return `${page(post)}?done=recorded`;
  });

  onPost('reopen', async (post) => {
    if (field(post.request, 'note', LONGEST_TEXT) === '')
      throw wrongField('note', 'Say why it is a lead after all: the next person will ask.');
    await execute(deps, post, 'reopen', (base, noted) => ({ ...base, kind: 'reopen', ...noted }));
    return `${page(post)}?done=reopened`;
  });
}
