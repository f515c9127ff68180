/** The head of a lead's page: who it is, why now, and what is to be done, so that a phone shows it without scrolling. */
import { html } from 'hono/html';
import type { AgainstMail } from '../domain/against-mail.ts';
import { isLive } from '../domain/assignment.ts';
import { type Due, dueOnceAccepted, duesOfHandOff } from '../domain/dues.ts';
import { moneyInWords } from '../domain/money-words.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { Readiness } from '../domain/readiness.ts';
import { outcomeInWords, reasonLabel } from '../domain/reason-words.ts';
import { ruleInWords } from '../domain/rule-words.ts';
import { shownScore } from '../domain/score-words.ts';
import { isClosed, isWithSales, type Stage } from '../domain/stage.ts';
import { presentable } from '../domain/stated-words.ts';
import { nextInWords, outlasting, type Wait } from '../domain/waits.ts';
import { phoneOf } from '../store/capture/phone.ts';
import type { Brief } from '../store/lists/brief.ts';
import { ASKED } from '../store/lists/desk-words.ts';
import type { LeadDetail } from '../store/lists/lead.ts';
import type { RepWithLeads } from '../store/lists/reps.ts';
import { awayNow, overLimit, waitForRepInWords } from './hand-over-words.ts';
import { learnedBadge } from './learned-badge.ts';
import type { Html } from './layout.ts';
import { MAIL_DONE } from './returned-mails.ts';
import { SEND_SAID } from './send-actions.ts';
import { againstInWords, clockInSentence, waitInWords, type When } from './words.ts';

/** How good it is at this moment. */
export interface Rated {
  score: number;
  readiness: Readiness;
  /** Percent; null: nothing was learned. */
  learned: number | null;
}

interface Top {
  lead: LeadDetail;
  rated: Rated;
  brief: Pick<Brief, 'whyNow' | 'nextAction'>;
  /** What the rep planned; null: nothing. */
  planned: string | null;
  /** What keeps its mails waiting. */
  waits: readonly Wait[];
  /** What stands against mail to it. */
  against: readonly AgainstMail[];
  /** The reader lifts suppressions. */
  lifts: boolean;
  /** The reader has the command line. */
  commands: boolean;
  /** Where the lead is. */
  leadZone: string;
  /** Why who has it was chosen among the others, in a clause; null: a person or a rule named the rep. */
  whyRep: string | null;
  /** Why none of the reps gets it now, in a sentence for a manager; empty: nothing is known, or it is not to be told. */
  considered: string;
  /** What the playbook calls reasons. */
  reasons: Playbook['reasons'];
  /** Times of this lead. */
  when: When;
  zone: string;
  /** How money is written for the reader. */
  locale: string;
  /** By the lead's clock. */
  nowMs: number;
  realNowMs: number;
}

export function topOf({
  lead,
  rated,
  brief,
  planned,
  waits,
  against,
  lifts,
  commands,
  leadZone,
  whyRep,
  considered,
  reasons,
  when,
  zone,
  locale,
  nowMs,
  realNowMs,
}: Top): Html {
  const { score, readiness, learned } = rated;
  const need = lead.needs.find(({ id }) => id === lead.needId);
  const { company, jobTitle } = presentable(lead);
  const { phone, call } = phoneOf(lead.phone);
  const dues = duesOf(lead, planned);
  const [latest] = lead.assignments;
  const replied = waitingReply(lead);
  const along = latest?.needId === lead.needId ? dueOnceAccepted(latest, lead.stage as Stage, planned) : [];
  return html`<section class="card top">
    ${clockInSentence(lead, zone, realNowMs)}
    <p>
      ${[jobTitle, company].filter((part) => part !== null).join(', ')}
      ${lead.owner === null ? html`<span class="soft">no owner</span>` : html`<span class="soft">with ${lead.owner.name}</span>`}
    </p>
    <p>
      ${phone === null ? '' : call === null ? html`<span class="soft">Phone: ${phone}</span> ` : html`<a class="button" href="${call}">Call ${phone}</a> `}
      ${lead.email === null ? '' : html`<a class="button" href="mailto:${lead.email}">Write to ${lead.email}</a>`}
    </p>
    ${whyNowOf(lead, brief)} ${whoseInWords(lead, whyRep)}
    ${replied === null ? '' : html`<p>Answered ${when(replied)} <span class="badge late">waits for an answer</span></p>`}
    ${
      dues.length === 0 && replied !== null
        ? ''
        : dues.length === 0
          ? // What its process meant to do last, as to remind of a step, may be done by now.
            isWorked(lead)
            ? html`<p><span class="badge late">no next step</span></p>`
            : lead.nextSummary === null
              ? ''
              : html`<p class="soft">Next: ${waitOf(lead, when) ?? summaryOf(lead, waits, when)} ${considered}</p>`
          : dues.map(
              ({ what, at }, n) =>
                html`<p>
                  <strong>${n === 0 ? 'Next:' : 'Then:'}</strong> ${what} by
                  ${when(at)}${at.getTime() < nowMs ? html` <span class="badge late">overdue</span>` : ''}
                </p>`,
            )
    }
    ${along.map(({ what, at }) => html`<p><strong>Once accepted:</strong> ${what} by ${when(at)}</p>`)}
    <p>
      <span class="badge">${lead.stage}</span>
      ${endOf(need, reasons)}${isClosed(lead.stage as Stage) ? '' : html`<span class="badge">${readiness}</span>`}
      <span class="badge">grade ${lead.fitGrade}</span> <span class="badge">score ${shownScore(score)}</span>
      ${learnedBadge(learned)} ${lead.valueTier === null ? '' : html`<span class="badge">${lead.valueTier}</span>`}
      ${need === undefined || need.valueMinor === null ? '' : html`<span class="badge">${moneyInWords(need.valueMinor, need.currency, locale)}</span>`}
      ${need?.funnelStage ? html`<span class="badge">${need.funnelStage}</span>` : ''}
    </p>
    ${!isClosed(lead.stage as Stage) && (lead.assignments[0]?.snoozedUntil?.getTime() ?? 0) > nowMs ? html`<p><span class="badge">snoozed until ${when(lead.assignments[0]?.snoozedUntil ?? nowMs)}</span></p>` : ''}
    ${lead.heldAt === null ? '' : html`<p class="problem">Held since ${when(lead.heldAt)}: ${lead.heldReason ?? 'the cause is not known'}</p>`}
    ${lead.pausedAt === null ? '' : html`<p class="problem">Paused since ${when(lead.pausedAt)}${lead.pausedReason === null ? '' : `: ${lead.pausedReason}`}</p>`}
    ${against.map((one) => html`<p class="${one.isRefusal ? 'problem' : 'soft'}">${againstInWords(one, { when, lifts })}</p>`)}
    ${waits.map((wait) => html`<p class="problem">${waitInWords(wait, { zone: leadZone, nowMs, commands })}</p>`)}
  </section>`;
}

/** How the need ended, and why; nothing while it is open, and where its stage says the same. */
function endOf(need: LeadDetail['needs'][number] | undefined, reasons: Playbook['reasons']): Html | '' {
  if (need === undefined || need.closedAt === null || need.outcome === null) return '';
  const { outcome, outcomeReason, stage } = need;
  if (outcome === stage && outcomeReason === null) return '';
  const why = outcomeReason === null ? '' : `: ${reasonLabel(outcomeReason, reasons)}`;
  return html`<span class="badge">${outcomeInWords(outcome)}${why}</span> `;
}

/** What a lead that nobody has waits for, in sentences with the reader's times; null: it does not wait. */
function waitOf({ stage, needs, needId, pausedAt, heldAt }: LeadDetail, when: When): string | null {
  const need = needs.find(({ id }) => id === needId);
  if (stage !== 'qualified' || need === undefined || pausedAt !== null || heldAt !== null) return null;
  const { waitingBecause, waitingFor, waitingWhy, tryAgainAt } = need;
  return waitForRepInWords({ waitingBecause, waitingFor, waitingWhy, tryAgainAt }, when);
}

/** What its process does next, with what its mails wait for beyond that. */
function summaryOf({ nextSummary, nextDueAt }: LeadDetail, waits: readonly Wait[], when: When): string {
  const longer = outlasting(waits, nextDueAt);
  return longer === null ? (nextSummary ?? '') : nextInWords(nextSummary ?? '', longer, when(longer.until));
}

/** Why who has it got it: a person, what they know of it, or a rule of routing. */
function whoseInWords({ assignments: [latest], needId }: LeadDetail, whyRep: string | null): Html | '' {
  if (latest === undefined || latest.needId !== needId || !isLive(latest.status)) return '';
  const { rep, team, rule } = latest;
  return html`<p class="soft">
    Why ${rep.name}: team ${team}, ${ruleInWords(rule)}${whyRep === null ? '' : `; ${whyRep}`}.
  </p>`;
}

const ASKED_STAGES: ReadonlySet<string> = new Set(ASKED);

/** For who decides on it, or has yet to get in touch: once that is done, what is next stands below. */
function whyNowOf({ assignments: [latest], needId, stage }: LeadDetail, brief: Top['brief']): Html | '' {
  const live = latest?.needId === needId && isLive(latest.status) ? latest : undefined;
  const isAwaited =
    live === undefined ? stage === 'qualified' : live.firstContactAt === null && ASKED_STAGES.has(stage);
  if (!isAwaited) return '';
  const action = live === undefined ? '' : html` <span class="soft">${brief.nextAction}</span>`;
  return html`<p><strong>Why now:</strong> ${brief.whyNow}.${action}</p>`;
}

function isWorked({ assignments: [latest], needId, stage }: LeadDetail): boolean {
  return latest?.status === 'accepted' && latest.needId === needId && isWithSales(stage as Stage);
}

/** What its rep is to do, each with by when, the soonest first; empty: nobody has it, or nothing is due. */
export function duesOf({ assignments: [latest], needId, stage }: LeadDetail, planned: string | null): Due[] {
  return latest === undefined || latest.needId !== needId ? [] : duesOfHandOff(latest, stage as Stage, planned);
}

/** When the lead answered one of our mails, where its rep has not been in touch since and its team sets no time for it; null: it did not. */
function waitingReply({ assignments: [latest], needId, stage }: LeadDetail): Date | null {
  if (latest?.needId !== needId || latest.status !== 'accepted' || isClosed(stage as Stage)) return null;
  return latest.answerDueAt === null ? latest.repliedAt : null;
}

const DONE: Readonly<Record<string, string>> = {
  profile: 'The profile is saved.',
  unchanged: 'Nothing was changed.',
  added: 'The lead is taken in.',
  'added-mine': 'The lead is taken in, and it is yours: you have accepted it.',
  'added-soon': 'The lead is taken in. It is offered to you, and is not accepted yet: press Accept.',
  assessed: 'What you found out is saved.',
  accepted: 'Accepted.',
  logged: 'Logged.',
  'logged-planned': 'Logged, and the next step is planned.',
  planned: 'Planned.',
  stopped: 'No marketing mail goes to it any more.',
  paused: 'Paused: nothing is sent or offered until it is resumed.',
  resumed: 'Resumed.',
  opportunity: 'Recorded as an opportunity.',
  recorded: 'Recorded.',
  closed: 'The outcome is recorded.',
  reopened: 'Re-opened.',
  'handed-over': 'Handed over.',
  snoozed: 'Snoozed: it stands apart on the desk.',
  woken: 'It is shown again.',
  ...SEND_SAID,
  ...MAIL_DONE,
};
/** After these a rep goes on: what is next is said at once. */
const GOES_ON: ReadonlySet<string> = new Set([
  'added',
  'added-mine',
  'added-soon',
  'accepted',
  'logged',
  'planned',
  'logged-planned',
  'opportunity',
  'resumed',
]);

/** Who has got the lead just now and is away, or has more than their limit: to be known before the lead waits for them. */
export function awayOwner(
  reps: readonly RepWithLeads[],
  ownerId: string | null,
  defaultZone: string,
  query: Readonly<Record<string, unknown>>,
): Html | '' {
  if (query['done'] !== 'handed-over') return '';
  const owner = reps.find(({ id }) => id === ownerId);
  const words = owner === undefined ? null : awayNow(owner, reps, { defaultZone, nowMs: Date.now() });
  const full = owner === undefined ? null : overLimit(owner);
  return html`${words === null ? '' : html`<p class="problem" role="status">${owner?.name} has it now, and is ${words}.</p>`}${
    full === null ? '' : html`<p class="problem" role="status">${full}</p>`
  }`;
}

/** What was done before the page was led to, by the key in its address, and what comes next. */
export function doneInWords(
  { lead, planned, when, locale }: Pick<Top, 'lead' | 'planned' | 'when' | 'locale'>,
  query: Readonly<Record<string, unknown>>,
): Html | '' {
  const asked = query['done'];
  // It may have been accepted since.
  const key = asked === 'added-soon' && isWorked(lead) ? 'added-mine' : asked;
  if (typeof key !== 'string' || !Object.hasOwn(DONE, key)) return '';
  if (key === 'handed-over' && lead.stage === 'qualified') {
    const why = waitOf(lead, when);
    return html`<p class="problem" role="status">Not offered to anybody yet${why === null ? '.' : `: ${why}`}</p>`;
  }
  const [next] = GOES_ON.has(key) ? duesOf(lead, planned) : [];
  return html`<p class="done" role="status">
    ${key === 'closed' ? closedInWords(lead, locale) : DONE[key]}${next === undefined ? '' : ` Next: ${next.what} by ${when(next.at)}.`}
  </p>`;
}

/** "The outcome is recorded: won, €900.00." */
function closedInWords({ needs, needId }: LeadDetail, locale: string): string {
  const latest = needs.find(({ id }) => id === needId);
  const outcome = latest?.outcome ?? null;
  if (latest === undefined || outcome === null) return 'The outcome is recorded.';
  const { valueMinor, currency } = latest;
  const value = valueMinor === null ? '' : `, ${moneyInWords(valueMinor, currency, locale)}`;
  return `The outcome is recorded: ${outcomeInWords(outcome)}${value}.`;
}
