/** Names and payloads of the processes of newsletters. No imports: others use this file too. */

export const NEWSLETTER_WORKFLOW = 'newsletterIssue';

export interface NewsletterInput {
  newsletter: string;
}
