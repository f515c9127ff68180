import type { Sender } from './playbook.ts';

/** A person of ours who has the lead. */
export interface Owner {
  name: string;
  email: string;
}

interface Mailbox {
  address: string;
  name?: string;
}

/** The sender that a mail names, else that of its topic, if the playbook has one. One that it has no more is nobody's. */
export function senderFor(
  senders: readonly Sender[] | undefined,
  { sender, topic }: { sender?: string; topic: string },
): Sender | undefined {
  const named = sender === undefined ? undefined : senders?.find((one) => one.sender === sender);
  return named ?? senders?.find(({ topics }) => topics.includes(topic));
}

/**
 * Whom a mail is from, and where answers go. The address is always one of the organization, so that DKIM and DMARC hold; of an owner it has
 * the name, and answers go to them.
 */
export function fromFor(
  sender: Sender | undefined,
  configured: Mailbox,
  owner: Owner | null,
): { from: Mailbox; replyTo?: Mailbox } {
  if (sender === undefined) return { from: configured };
  const address = sender.from ?? configured.address;
  if (sender.owner === true && owner !== null)
    return { from: { address, name: owner.name }, replyTo: { address: owner.email, name: owner.name } };
  const name = sender.name ?? configured.name;
  return {
    from: { address, ...(name === undefined ? {} : { name }) },
    ...(sender.replyTo === undefined ? {} : { replyTo: { address: sender.replyTo } }),
  };
}
