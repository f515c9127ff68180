/** Reads the mails that arrived, from the mail inbox's own API (maildev 2). */
import { AppError } from '../../domain/errors.ts';
import { poll } from './poll.ts';

export interface Mail {
  id: string;
  subject: string;
  html: string;
  text: string;
  date: string;
  to: { address: string; name?: string }[];
  /** By name in small letters. */
  headers: Record<string, string>;
}

export interface MailInbox {
  /** The mail of a send, as soon as it has arrived. */
  ofSend(sendId: string): Promise<Mail>;
}

const ARRIVES_WITHIN_MS = 15_000;

export function createMailInbox(url: string): MailInbox {
  return {
    async ofSend(sendId) {
      const query = new URLSearchParams({ 'headers.x-nurture-send': sendId });
      const found = await poll(
        () => read(`${url}/email?${query.toString()}`),
        (mails) => mails.length > 0,
        ARRIVES_WITHIN_MS,
      );
      const [mail, copy] = found;
      if (mail === undefined)
        throw new AppError('INTERNAL', `The mail of ${sendId} was sent, but is not in the inbox.`);
      if (copy !== undefined) throw new AppError('INTERNAL', `The mail of ${sendId} arrived ${found.length} times.`);
      return mail;
    },
  };
}

async function read(url: string): Promise<Mail[]> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new AppError('UNAVAILABLE', `The mail inbox answered ${response.status}.`);
  return (await response.json()) as Mail[];
}
