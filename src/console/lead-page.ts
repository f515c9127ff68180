/** The page of one lead: who it is, why now, what happened, and what can be done with it. */
import type { Response } from 'express';
import { html } from 'hono/html';
import { AppError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { learnedOfLead } from '../domain/learned/of-lead.ts';
import type { Playbook } from '../domain/playbook.ts';
import { type Action, scopeOf } from '../domain/policy.ts';
import { readinessOf } from '../domain/readiness.ts';
import type { ScoringModel } from '../domain/scoring.ts';
import { lineScores } from '../domain/score-explained.ts';
import { scoreAtMs } from '../domain/score.ts';
import { isClosed, isWithSales } from '../domain/stage.ts';
import { STEP_KINDS } from '../steps/kinds.ts';
import { readTiesOf } from '../store/access/lead-ties.ts';
import { leadNow } from '../store/clock.ts';
import type { StoreContext } from '../store/context.ts';
import { listRepsWithLeads } from '../store/lists/reps.ts';
import { readPlanned } from '../store/lists/tasks.ts';
import { readBrief } from '../store/lists/brief.ts';
import { readColleagues } from '../store/lists/colleagues.ts';
import { type LeadDetail, readLead } from '../store/lists/lead.ts';
import { zoneOfLead } from '../domain/lead-zone.ts';
import type { PageEnd } from '../store/lists/page-end.ts';
import { answersOf } from '../store/inbound/inbound-mails.ts';
import { timelinePage } from '../store/lists/timeline.ts';
import { tellTimeline } from '../store/lists/told-timeline.ts';
import { readWhoSaid } from '../store/lists/who-said.ts';
import type { ConsoleDeps } from './deps.ts';
import { assessmentForm, needSection } from './lead-assessment.ts';
import { endForms } from './lead-after-sale.ts';
import {
  acceptForm,
  handOverForm,
  moreForms,
  noteForm,
  outcomeForms,
  qualifyOnForm,
  rejectForm,
  snoozeForm,
} from './lead-forms.ts';
import { type Refused, refusedInWords } from './form-fields.ts';
import { handOverTargets } from './hand-over-words.ts';
import { awayOwner, doneInWords, type Rated, topOf } from './lead-top.ts';
import { type Opener, proposedFor, proposedPart } from './lead-line.ts';
import { profileForm, profileSection } from './lead-profile.ts';
import { answersSection } from './lead-answers.ts';
import { mailTrouble } from './returned-mails.ts';
import { withSentBack } from '../store/lists/sent-back.ts';
import { readAgainstMail } from '../store/lists/against-mail.ts';
import { waitsFor } from '../store/lists/waits-for.ts';
import { whyForManager } from '../store/lists/why-for-manager.ts';
import { whyRepOf } from '../store/lists/why-rep.ts';
import {
  colleaguesSection,
  type LineScores,
  pageEndOf,
  scoreSection,
  type Story,
  timelineSection,
} from './lead-story.ts';
import { type Html, problem, sendPage } from './layout.ts';
import { headOf, homeOf } from './navigation.ts';
import { actorAtAll, boardOf, mayWith, readsCommands, requireLead, type Visitor } from './session.ts';
import { nameOf, timesOf } from './words.ts';

const STEPS_TOLD_BY_SENDS = STEP_KINDS.filter(({ position }) => position.toldBy === 'send').map(({ kind }) => kind);
const ENTRIES_SHOWN = 30;

/**
 * @param shown.wrong Why the form that was posted could not be carried out
 * @throws AppError LEAD_UNKNOWN, or the refusal of the policy
 */
export async function showLead(
  { store, settings }: ConsoleDeps,
  response: Response,
  visitor: Visitor,
  leadId: string,
  shown: { wrong?: { status: number; refused: Refused }; query?: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { query = {}, wrong = null } = shown;
  const actor = await requireLead(store, visitor, 'see-lead', leadId);
  const [found, ties] = await Promise.all([readLead(store.db, leadId), readTiesOf(store.db, leadId)]);
  if (found === null || ties === null) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id');
  const { playbook } = store.rules.current();
  const lead = await withSentBack(store.db, found, playbook.reasons);
  const realNowMs = store.realNow();
  const nowMs = leadNow(lead, realNowMs);
  const { zone, locale, csrf } = visitor;
  const when = timesOf(lead, zone, realNowMs);
  const isToHandOver = mayWith(visitor, 'reroute', ties);
  const isManager = isToHandOver && boardOf(visitor) !== null;
  const [brief, sayings, colleagues, story, answers, mails, planned, whyRep, waits, { against }, reps, considered] =
    await Promise.all([
      readBrief(store.db, leadId, new Date(nowMs), playbook),
      readWhoSaid(store.db, leadId),
      readColleagues(store.db, scopeOf(actor, 'see-lead') ?? { kind: 'rep', repId: '', teams: [] }, lead),
      readStory(store, leadId, pageEndOf(query)),
      answersOf(store.db, leadId, ANSWERS_SHOWN),
      mailTrouble(store, visitor, ties, when),
      readPlanned(store.db, leadId),
      whyRepOf(store.db, lead.assignments[0], when),
      waitsFor(store.db, lead, nowMs),
      readAgainstMail(store.db, lead),
      isToHandOver ? listRepsWithLeads(store.db) : [],
      isManager && lead.stage === 'qualified'
        ? whyForManager(store.db, playbook, { leadId, isWithNobody: true }, { zone, nowMs: realNowMs })
        : '',
    ]);
  const may = (action: Action): boolean => mayWith(visitor, action, ties);
  const frame = { title: nameOf(lead), companyName: settings.organization.companyName, who: headOf(visitor) };
  const refused = wrong?.refused ?? null;
  const rated = ratingOf(lead, playbook.scoring, nowMs);
  const leadZone = zoneOfLead(lead, playbook.defaultTimeZone);
  const targets = handOverTargets(reps, { nowMs: realNowMs, defaultZone: playbook.defaultTimeZone, all: reps });
  const forms = formsOf(lead, playbook, { csrf, refused, targets, nowMs, locale }, may);
  const told = html`${doneInWords({ lead, planned, when, locale }, query)}${awayOwner(reps, lead.owner?.id ?? null, playbook.defaultTimeZone, query)}`;
  const content = html`<p><a href="${homeOf(visitor)}">Back</a></p>
    ${forms.first}${topOf({ lead, rated, brief, planned, waits, against, lifts: actorAtAll(visitor, 'lift-suppression') !== null, commands: readsCommands(visitor), leadZone, whyRep, considered, reasons: playbook.reasons, when, zone, locale, nowMs, realNowMs })}${forms.others}
    ${may('assess') ? assessmentForm(lead, { csrf, once: newId('command'), refused }) : ''}
    <div class="cards">
      ${scoreSection(brief, lineScoresOf(lead, playbook, nowMs, { ...visitor, mayOpen: may('vouch') }), when)}${profileSection(lead, sayings, when)}${needSection(lead, { when, nowMs })}${colleaguesSection(colleagues)}${mails.section}${answersSection(answers, when, mails.ofAnswer)}
    </div>
    ${may('vouch') ? profileForm(lead, csrf, refused) : ''}${timelineSection(story, when)}
    <p class="soft small">Times are those of ${zone}.</p>`;
  const page = html`${told}${problem(refusedInWords(refused))}${content}`;
  await sendPage(response, wrong?.status ?? 200, frame, page);
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
  const { told, people } = await tellTimeline(db, rows.slice(0, ENTRIES_SHOWN), rules.current().playbook);
  const last = told.at(-1);
  const older = rows.length > ENTRIES_SHOWN && last !== undefined ? { at: last.at, key: last.key } : null;
  return { leadId, told, people, older };
}

function lineScoresOf(lead: LeadDetail, playbook: Playbook, nowMs: number, opener: Opener): LineScores {
  const proposed = proposedFor(lead, playbook, nowMs);
  return {
    lines: lineScores(lead, nowMs, playbook.scoring),
    proposed: proposed === null ? '' : proposedPart(lead, proposed, opener),
  };
}

function ratingOf(lead: LeadDetail, scoring: ScoringModel, nowMs: number): Rated {
  const score = scoreAtMs(lead, nowMs, scoring);
  const readiness = readinessOf(scoring, lead, score);
  return { score, readiness, learned: learnedOfLead(scoring, lead, nowMs) };
}

/** What can be done with the lead as it stands; `first` stands above what is known of it. The id makes the second press of a button the same command as the first. */
function formsOf(
  lead: LeadDetail,
  playbook: Playbook,
  {
    csrf,
    refused,
    targets,
    nowMs,
    locale,
  }: { csrf: string; locale: string; refused: Refused | null; targets: Record<string, string>; nowMs: number },
  may: (action: Action) => boolean,
): { first: Html | ''; others: Html } {
  const [assignment] = lead.assignments;
  const live = assignment?.needId === lead.needId ? assignment : undefined;
  const form = {
    action: `/console/leads/${lead.id}`,
    csrf,
    once: newId('command'),
    playbook,
    assignmentId: live?.id ?? '',
    as: live?.status ?? '',
    refused,
  };
  const need = lead.needs.find(({ id }) => id === lead.needId);
  const isOffered = live?.status === 'offered';
  const isWorked = live?.status === 'accepted' && !isClosed(lead.stage as LeadStage);
  const isFirstContact = isWorked && lead.stage === 'qualifying';
  const isToDecide = isOffered && may('accept');
  const others = html`${isFirstContact && may('reroute') ? qualifyOnForm(form) : ''}
    <div class="cards">${isToDecide ? rejectForm(form, 'Reject') : ''}${may('log-activity') ? noteForm(form) : ''}</div>
    ${isWorked && may('outcome') && may('reject') ? outcomeForms(form, need) : ''}
    ${endForms(form, lead, { may, locale })}
    <div class="cards">
      ${(isOffered || isWorked) && may('log-activity') ? snoozeForm(form, (live?.snoozedUntil?.getTime() ?? 0) > nowMs) : ''}
      ${Object.keys(targets).length > 0 && isWithSales(lead.stage as LeadStage) ? handOverForm(form, targets) : ''}
    </div>
    ${moreForms(form, { lead, may })}`;
  return { first: isToDecide ? acceptForm(form) : '', others };
}

type LeadStage = Parameters<typeof isClosed>[0];
