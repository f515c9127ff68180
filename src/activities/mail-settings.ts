import type { Config } from '../runtime/config.ts';
import { createTokens } from '../crypto/tokens.ts';
import type { MailSettings } from '../email/mail-settings.ts';

/** The settings that activities need to write a mail, from the configuration. */
export function mailSettings(config: Config, transport: MailSettings['transport']): MailSettings {
  const [, name, address] = /^(?:([^<]*?)\s*<)?([^<>]+?)>?$/.exec(config.mail.from) ?? [];
  return {
    transport,
    tokens: createTokens(config.secretKeys),
    from: { address: address ?? config.mail.from, ...(name ? { name } : {}) },
    companyName: config.mail.companyName,
    postalAddress: config.mail.postalAddress,
    publicUrl: config.publicUrl,
  };
}
