/** Where the mails and webhooks of a simulation go instead of a mail server and other people's systems. */
import type { Outcome } from '../domain/effect.ts';
import type { SignedPost, Webhooks } from '../effects/http/signed-post.ts';
import type { OutgoingMessage } from '../email/message.ts';
import type { MailTransport } from '../email/transport.ts';

export interface Outbox {
  readonly transport: MailTransport;
  readonly webhooks: Webhooks;
  /** In the order in which they were sent. */
  readonly messages: readonly OutgoingMessage[];
  readonly posts: readonly SignedPost[];
}

export function createOutbox(): Outbox {
  const messages: OutgoingMessage[] = [];
  const posts: SignedPost[] = [];
  const take = <T>(list: T[], one: T): Promise<Outcome> => {
    list.push(one);
    return Promise.resolve({ kind: 'accepted', response: 'kept in the simulation' });
  };
  const close = (): Promise<void> => Promise.resolve();
  return {
    messages,
    posts,
    transport: { send: (message) => take(messages, message), verify: () => Promise.resolve({ ok: true }), close },
    webhooks: { post: (post) => take(posts, post), close },
  };
}

/** The id of the send that a message carries in its headers. */
export function sendIdOf(message: OutgoingMessage): string {
  const header = message.headers['X-Nurture-Send'];
  return typeof header === 'string' ? header : (header?.value ?? '');
}
