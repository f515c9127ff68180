/** Opens a need of the product line that a lead shows interest in. */
import { AppError } from '../domain/errors.ts';
import type { LeadSubmission } from '../store/capture/submit-lead.ts';
import { leadNow } from '../store/clock.ts';
import { type LeadDetail, readLead } from '../store/lists/lead.ts';
import type { ConsoleDeps } from './deps.ts';
import { chosen, field, LONGEST_TEXT } from './fields.ts';
import { proposedFor, type Way, WAYS } from './lead-line.ts';
import { actorOfPost, type OnPost } from './lead-post.ts';
import type { Visitor } from './session.ts';
import { acceptOwn, pageOf, submitOnce } from './taken-in.ts';

export function linePost(onPost: OnPost, deps: ConsoleDeps): void {
  const { store } = deps;

  onPost('line', async (post) => {
    const { request, visitor, leadId } = post;
    const actor = await actorOfPost(deps, post, 'vouch');
    const way = chosen(request, 'way', WAYS, 'Load the page again, and repeat.');
    const line = field(request, 'line', LONGEST_TEXT);
    const lead = await readLead(store.db, leadId);
    if (lead === null) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id');
    const submission = await submissionOf(lead, line, way, visitor);
    // The second press finds the need that the first has opened: whether it is still proposed is asked of the first alone.
    const result = await submitOnce(deps, { actor, repId: visitor.repId }, request, submission, {
      person: { leadId },
      check: () => {
        const { playbook } = store.rules.current();
        const now = proposedFor(lead, playbook, leadNow(lead, store.realNow()));
        if (now?.line !== line || now.way !== way)
          throw new AppError('CONFLICT', 'This has changed meanwhile: the page shows how the lead stands now.');
      },
    });
    const taken = submission.enterAt === undefined ? null : await acceptOwn(deps, visitor, leadId);
    return taken ?? pageOf(store, visitor, result);
  });

  /** As the lead's own words would be: a request that states the line. A rep who opens a need has it. */
  async function submissionOf(
    { email, phone, country }: LeadDetail,
    productLine: string,
    way: Way,
    { repId }: Visitor,
  ): Promise<LeadSubmission> {
    const rep =
      way === 'fills' || repId === null
        ? null
        : await store.db.rep.findUnique({ where: { id: repId }, select: { key: true } });
    return {
      ...(email === null ? { phone: phone ?? '', ...(country === null ? {} : { country }) } : { email }),
      how: 'interest',
      source: 'interest',
      inbound: false,
      need: { productLine },
      ...(rep === null ? {} : { enterAt: { stage: 'assigned', owner: rep.key } }),
    };
  }
}
