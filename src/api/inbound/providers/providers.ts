import { mailgun } from './mailgun.ts';
import { postmark } from './postmark.ts';
import type { Provider } from './provider.ts';
import { sendgrid } from './sendgrid.ts';
import { ses } from './ses.ts';

/** By the last part of the address of its webhook. */
export const PROVIDERS: Readonly<Record<'ses' | 'sendgrid' | 'postmark' | 'mailgun', Provider>> = {
  ses,
  sendgrid,
  postmark,
  mailgun,
};
