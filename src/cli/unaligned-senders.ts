import path from 'node:path';
import type { Sender } from '../domain/playbook.ts';
import { signingDomainOf } from '../email/dkim.ts';
import { alignmentOf, type MailDomains, whyNotAligned } from '../email/doctor/alignment.ts';
import type { PlaybookMistake } from '../language/problems.ts';
import { YamlFile } from '../language/yaml-file.ts';
import { shownPath } from '../playbook/shown-path.ts';
import type { Config } from '../runtime/config.ts';

/**
 * Senders of settings.yaml whose mails DMARC would find in neither the signature nor the return path, as far as the environment of this command
 * says: what the DNS says, `email doctor` asks.
 */
export function unalignedSenders(
  { mail, playbookDir }: Pick<Config, 'mail' | 'playbookDir'>,
  senders: readonly Sender[],
): PlaybookMistake[] {
  const file = path.join(playbookDir, 'settings.yaml');
  const warnings: PlaybookMistake[] = [];
  const settings = YamlFile.open(file, shownPath(file), { mistakes: [], mentions: [], warnings });
  const domains = domainsOf(mail);
  for (const sender of senders) {
    const found = whyNotAligned(alignmentOf(sender, domains));
    if (found !== null) settings?.warn(['senders', sender.sender], `${found.says} ${found.mend}`);
  }
  return warnings;
}

function domainsOf({ from, inboundDomain, dkim }: Config['mail']): MailDomains {
  const fromDomain = signingDomainOf(from);
  const [domainName = fromDomain, ...others] = dkim.domains;
  const signs = dkim.keyFile !== null || dkim.privateKey !== null;
  return { fromDomain, inboundDomain, dkim: signs ? { domainName, others } : null };
}
