/** `email doctor`: what a sender needs that receivers believe, and what of it is not there. */
import { Resolver as DnsResolver } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTokens } from '../crypto/tokens.ts';
import { newId } from '../domain/ids.ts';
import type { Sender as MailSender } from '../domain/playbook.ts';
import { baseOf } from '../domain/public-url.ts';
import { dkimOf } from '../email/dkim.ts';
import { alignmentOf } from '../email/doctor/alignment.ts';
import {
  checkAlignment,
  checkDkim,
  checkDmarc,
  checkMx,
  checkReverse,
  checkSpf,
  type Sender,
} from '../email/doctor/check-dns.ts';
import { checkListHeaders, writtenOut } from '../email/doctor/check-message.ts';
import { checkTls } from '../email/doctor/check-tls.ts';
import type { Finding, Resolver } from '../email/doctor/finding.ts';
import { addressFor } from '../email/inbound/address.ts';
import { buildLeadMessage, domainOf, type OutgoingMessage } from '../email/message.ts';
import { senderOf } from '../email/sender.ts';
import { createTransport, SIGNED_FIELDS } from '../email/transport.ts';
import { checkFolders } from '../playbook/read-folders.ts';
import type { Config } from '../runtime/config.ts';
import { takeProbe } from '../store/inbound/probe.ts';
import type { Answer } from './command.ts';
import { withDatabase } from './reach.ts';

export interface DoctorWish {
  /** Where the message goes to; by default to the engine's own listener, or to MAIL_FROM. */
  to?: string;
  /** How long its return is waited for, in seconds. */
  wait: number;
}

const DNS_MS = 5_000;

/** @param dns a test gives its own, and the senders beside MAIL_FROM; without them those of settings.yaml are asked about */
export async function emailDoctor(
  config: Config,
  wish: DoctorWish,
  dns: Resolver = new DnsResolver({ timeout: DNS_MS, tries: 2 }),
  senders?: readonly MailSender[],
): Promise<Answer> {
  const { mail } = config;
  const from = senderOf(mail.from);
  const sender: Sender = {
    fromDomain: domainOf(from.address),
    returnDomain: mail.inboundDomain ?? domainOf(from.address),
    dkim: dkimOf(mail.dkim, mail.from),
    smtpHost: new URL(mail.smtpUrl).hostname,
  };
  const message = probeOf(config, wish);
  const findings = [
    await told('SPF', checkSpf(dns, sender)),
    await told('DKIM', checkDkim(dns, sender)),
    await told('DMARC', checkDmarc(dns, sender)),
    ...[checkAlignment(sender) ?? []].flat(),
    ...(await ofSenders(dns, sender, mail.inboundDomain, senders ?? (await sendersOf(config)))),
    await told('rDNS', checkReverse(dns, sender)),
    ...(mail.inboundDomain === null ? [] : [await told('MX', checkMx(dns, mail.inboundDomain))]),
    await told('TLS', checkTls(mail.smtpUrl)),
    checkListHeaders(await writtenOut(message.outgoing, sender.dkim, SIGNED_FIELDS), sender.dkim !== null),
    ...(await delivered(config, message, wish)),
  ];
  const isFailed = findings.some(({ status }) => status === 'failed');
  return { data: { from: from.address, findings }, text: findings.map(inWords).join('\n'), exitCode: isFailed ? 1 : 0 };
}

/** Of a playbook with a mistake nothing is known; `validate` says what it is. */
async function sendersOf(config: Config): Promise<readonly MailSender[]> {
  const { content } = await checkFolders(config);
  return content?.playbook.senders ?? [];
}

/** What DNS says of the senders whose mails are from another domain than MAIL_FROM, or come back to another. */
async function ofSenders(
  dns: Resolver,
  main: Sender,
  inboundDomain: string | null,
  senders: readonly MailSender[],
): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const one of senders) {
    const { fromDomain, returnDomain: back, signer } = alignmentOf(one, { ...main, inboundDomain });
    const dkim = main.dkim && { ...main.dkim, domainName: signer ?? main.dkim.domainName };
    const own = { ...main, fromDomain, returnDomain: back, dkim };
    const asked = [
      ...(back === main.returnDomain ? [] : [told('SPF', checkSpf(dns, own))]),
      ...(back === main.returnDomain || inboundDomain === null ? [] : [told('MX', checkMx(dns, back))]),
      ...(fromDomain === main.fromDomain
        ? []
        : [told('DKIM', checkDkim(dns, own)), told('DMARC', checkDmarc(dns, own))]),
    ];
    const { sender } = one;
    for (const finding of [...(await Promise.all(asked)), checkAlignment(own) ?? []].flat())
      found.push({ ...finding, sender });
  }
  return found;
}

/** What DNS does not answer cannot be told. */
async function told(check: Finding['check'], asked: Promise<Finding>): Promise<Finding> {
  try {
    return await asked;
  } catch (error) {
    return {
      check,
      status: 'unknown',
      says: `It could not be asked: ${error instanceof Error ? error.message : String(error)}.`,
    };
  }
}

interface Probe {
  sendId: string;
  /** It goes to the engine's own listener. */
  comesBack: boolean;
  outgoing: OutgoingMessage;
}

/** A mail as a lead gets it. Its addresses name a message that there is not, so nothing can follow from it. */
function probeOf({ mail, publicUrl, secretKeys }: Config, wish: DoctorWish): Probe {
  const tokens = createTokens(secretKeys);
  const sendId = newId('send');
  const from = senderOf(mail.from);
  const { inboundDomain } = mail;
  const own = inboundDomain === null ? null : addressFor('bounce', { tokens, sendId, domain: inboundDomain });
  const words = 'The engine has sent itself this message, to see whether it arrives (npx nurture email doctor).';
  const outgoing = buildLeadMessage({
    id: sendId,
    from,
    to: { address: wish.to ?? own ?? from.address },
    email: { subject: 'A message of the engine to itself', preheader: '', html: `<p>${words}</p>`, text: words },
    date: new Date(),
    ...(own === null ? {} : { envelopeFrom: own }),
    unsubscribeUrl: `${baseOf(publicUrl)}/u/${tokens.unsubscribe(sendId)}`,
    topic: 'doctor',
  });
  return { sendId, comesBack: own !== null && wish.to === undefined, outgoing };
}

async function delivered(
  config: Config,
  { sendId, comesBack, outgoing }: Probe,
  { wait }: DoctorWish,
): Promise<Finding[]> {
  const transport = createTransport(config.mail.smtpUrl, {
    maxConnections: 1,
    dkim: dkimOf(config.mail.dkim, config.mail.from),
  });
  const outcome = await transport.send(outgoing);
  await transport.close();
  if (outcome.kind !== 'accepted') {
    const why = outcome.reason;
    return [
      {
        check: 'Delivery',
        status: 'failed',
        says: `The mail server did not take a message: ${why}.`,
        mend: 'Correct SMTP_URL, or what the server says.',
      },
    ];
  }
  const taken: Finding = {
    check: 'Delivery',
    status: 'ok',
    says: `The mail server took a message to ${comesBack ? 'the engine itself' : outgoing.envelope.to}.`,
  };
  if (!comesBack)
    return [
      taken,
      {
        check: 'Return',
        status: 'unknown',
        says: 'Open that message, and look at what its receiver says of SPF, DKIM and DMARC (“Show original”). With INBOUND_DOMAIN set, the engine reads it back itself.',
      },
    ];
  return [taken, await withDatabase(config, (db) => returned(() => takeProbe(db, sendId), wait))];
}

async function returned(take: () => Promise<boolean>, waitS: number): Promise<Finding> {
  const until = Date.now() + waitS * 1_000;
  do {
    if (await take()) return { check: 'Return', status: 'ok', says: 'It came back by the listener for incoming mail.' };
    await sleep(500);
  } while (Date.now() < until);
  return {
    check: 'Return',
    status: 'failed',
    says: `It has not come back within ${waitS} s: bounces, complaints and unsubscribes by mail would not either.`,
    mend: 'Is the API running, does the MX record of INBOUND_DOMAIN lead to it, and is port 25 forwarded to INBOUND_SMTP_PORT?',
  };
}

const MARKS: Record<Finding['status'], string> = {
  ok: 'ok     ',
  warning: 'look   ',
  failed: 'mend   ',
  unknown: 'unknown',
};

function inWords({ check, sender, status, says, mend }: Finding): string {
  const of = sender === undefined ? '' : ` of ‘${sender}’`;
  return `${MARKS[status]}  ${check}${of}: ${says}${mend === undefined ? '' : `\n           ${mend}`}`;
}
