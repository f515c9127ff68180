import { issueNewsletter } from '../../store/newsletters/issue.ts';
import type { NewsletterActivities } from '../../workflows/newsletter-activities.ts';
import type { ActivityDeps } from '../deps.ts';

/** The activities of newsletters. */
export function createNewsletterActivities({ db, rules, log }: ActivityDeps): NewsletterActivities {
  return {
    async beginIssue({ newsletter, atMs, nowMs }) {
      const firing = { newsletter, at: new Date(atMs), now: new Date(nowMs), by: null };
      const issued = await issueNewsletter(db, rules.current(), firing);
      if (issued.kind === 'issued') return issued.broadcastId;
      log.info({ newsletter, because: issued.because }, 'no issue of a newsletter goes out');
      return null;
    },
  };
}
