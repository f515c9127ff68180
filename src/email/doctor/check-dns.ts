/** What DNS says of a sender: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), MX of the return path, and the server's own name. */
import { isIP } from 'node:net';
import { dkimRecord } from '../dkim.ts';
import type { DkimOptions } from '../transport.ts';
import { type Aligning, organizationOf, whyNotAligned, whyNotStrict } from './alignment.ts';
import { type Finding, orNone, type Resolver, textsAt } from './finding.ts';

export interface Sender {
  /** Of the address that mails are from. */
  fromDomain: string;
  /** Of the envelope: where mails come back to, or the domain that they are from. */
  returnDomain: string;
  dkim: DkimOptions | null;
  /** Where mails are handed over. */
  smtpHost: string;
}

/** RFC 7208, 4.6.4. */
const MOST_LOOKUPS = 10;

export async function checkSpf(dns: Resolver, { returnDomain }: Sender): Promise<Finding> {
  const found = (text: string[]): string[] => text.filter((record) => /^v=spf1(?:\s|$)/i.test(record));
  const records = found(await textsAt(dns, returnDomain));
  const [record] = records;
  if (record === undefined)
    return failed(
      'SPF',
      `${returnDomain}, the domain of the return path, has no SPF record.`,
      `Put into DNS: ${returnDomain}. IN TXT "v=spf1 include:<what your mail server's provider names> ~all"`,
    );
  if (records.length > 1)
    return failed(
      'SPF',
      `${returnDomain} has ${records.length} SPF records; receivers then take none.`,
      'Make one record of them.',
    );
  if (/\s[+]?all(?:\s|$)/i.test(record) && !/[-~?]all/i.test(record))
    return failed(
      'SPF',
      `The record of ${returnDomain} lets every server send (“${record}”).`,
      'End it with ~all or -all.',
    );
  const lookups = await countLookups(dns, record, found);
  if (lookups > MOST_LOOKUPS)
    return failed(
      'SPF',
      `The record of ${returnDomain} needs ${lookups} look-ups; receivers give up after ${MOST_LOOKUPS}.`,
      'Leave out includes that nobody sends by.',
    );
  if (!/[-~]all\s*$|redirect=/i.test(record))
    return {
      check: 'SPF',
      status: 'warning',
      says: `The record of ${returnDomain} does not say what is to become of mail of others.`,
      mend: 'End it with ~all or -all.',
    };
  return {
    check: 'SPF',
    status: 'ok',
    says: `${returnDomain}: ${record}. Whether it names your server, the mail server's provider says.`,
  };
}

async function countLookups(dns: Resolver, first: string, spf: (texts: string[]) => string[]): Promise<number> {
  const open = [first];
  const seen = new Set<string>();
  let count = 0;
  while (open.length > 0 && count <= 2 * MOST_LOOKUPS) {
    for (const term of (open.shift() ?? '').split(/\s+/)) {
      if (/^[-~?+]?(?:a|mx|ptr|exists)(?:[:/]|$)/i.test(term)) count += 1;
      const [, target] = /^[-~?+]?(?:include:|redirect=)(\S+)$/i.exec(term) ?? [];
      if (target === undefined) continue;
      count += 1;
      if (seen.has(target)) continue;
      seen.add(target);
      open.push(...spf(await textsAt(dns, target)));
    }
  }
  return count;
}

export async function checkDkim(dns: Resolver, { dkim, fromDomain }: Sender): Promise<Finding> {
  if (dkim === null)
    return {
      check: 'DKIM',
      status: 'warning',
      says: 'No key is set, so the engine signs nothing. Your mail server may.',
      mend: '`npx nurture dkim` makes a key, if it does not.',
    };
  const { domainName: domain, keySelector: selector, privateKey } = dkim;
  const { name, strings } = dkimRecord(privateKey, { domain, selector });
  const own = keyIn(strings.join(''));
  const records = await textsAt(dns, name);
  const mend = `Put into DNS: ${name}. IN TXT ${strings.map((part) => `"${part}"`).join(' ')}`;
  if (records.length === 0) return failed('DKIM', `${name} has no record: receivers cannot check the signature.`, mend);
  if (!records.some((record) => keyIn(record) === own))
    return failed('DKIM', `The key at ${name} is not the one that signs.`, mend);
  if (organizationOf(domain) !== organizationOf(fromDomain))
    return failed(
      'DKIM',
      `${domain} signs, and mails are from ${fromDomain}: DMARC takes no such signature.`,
      `Let DKIM_DOMAIN name ${organizationOf(fromDomain)}, beside others with a comma.`,
    );
  return { check: 'DKIM', status: 'ok', says: `${name} has the key that signs.` };
}

function keyIn(record: string): string {
  return (/(?:^|;)\s*p=([^;]*)/.exec(record)?.[1] ?? '').replaceAll(/\s/g, '');
}

export async function checkDmarc(dns: Resolver, sender: Sender): Promise<Finding> {
  const { fromDomain } = sender;
  const names = [...new Set([fromDomain, organizationOf(fromDomain)])].map((domain) => `_dmarc.${domain}`);
  for (const name of names) {
    const records = (await textsAt(dns, name)).filter((record) => /^v=DMARC1\s*;/i.test(record));
    const [record] = records;
    if (record === undefined) continue;
    if (records.length > 1)
      return failed('DMARC', `${name} has ${records.length} records; receivers then take none.`, 'Keep one.');
    const [, policy] = /;\s*p\s*=\s*(none|quarantine|reject)\b/i.exec(record) ?? [];
    if (policy === undefined)
      return failed('DMARC', `The record at ${name} has no policy (“${record}”).`, 'Add p=none to begin with.');
    const strict = whyNotStrict(alignedBy(sender), record);
    if (strict !== null) return { check: 'DMARC', status: sender.dkim === null ? 'warning' : 'failed', ...strict };
    return { check: 'DMARC', status: 'ok', says: `${name}: p=${policy.toLowerCase()}.` };
  }
  return failed(
    'DMARC',
    `${fromDomain} has no DMARC record. Gmail, Yahoo and Microsoft ask bulk senders for one.`,
    `Put into DNS: _dmarc.${organizationOf(fromDomain)}. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@${organizationOf(fromDomain)}"`,
  );
}

function alignedBy({ fromDomain, returnDomain, dkim }: Pick<Sender, 'fromDomain' | 'returnDomain' | 'dkim'>): Aligning {
  return { fromDomain, returnDomain, signer: dkim?.domainName ?? null };
}

/** Null: From is aligned with the signature or the return path. Of a server that signs itself, the receivers alone see it. */
export function checkAlignment({ fromDomain, returnDomain, dkim }: Sender): Finding | null {
  const found = whyNotAligned(alignedBy({ fromDomain, returnDomain, dkim }));
  if (found === null) return null;
  return { check: 'DMARC', status: dkim === null ? 'warning' : 'failed', ...found };
}

/** The address that receivers see is that of the last server on the way: with a relay, the relay's. */
export async function checkReverse(dns: Resolver, { smtpHost }: Sender): Promise<Finding> {
  const host = smtpHost.replace(/^\[|\]$/g, '');
  const all = await Promise.all([orNone(dns.resolve4(host)), orNone(dns.resolve6(host))]);
  const addresses = isIP(host) === 0 ? all.flat() : [host];
  if (addresses.length === 0)
    return failed(
      'rDNS',
      `${host}, the mail server of SMTP_URL, has no address.`,
      'Correct SMTP_URL, or its record in DNS.',
    );
  if (addresses.every(isPrivate))
    return {
      check: 'rDNS',
      status: 'unknown',
      says: `${host} is in your own network: from here it cannot be told by which address it sends.`,
    };
  for (const address of addresses.slice(0, 4)) {
    const names = await orNone(dns.reverse(address));
    if (names.length === 0)
      return failed(
        'rDNS',
        `${address} has no name (PTR). Gmail refuses mail of such servers.`,
        'Whoever gave you the address sets its PTR record. With a relay it is the relay that sends: ask its provider.',
      );
    const back = await Promise.all(
      names
        .slice(0, 5)
        .map(async (name) => (await Promise.all([orNone(dns.resolve4(name)), orNone(dns.resolve6(name))])).flat()),
    );
    if (!back.flat().includes(address))
      return failed(
        'rDNS',
        `${address} is called ${names[0] ?? ''}, and that name leads elsewhere.`,
        `Let ${names[0] ?? ''} lead to ${address}.`,
      );
  }
  return { check: 'rDNS', status: 'ok', says: `${addresses.slice(0, 4).join(', ')} and its name lead to each other.` };
}

function isPrivate(address: string): boolean {
  return /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd]|fe80)/i.test(address);
}

export async function checkMx(dns: Resolver, domain: string): Promise<Finding> {
  const records = await orNone(dns.resolveMx(domain));
  if (records.length === 0)
    return failed(
      'MX',
      `${domain}, where mails come back to, has no MX record: bounces reach nobody.`,
      `Put into DNS: ${domain}. IN MX 10 <the name of this machine>`,
    );
  return {
    check: 'MX',
    status: 'ok',
    says: `Mails to ${domain} go to ${records.map(({ exchange }) => exchange).join(', ')}.`,
  };
}

function failed(check: Finding['check'], says: string, mend: string): Finding {
  return { check, status: 'failed', says, mend };
}
