import type { Logger } from 'pino';
import type { Organization } from '../domain/brand.ts';
import type { Config } from '../runtime/config.ts';
import { senderOf } from '../email/sender.ts';
import { signInMail } from '../email/sign-in-mail.ts';
import type { MailTransport } from '../email/transport.ts';
import type { ApiDeps } from './deps.ts';

/** Sends sign-in links. One that did not leave is not tried again: the rep asks for another. */
export function createSignInSender(
  mail: Pick<Config['mail'], 'from'> & { organization: Organization },
  transport: MailTransport,
  log: Pick<Logger, 'warn'>,
): ApiDeps['sendSignIn'] {
  const from = senderOf(mail.from);
  return async (to, url) => {
    const outcome = await transport.send(
      signInMail({ from, to, url, date: new Date(), companyName: mail.organization.companyName }),
    );
    if (outcome.kind !== 'accepted')
      log.warn({ reason: outcome.reason }, 'a link to sign in to the console did not leave');
  };
}
