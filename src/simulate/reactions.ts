/** What a persona does with a mail: decided from the seed, the mail and its file alone. */
import type { Span } from '../domain/cadence.ts';
import { alignToWindow, spanToMs } from '../domain/schedule.ts';
import { WEEKDAYS } from '../domain/cadence.ts';
import { chance } from './chance.ts';
import type { MailRule, Reading } from './persona.ts';
import type { Planned } from './plan.ts';

export interface ArrivedMail {
  sendId: string;
  /** The number of the mail among those that the persona got, from 1. */
  nth: number;
  template: string;
  /** The number of the mail among those of its template, from 1. */
  nthOfTemplate: number;
  /** When it was sent, epoch milliseconds. */
  atMs: number;
  /** How many links it has that can be followed. */
  links: number;
}

/** When people look at their mail. */
const AWAKE = [{ days: WEEKDAYS, from: '07:30', to: '21:30' }];
/** From opening a mail to following a link in it: between one and four minutes. */
const READ_MS = { least: 60_000, spread: 180_000 };
/** A mail lies for half of the usual time at least, and for one and a half times that at most. */
const LIES = { least: 0.5, spread: 1 };

/**
 * The acts that follow from a mail. A rule for the mail decides; without one the shares do. No mail is opened at night, unless a rule
 * says when.
 */
export function reactionsTo(
  mail: ArrivedMail,
  reads: Reading,
  { seed, zone }: { seed: number; zone: string },
): Planned[] {
  const rule = ruleFor(mail, reads.mails);
  const draw = (what: string): number => chance(seed, `${mail.template}#${mail.nthOfTemplate}:${what}`);
  const does =
    rule?.does ?? (draw('opens') >= reads.opens ? 'ignore' : draw('clicks') < reads.clicks ? 'click' : 'open');
  if (does === 'ignore') return [];
  const openedMs = openedAt(mail.atMs, rule?.after, reads.after, draw('after'), zone);
  const { sendId } = mail;
  const open: Planned = { atMs: openedMs, act: { kind: 'open', sendId } };
  if (does === 'open') return [open];
  const atMs = openedMs + READ_MS.least + Math.round(draw('reading') * READ_MS.spread);
  if (does === 'reply' || does === 'unsubscribe') return [open, { atMs, act: { kind: does, sendId } }];
  if (mail.links === 0 && rule === undefined) return [open];
  const link = rule?.link ?? (rule === undefined ? 1 + Math.floor(draw('link') * mail.links) : 1);
  const again = Array.from({ length: (rule?.times ?? 1) - 1 }, (_, n) => draw(`again ${n + 1}`));
  return [
    open,
    ...clicksAt(atMs, again).map((clickMs): Planned => ({ atMs: clickMs, act: { kind: 'click', sendId, link } })),
  ];
}

/** The first click, and the others after what is read between them. */
function clicksAt(firstMs: number, again: readonly number[]): number[] {
  const times = [firstMs];
  for (const draw of again) times.push((times.at(-1) ?? firstMs) + READ_MS.least + Math.round(draw * READ_MS.spread));
  return times;
}

/** The first rule that names the mail. */
function ruleFor(mail: ArrivedMail, rules: readonly MailRule[]): MailRule | undefined {
  return rules.find(({ mail: named }) => (typeof named === 'number' ? named === mail.nth : named === mail.template));
}

function openedAt(sentMs: number, stated: Span | undefined, usual: Span, draw: number, zone: string): number {
  if (stated !== undefined) return sentMs + Math.max(spanToMs(stated), READ_MS.least);
  const lies = spanToMs(usual) * (LIES.least + draw * LIES.spread);
  return alignToWindow(sentMs + Math.max(Math.round(lies), READ_MS.least), AWAKE, zone);
}
