/** How fast mails to leads may leave: in all, from a sender, to a receiving domain, and day by day while a sender is new. */
import { DateTime } from 'luxon';

export const RATE_UNITS = ['s', 'min', 'h', 'day'] as const;
export type RateUnit = (typeof RATE_UNITS)[number];

/** So many mails in a unit of time, evenly. */
export interface Rate {
  mails: number;
  per: RateUnit;
}

/** So many mails on the first day, on the second and so on; after the last day without a bound. */
export interface WarmUp {
  /** The first day, "2026-12-01", in the default time zone of the playbook. */
  from: string;
  days: readonly number[];
}

/** Of settings.yaml. */
export interface Sending {
  /** All mails to leads together. */
  atMost?: Rate;
  /** By receiving domain; those of one entry share its rate. `*`: every other domain, each for itself. */
  domains?: readonly { domains: readonly string[]; atMost: Rate }[];
  warmUp?: WarmUp;
}

interface Named {
  /** Names what is counted, the same for every worker. */
  key: string;
  /** In words, as in "no more than 20 mails a second to gmail.com". */
  words: string;
}

/** Something that a mail needs room in. */
export type Limit =
  | (Named & { kind: 'rate'; /** Between two mails, in milliseconds. */ intervalMs: number })
  | (Named & {
      kind: 'day';
      /** Local date. */
      day: string;
      mails: number;
      /** Epoch milliseconds. */
      startsMs: number;
      endsMs: number;
      /** Of a sender: it counts the mails on these topics. Absent: all mails. */
      topics?: readonly string[];
    });

const MS: Readonly<Record<RateUnit, number>> = { s: 1_000, min: 60_000, h: 3_600_000, day: 86_400_000 };
const WORDS: Readonly<Record<RateUnit, string>> = { s: 'a second', min: 'a minute', h: 'an hour', day: 'a day' };

export function rateToText({ mails, per }: Rate): string {
  return `${mails.toLocaleString('en')} ${mails === 1 ? 'mail' : 'mails'} ${WORDS[per]}`;
}

/** The part of a sender that limits it. */
interface LimitedSender {
  sender: string;
  topics?: readonly string[];
  atMost?: Rate;
  warmUp?: WarmUp;
}

interface Rules {
  sending?: Sending;
  senders?: readonly LimitedSender[];
  defaultTimeZone: string;
}

/** Whether anything is limited at all. */
export function isLimited({ sending, senders = [] }: Rules): boolean {
  return sending !== undefined || senders.some(({ atMost, warmUp }) => atMost !== undefined || warmUp !== undefined);
}

/** What a mail from a sender to a domain needs room in, at an instant of real time. `sender`: undefined is that of MAIL_FROM. */
export function limitsOf(
  rules: Rules,
  mail: { sender: LimitedSender | undefined; domain: string },
  nowMs: number,
): Limit[] {
  const { sending = {}, defaultTimeZone: zone } = rules;
  const { sender } = mail;
  const ofSender = sender === undefined ? '' : ` from sender ‘${sender.sender}’`;
  return [
    ...rate('all', sending.atMost, ''),
    ...(sender === undefined ? [] : rate(`sender:${sender.sender}`, sender.atMost, ofSender)),
    ...ofDomain(sending, mail.domain),
    ...warming('warm-up', sending.warmUp, '', zone, nowMs),
    ...(sender === undefined
      ? []
      : warming(`warm-up:${sender.sender}`, sender.warmUp, ofSender, zone, nowMs, sender.topics ?? [])),
  ];
}

/** The limits that the rules state, at an instant; that of every other domain by the key `domain:*`. */
export function statedLimits(rules: Rules, nowMs: number): Limit[] {
  const { sending = {}, senders = [] } = rules;
  const all: (LimitedSender | undefined)[] = [undefined, ...senders];
  const ofSenders = all.flatMap((sender) =>
    limitsOf({ ...rules, sending: { ...sending, domains: [] } }, { sender, domain: '' }, nowMs),
  );
  const ofDomains = (sending.domains ?? []).flatMap(({ domains, atMost }) =>
    domains.includes('*')
      ? rate('domain:*', atMost, ' to each other domain')
      : ofDomain({ domains: [{ domains, atMost }] }, domains[0] ?? ''),
  );
  return [...new Map([...ofSenders, ...ofDomains].map((limit) => [limit.key, limit])).values()];
}

/** The words of the limits with these keys, as far as the rules still state them; a domain may be counted by the rate of every other. */
export function limitsNamed(rules: Rules, keys: readonly string[], nowMs: number): Map<string, string> {
  const stated = new Map(statedLimits(rules, nowMs).map(({ key, words }) => [key, words]));
  return new Map(
    keys.flatMap((key) => {
      const domain = key.startsWith('domain:') ? key.slice('domain:'.length) : null;
      const others = domain === null ? [] : limitsOf(rules, { sender: undefined, domain }, nowMs);
      const words = stated.get(key) ?? others.find((limit) => limit.key === key)?.words;
      return words === undefined ? [] : [[key, words]];
    }),
  );
}

function rate(key: string, atMost: Rate | undefined, what: string): Limit[] {
  if (atMost === undefined) return [];
  const words = `no more than ${rateToText(atMost)}${what}`;
  return [{ kind: 'rate', key, words, intervalMs: MS[atMost.per] / atMost.mails }];
}

function ofDomain({ domains = [] }: Sending, domain: string): Limit[] {
  const own = domains.find((one) => one.domains.includes(domain));
  if (own !== undefined) return rate(`domain:${own.domains.join(' ')}`, own.atMost, ` to ${own.domains.join(', ')}`);
  const other = domains.find((one) => one.domains.includes('*'));
  return other === undefined ? [] : rate(`domain:${domain}`, other.atMost, ` to ${domain}`);
}

function warming(
  key: string,
  warmUp: WarmUp | undefined,
  what: string,
  zone: string,
  nowMs: number,
  topics?: readonly string[],
): Limit[] {
  if (warmUp === undefined) return [];
  const today = DateTime.fromMillis(nowMs, { zone }).startOf('day');
  const number = Math.round(today.diff(DateTime.fromISO(warmUp.from, { zone }).startOf('day'), 'days').days) + 1;
  const mails = warmUp.days[number - 1];
  if (mails === undefined) return [];
  const words = `${mails.toLocaleString('en')} ${mails === 1 ? 'mail' : 'mails'} a day${what} while warming up, day ${number}`;
  const [startsMs, endsMs] = [today.toMillis(), today.plus({ days: 1 }).toMillis()];
  return [
    { kind: 'day', key, words, day: today.toISODate() ?? '', mails, startsMs, endsMs, ...(topics && { topics }) },
  ];
}

/** The beginning of the reason of what waits for room, as `why` shows it. */
const TURN = 'its turn has yet to come: ';
/** The same of what found no room in its turn. */
const AGAIN = 'its turn came, and it is among the next: ';

/** @param isAgain Its turn had come, and there was no room */
export function waitsForTurn(limit: Pick<Limit, 'words'>, isAgain = false): string {
  return (isAgain ? AGAIN : TURN) + limit.words;
}

/** Whether it was put off because there was no room in its turn. */
export function isAmongTheNext(because: string | null): boolean {
  return because?.startsWith(AGAIN) === true;
}

/** Whether that is why it was put off. */
export function isWaitingForTurn(because: string | null): boolean {
  return limitOfTurn(because) !== null;
}

/** The limit in words that something was put off for; null: it was put off for another reason. */
export function limitOfTurn(because: string | null): string | null {
  const begins = [TURN, AGAIN].find((words) => because?.startsWith(words) === true);
  return begins === undefined || because === null ? null : because.slice(begins.length);
}
