/** What is done on the page of a lead whose need is closed or is being closed. */
import { AppError } from '../domain/errors.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { ConsoleDeps } from './deps.ts';
import { field } from './fields.ts';
import { execute, type OnPost, type Post } from './lead-post.ts';

/** The reason that was chosen in `whySelect`. @throws AppError VALIDATION_FAILED for none of them */
export function whyOf({ request }: Post, { reasons }: Playbook): { reason?: string } {
  const reason = field(request, 'why');
  if (reason === '') return {};
  if (!reasons.some((one) => one.reason === reason))
    throw new AppError('VALIDATION_FAILED', 'Choose one of the reasons.');
  return { reason };
}

export function endPosts(onPost: OnPost, deps: ConsoleDeps): void {
  const page = ({ leadId }: Post): string => `/console/leads/${leadId}`;

  onPost('after-sale', async (post) => {
    const funnelStage = field(post.request, 'funnelStage');
    if (!deps.store.rules.current().playbook.funnel.includes(funnelStage))
      throw new AppError('VALIDATION_FAILED', 'Choose one of the funnel stages.');
    await execute(deps, post, 'outcome', (base) => ({ ...base, kind: 'outcome', result: 'won', funnelStage }));
    return page(post);
  });

  onPost('reopen', async (post) => {
    if (field(post.request, 'note') === '')
      throw new AppError('VALIDATION_FAILED', 'Say why it is a lead after all: the next person will ask.');
    await execute(deps, post, 'reopen', (base, noted) => ({ ...base, kind: 'reopen', ...noted }));
    return page(post);
  });
}
