/** The page of one lead: who it is, why now, what happened, and what can be done with it. */
import type { Response } from 'express';
import { html } from 'hono/html';
import { AppError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { learnedOfLead } from '../domain/learned/of-lead.ts';
import type { Playbook } from '../domain/playbook.ts';
import { type Action, scopeOf } from '../domain/policy.ts';
import { formatForPeople } from '../domain/schedule.ts';
import { type Readiness, readinessOf } from '../domain/readiness.ts';
import type { ScoringModel } from '../domain/scoring.ts';
import { scoreAtMs } from '../domain/score.ts';
import { shownScore } from '../domain/score-words.ts';
import { isClosed } from '../domain/stage.ts';
import { STEP_KINDS } from '../steps/kinds.ts';
import { readTiesOf } from '../store/access/lead-ties.ts';
import { leadNow } from '../store/clock.ts';
import type { StoreContext } from '../store/context.ts';
import { readBrief } from '../store/lists/brief.ts';
import { readColleagues } from '../store/lists/colleagues.ts';
import { type LeadDetail, readLead } from '../store/lists/lead.ts';
import type { PageEnd } from '../store/lists/page-end.ts';
import { answersOf } from '../store/inbound/inbound-mails.ts';
import { timelinePage } from '../store/lists/timeline.ts';
import { tellTimeline } from '../store/lists/told-timeline.ts';
import { readWhoSaid } from '../store/lists/who-said.ts';
import type { ConsoleDeps } from './deps.ts';
import { assessmentForm, needSection } from './lead-assessment.ts';
import { endForms } from './lead-after-sale.ts';
import { decisionForms, moreForms, noteForms, outcomeForms, qualifyOnForm } from './lead-forms.ts';
import { profileForm, profileSection } from './lead-profile.ts';
import { answersSection } from './lead-answers.ts';
import { colleaguesSection, pageEndOf, scoreSection, type Story, timelineSection } from './lead-story.ts';
import { type Html, problem, said, sendPage } from './layout.ts';
import { headOf, homeOf } from './navigation.ts';
import { mayWith, requireLead, type Visitor } from './session.ts';
import { moneyInWords, nameOf } from './words.ts';
import { learnedBadge } from './learned-badge.ts';

const STEPS_TOLD_BY_SENDS = STEP_KINDS.filter(({ position }) => position.toldBy === 'send').map(({ kind }) => kind);
const ENTRIES_SHOWN = 30;

const DONE: Readonly<Record<string, string>> = {
  profile: 'The profile is saved.',
  unchanged: 'Nothing was changed.',
  added: 'The lead is taken in.',
  assessed: 'What you found out is saved.',
};

/**
 * @param shown.wrong Why the form that was posted could not be carried out
 * @throws AppError LEAD_UNKNOWN, or the refusal of the policy
 */
export async function showLead(
  { store, settings }: ConsoleDeps,
  response: Response,
  visitor: Visitor,
  leadId: string,
  shown: { wrong?: { status: number; message: string }; query?: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { query = {}, wrong = null } = shown;
  const actor = await requireLead(store, visitor, 'see-lead', leadId);
  const [lead, ties] = await Promise.all([readLead(store.db, leadId), readTiesOf(store.db, leadId)]);
  if (lead === null || ties === null) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id');
  const { playbook } = store.rules.current();
  const nowMs = leadNow(lead, store.realNow());
  const { zone, csrf } = visitor;
  const [brief, sayings, colleagues, story, answers] = await Promise.all([
    readBrief(store.db, leadId, new Date(nowMs), playbook.scoring),
    readWhoSaid(store.db, leadId),
    readColleagues(store.db, scopeOf(actor, 'see-lead') ?? { kind: 'rep', repId: '', teams: [] }, lead),
    readStory(store, leadId, pageEndOf(query)),
    answersOf(store.db, leadId, ANSWERS_SHOWN),
  ]);
  const may = (action: Action): boolean => mayWith(visitor, action, ties);
  const frame = { title: nameOf(lead), companyName: settings.organization.companyName, who: headOf(visitor) };
  const content = html`${said(DONE, { query })}${problem(wrong?.message ?? null)}
    <p><a href="${homeOf(visitor)}">Back</a></p>
    ${standing(lead, ratingOf(lead, playbook.scoring, nowMs), zone)}${formsOf(lead, playbook, csrf, may)}
    <div class="cards">
      ${profileSection(lead, sayings, zone)}${needSection(lead, { zone, nowMs })}${scoreSection(brief, zone)}${colleaguesSection(colleagues)}${answersSection(answers, zone)}
    </div>
    ${may('assess') ? assessmentForm(lead, { csrf, once: newId('command') }) : ''}
    ${may('vouch') ? profileForm(lead, csrf) : ''}${timelineSection(story, zone)}`;
  await sendPage(response, wrong?.status ?? 200, frame, content);
}

/** Older answers are in GET /v1/inbound-mails. */
const ANSWERS_SHOWN = 10;

async function readStory({ db, rules }: StoreContext, leadId: string, after: PageEnd | null): Promise<Story> {
  const rows = await timelinePage(db, {
    leadId,
    order: 'desc',
    stepsToldBySends: STEPS_TOLD_BY_SENDS,
    without: ['score'],
    after,
    limit: ENTRIES_SHOWN + 1,
  });
  const { told, people } = await tellTimeline(db, rows.slice(0, ENTRIES_SHOWN), rules.current().playbook.reasons);
  const last = told.at(-1);
  const older = rows.length > ENTRIES_SHOWN && last !== undefined ? { at: last.at, key: last.key } : null;
  return { leadId, told, people, older };
}

/** How good it is at this moment. */
interface Rated {
  score: number;
  readiness: Readiness;
  /** Percent; null: nothing was learned. */
  learned: number | null;
}

function ratingOf(lead: LeadDetail, scoring: ScoringModel, nowMs: number): Rated {
  const score = scoreAtMs(lead, nowMs, scoring);
  const readiness = readinessOf(scoring, lead, score);
  return { score, readiness, learned: learnedOfLead(scoring, lead, nowMs) };
}

/** Where it stands, on a line or two. */
function standing(lead: LeadDetail, { score, readiness, learned }: Rated, zone: string): Html {
  const need = lead.needs.find(({ id }) => id === lead.needId);
  const words = (at: Date): string => formatForPeople(at.getTime(), zone);
  return html`<p>
      <span class="badge">${lead.stage}</span> <span class="badge">${readiness}</span>
      <span class="badge">grade ${lead.fitGrade}</span> <span class="badge">score ${shownScore(score)}</span>
      ${learnedBadge(learned)} ${lead.valueTier === null ? '' : html`<span class="badge">${lead.valueTier}</span>`}
      ${need === undefined || need.valueMinor === null ? '' : html`<span class="badge">${moneyInWords(need.valueMinor, need.currency)}</span>`}
      ${need?.funnelStage ? html`<span class="badge">${need.funnelStage}</span>` : ''}
      ${lead.owner === null ? html`<span class="soft">no owner</span>` : html`<span class="soft">with ${lead.owner.name}</span>`}
    </p>
    ${lead.heldAt === null ? '' : html`<p class="problem">Held since ${words(lead.heldAt)}: ${lead.heldReason ?? 'the cause is not known'}</p>`}
    ${lead.pausedAt === null ? '' : html`<p class="problem">Paused since ${words(lead.pausedAt)}${lead.pausedReason === null ? '' : `: ${lead.pausedReason}`}</p>`}
    ${lead.nextSummary === null ? '' : html`<p class="soft">Next: ${lead.nextSummary}</p>`}`;
}

/** What can be done with the lead as it stands. The id makes the second press of a button the same command as the first. */
function formsOf(lead: LeadDetail, playbook: Playbook, csrf: string, may: (action: Action) => boolean): Html {
  const [assignment] = lead.assignments;
  const live = assignment?.needId === lead.needId ? assignment : undefined;
  const form = {
    action: `/console/leads/${lead.id}`,
    csrf,
    once: newId('command'),
    playbook,
    assignmentId: live?.id ?? '',
  };
  const isOffered = live?.status === 'offered';
  const isWorked = live?.status === 'accepted' && !isClosed(lead.stage as LeadStage);
  const isFirstContact = isWorked && lead.stage === 'qualifying';
  return html`${isOffered && may('accept') ? decisionForms(form) : ''}
  ${isFirstContact && may('reroute') ? qualifyOnForm(form) : ''} ${may('log-activity') ? noteForms(form) : ''}
  ${isWorked && may('outcome') && may('reject') ? outcomeForms(form) : ''} ${endForms(form, lead, may)}
  ${moreForms(form, { lead, may })}`;
}

type LeadStage = Parameters<typeof isClosed>[0];
