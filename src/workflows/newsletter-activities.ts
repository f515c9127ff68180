import type { NewsletterInput } from './newsletter-messages.ts';

/** The activities of newsletters. Implemented by `createNewsletterActivities`. */
export interface NewsletterActivities {
  /** Begins the issue of a time, or keeps why there is none. Answers with the id of its broadcast; null: nothing goes out. */
  beginIssue(input: NewsletterInput & { atMs: number; nowMs: number }): Promise<string | null>;
}
