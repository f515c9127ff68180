/** Mails to people of ours that the engine sends by itself, again and again until they leave: with growing pauses where they are refused. */
import { emailDomainOf } from '../domain/email-domain.ts';
import { isTaken, type Outcome, refusalOf, settlementOf } from '../domain/effect.ts';
import { personReceiver } from '../domain/refusals.ts';
import { hearOf, type HeardOf } from '../effects/receiver.ts';
import type { OutgoingMessage } from '../email/message.ts';
import type { MailTransport } from '../email/transport.ts';
import type { StoreContext } from '../store/context.ts';
import { beginTry, longestRefusal } from '../store/mail-refusals.ts';

/** A rep or user. */
export interface Person {
  id: string;
  email: string;
}

/** The domain of the address, and the person: a full mailbox holds up nobody else. */
function receiversOf({ id, email }: Person): string[] {
  const domain = emailDomainOf(email);
  return domain === null ? [personReceiver(id)] : [domain, personReceiver(id)];
}

/** Whether a mail to the person waits: nothing is claimed then. */
export async function waitsForReceiver(db: StoreContext['db'], person: Person): Promise<boolean> {
  return ((await longestRefusal(db, receiversOf(person))) ?? 0) > 0;
}

/** Sends a mail whose row is written, and notes what its outcome tells of the receivers. Never throws for what the mail server does. */
export async function sendToPerson(
  { db, transport }: { db: StoreContext['db']; transport: MailTransport },
  person: Person,
  message: OutgoingMessage,
): Promise<Outcome> {
  const tried = new Set<string>();
  const receivers = receiversOf(person);
  if ((await longestRefusal(db, receivers)) !== null)
    for (const receiver of receivers) if (await beginTry(db, receiver)) tried.add(receiver);
  // Another mail may have begun to try since it was asked.
  if (tried.size === 0 && (await waitsForReceiver(db, person)))
    return { kind: 'released', reason: 'another mail to the same receiver tries whether it takes our mails' };
  const sinceMs = Date.now();
  const outcome = await transport.send(message);
  await hearOf(
    db,
    receivers.flatMap((receiver) => heard({ receiver, outcome, tried: tried.has(receiver), sinceMs })),
  );
  return outcome;
}

/** What the server says of us is noted for the domain; what else it does not take, for the person. */
function heard(told: HeardOf): HeardOf[] {
  const { receiver, outcome, tried } = told;
  const isOfPerson = receiver.startsWith(personReceiver(''));
  const isOfUs = refusalOf(outcome) !== null;
  if (isOfPerson && !isOfUs && isAnsweredNo(outcome)) return [{ ...told, outcome: { ...outcome, refusesUs: true } }];
  const tells = isOfPerson ? tried && isTaken(outcome) : isOfUs || (tried && isTaken(outcome));
  return tells ? [told] : [];
}

/** The server answered that it does not take the mail, so that it would be tried again. That nobody answered says nothing of the person. */
function isAnsweredNo(outcome: Outcome): outcome is Extract<Outcome, { kind: 'released' | 'refused' }> {
  if (outcome.kind === 'released') return /^[45]\d\d$/.test(outcome.code ?? '');
  return outcome.kind === 'refused' && settlementOf(outcome).status === 'released';
}
