import type { Logger } from 'pino';
import type { Organization } from '../domain/brand.ts';
import { brakeMail } from '../email/brake-mail.ts';
import { invitationMail } from '../email/invitation-mail.ts';
import { senderOf } from '../email/sender.ts';
import { signInMail } from '../email/sign-in-mail.ts';
import type { MailTransport } from '../email/transport.ts';
import type { ApiDeps } from './deps.ts';

type TellOfBrake = (to: { address: string; name: string }, because: string) => Promise<void>;

/** Sends the mails of the console. One that did not leave is not tried again: a link is asked for again, an invitation is told by hand. */
export function createConsoleMail(
  { from: sender, publicUrl, organization }: { from: string; publicUrl: string; organization: Organization },
  transport: MailTransport,
  log: Pick<Logger, 'warn'>,
): Pick<ApiDeps, 'sendSignIn' | 'sendInvitation'> & { tellOfBrake: TellOfBrake } {
  const from = senderOf(sender);
  const common = () => ({ from, date: new Date(), companyName: organization.companyName });
  return {
    async sendSignIn(to, url) {
      const outcome = await transport.send(signInMail({ ...common(), to, url }));
      if (outcome.kind !== 'accepted')
        log.warn({ reason: outcome.reason }, 'a link to sign in to the console did not leave');
      return outcome.kind === 'accepted' || outcome.kind === 'in_doubt';
    },
    async tellOfBrake(to, because) {
      const outcome = await transport.send(brakeMail({ ...common(), to, because }));
      if (outcome.kind !== 'accepted')
        log.warn({ reason: outcome.reason }, 'the mail that sending stopped did not leave');
    },
    async sendInvitation(to) {
      const url = `${publicUrl}/console/sign-in`;
      const outcome = await transport.send(invitationMail({ ...common(), to, url }));
      if (outcome.kind !== 'accepted')
        log.warn({ reason: outcome.reason }, 'an invitation to the console did not leave');
    },
  };
}
