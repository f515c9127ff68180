import type { Tokens } from '../crypto/tokens.ts';
import type { MailTransport } from './transport.ts';

/** What mails are made and sent with. */
export interface MailSettings {
  transport: MailTransport;
  tokens: Tokens;
  from: { address: string; name?: string };
  companyName: string;
  postalAddress: string;
  publicUrl: string;
  /** Where mails come back to: each send has addresses of its own there. Null: to the sender. */
  inboundDomain: string | null;
  /** False: no mail has a pixel or tracked links. */
  tracking?: boolean;
}
