import type { Config } from '../runtime/config.ts';
import { createTokens } from '../crypto/tokens.ts';
import { senderOf } from '../email/sender.ts';
import type { MailSettings } from '../email/mail-settings.ts';

/** The settings that activities need to write a mail, from the configuration. */
export function mailSettings(config: Config, transport: MailSettings['transport']): MailSettings {
  return {
    transport,
    tokens: createTokens(config.secretKeys),
    from: senderOf(config.mail.from),
    companyName: config.mail.companyName,
    postalAddress: config.mail.postalAddress,
    inboundDomain: config.mail.inboundDomain,
    tracking: config.mail.tracking,
    publicUrl: config.publicUrl,
  };
}
