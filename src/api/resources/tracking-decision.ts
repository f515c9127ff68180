import { z } from 'zod';
import type { Actor } from '../../domain/actor.ts';
import { isLive } from '../../domain/assignment.ts';
import type { LeadCommand } from '../../domain/commands.ts';
import { ERROR_CODES } from '../../domain/errors.ts';
import { idFor, newId } from '../../domain/ids.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { choiceInWords, noteMissing } from '../../domain/reason-words.ts';
import { isOfOutcome } from '../../domain/reasons.ts';
import { may, tiesOfAssignment } from '../../domain/policy.ts';
import { formatForPeople, zoneOf } from '../../domain/schedule.ts';
import { shownScore } from '../../domain/score-words.ts';
import { inTheirWords, listed, listedCampaign, presentable, quotable } from '../../domain/stated-words.ts';
import { decisionPage, decisionResultPage } from '../../email/pages.ts';
import { phoneOf } from '../../store/capture/phone.ts';
import { leadNow } from '../../store/clock.ts';
import { readAssignment, type ListedAssignment } from '../../store/lists/assignments.ts';
import { isActiveRep } from '../../store/process/reps.ts';
import { readBrief } from '../../store/lists/brief.ts';
import { scoreAtMs } from '../../domain/score.ts';
import { readContact, readOwnerNow } from '../../store/lists/lead.ts';
import { withNames } from '../../store/lists/names.ts';
import { dropNote, keepNote } from '../../store/sales/notes.ts';
import type { ApiDeps } from '../deps.ts';
import { asPage, LIMITED_PAGES, linkNotValid, htmlPage } from '../pages.ts';
import type { Reply } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { check } from '../validate.ts';
import { text, Token } from '../schemas/common.ts';
import { fullName } from '../views/assignment.ts';

/** `once`: the same for one showing of the page. Without it the same decision, with a note or without one, is the same command. */
const ONCE = { once: z.string().max(100).optional() };
const Decision = z.union([
  z.object({ decision: z.literal('accept'), ...ONCE }),
  z.object({
    decision: z.literal('reject'),
    reason: text(100),
    note: z.union([z.literal(''), text(4000)]).optional(),
    ...ONCE,
  }),
]);
type Decision = z.output<typeof Decision>;

/** Why the page comes back, and what was typed on it. */
interface Again {
  problem: string;
  status: number;
  typed: Readonly<Record<string, unknown>>;
}

const CHANGED =
  'The lead has changed since you opened this page. Nothing was done: please look again, and decide then.';

function standingOf({ status, lead }: ListedAssignment): string {
  return `${status} ${lead.stage}`;
}

/** A person with the link acts as the rep it was sent to, without the rights of a manager. */
function holderOf({ repId, assignmentId }: { repId: string; assignmentId: string }): Actor {
  return { kind: 'rep', repId, manager: false, teams: [], link: assignmentId };
}

/** The link in a rep's email. The token is the proof: a person with the link decides as that rep. */
export function decisionRoutes({ store, tokens, commands, limits, log, settings }: ApiDeps): Route[] {
  const { db } = store;
  const { organization } = settings;
  const failed = (error: Error) => log.error({ err: error }, 'a decision page failed');

  /** The assignment of a link. Null unless the rep to whom the link was sent still has it and is active. */
  async function open(token: string) {
    const link = tokens.readDecision(token, new Date(store.realNow()));
    const assignment = link === null ? null : await readAssignment(db, link.assignmentId);
    if (link === null || assignment === null || !isActiveRep(assignment.rep)) return null;
    return may(holderOf(link), 'see-assignment', tiesOfAssignment(assignment)) ? assignment : null;
  }

  async function brief(
    token: string,
    assignment: ListedAssignment,
    playbook: Playbook,
    again: Again | null = null,
  ): Promise<Reply> {
    const { rep } = assignment;
    const zone = zoneOf(rep.timeZone, playbook.defaultTimeZone);
    const nowMs = leadNow(assignment.lead, store.realNow());
    const words = (at: Date) => formatForPeople(at.getTime(), zone, nowMs);
    const { scoring } = playbook;
    const read = await readBrief(db, assignment.leadId, new Date(nowMs), playbook);
    const { productLine, type: needType } = assignment.need;
    const shown = { ...presentable(read), ...phoneOf(read.phone) };
    const data = {
      organization,
      action: `/r/${token}`,
      shown: standingOf(assignment),
      lead: { ...shown, name: fullName(shown) },
      repName: rep.name,
      score: shownScore(scoreAtMs(assignment.lead, nowMs, scoring)),
      grade: assignment.lead.fitGrade,
      source: read.source === null ? null : quotable(read.source),
      campaign: listedCampaign(playbook.campaigns, read.campaign)?.name ?? null,
      productLine: listed(playbook.productLines, productLine),
      needType: listed(playbook.needTypes, needType),
      stated: inTheirWords({ ...read, productLine, needType }, playbook),
      whyNow: read.whyNow,
      nextAction: assignment.firstContactAt === null ? read.nextAction : null,
      dueAt: assignment.dueAt === null ? null : words(assignment.dueAt),
      reasons: read.reasons.map(({ rule, points, at }) => ({ rule, points, when: words(at) })),
      actions: read.actions.map(({ what, at }) => ({ what, when: words(at) })),
      rejectReasons: playbook.reasons
        .filter((reason) => !isOfOutcome(reason))
        .map((one) => ({ key: one.reason, words: choiceInWords(one) })),
      accepted: assignment.status === 'accepted',
      once: newId('command'),
      problem: again?.problem ?? null,
      typed: { reason: typedIn(again, 'reason'), note: typedIn(again, 'note') },
    };
    return htmlPage(again?.status ?? 200, decisionPage(data));
  }

  const refused = (status: number, message: string): Reply =>
    htmlPage(status, decisionResultPage({ organization, result: 'refused', leadName: null, message }));
  const common = {
    path: '/r/:token',
    tag: 'Tracking',
    access: 'public',
    params: z.object({ token: Token }),
  } as const;
  const notValid = { description: 'A page: the token is not valid, or too old', mediaType: 'text/html' };

  return [
    route({
      ...common,
      method: 'get',
      summary: 'A ready lead for a rep, with accept and reject; changes nothing',
      answers: {
        200: { description: 'A page with the brief', mediaType: 'text/html' },
        404: notValid,
        ...LIMITED_PAGES,
      },
      handle({ params, request, rules: { playbook } }) {
        return asPage(organization, failed, async () => {
          await limits.spend('pages', request);
          const assignment = await open(params.token);
          if (assignment === null) return linkNotValid(organization);
          return isOpen(assignment) ? brief(params.token, assignment, playbook) : over(assignment, 'over');
        });
      },
    }),
    route({
      ...common,
      method: 'post',
      summary: 'Accepts or rejects',
      body: z.record(z.string(), z.unknown()),
      bodyKind: 'form',
      bodyExample: { decision: 'reject', reason: 'too-early', note: 'Call again in spring.' },
      beforeBody: ({ token }) =>
        tokens.readDecision(token, new Date(store.realNow())) === null ? linkNotValid(organization) : null,
      answers: {
        200: { description: 'A page: done', mediaType: 'text/html' },
        400: { description: 'The page again, with the field that is missing', mediaType: 'text/html' },
        403: { description: 'A page: the lead was offered to another rep', mediaType: 'text/html' },
        404: notValid,
        409: {
          description:
            'A page: the reason why this is not possible; or the brief again, as the lead has changed since it was shown',
          mediaType: 'text/html',
        },
        ...LIMITED_PAGES,
      },
      handle({ params, body, request, rules: { playbook } }) {
        return asPage(organization, failed, async () => {
          await limits.spend('pages', request);
          const assignment = await open(params.token);
          if (assignment === null) return linkNotValid(organization);
          const checked = check(Decision, body);
          if (!isOpen(assignment) && !(checked.ok && isRepeated(checked.value, assignment)))
            return over(assignment, 'refused');
          const again = (status: number, problem: string): Promise<Reply> =>
            brief(params.token, assignment, playbook, { problem, status, typed: body });
          if (!checked.ok) return again(400, 'Please accept, or choose a reason and reject.');
          const decision = checked.value;
          if (isOutdated(body, decision, assignment)) return again(409, CHANGED);
          if (!isDone(decision, assignment)) {
            const wrong = wrongIn(decision, playbook);
            if (wrong !== null) return again(400, wrong);
            const command = await commandFor(assignment, decision);
            const verdict = await commands.execute(assignment.leadId, command);
            if (!verdict.ok) {
              if (command.kind === 'reject' && command.noteId !== undefined) await dropNote(store, command.noteId);
              const [message = verdict.message] = await withNames(db, [verdict.message]);
              const { status } = ERROR_CODES[verdict.code];
              const now = await open(params.token);
              return now !== null && isOpen(now)
                ? brief(params.token, now, playbook, { problem: message, status, typed: body })
                : refused(status, message);
            }
          }
          const result = decision.decision === 'accept' ? 'accepted' : 'rejected';
          const contact = result === 'accepted' ? await readContact(db, assignment.leadId) : null;
          const lead = contact === null ? null : { ...contact, ...phoneOf(contact.phone) };
          // Who sent it back has it no more, and may press again when it is another's: its present name is not for them.
          const leadName = result === 'accepted' ? fullName(presentable(assignment.lead)) : null;
          return htmlPage(
            200,
            decisionResultPage({
              organization,
              result,
              leadName,
              lead,
              leadId: contact === null ? null : assignment.leadId,
            }),
          );
        });
      },
    }),
  ];

  /** True while the assignment is live and its need is the current, open one. A link can be valid for longer than a need. */
  function isOpen({ status, needId, need, lead }: ListedAssignment): boolean {
    return isLive(status) && need.closedAt === null && lead.needId === needId;
  }

  /** The page showed the lead otherwise than it stands now. Pressed again, what was decided already stays decided. */
  function isOutdated(
    { shown }: Readonly<Record<string, unknown>>,
    decision: Decision,
    assignment: ListedAssignment,
  ): boolean {
    if (shown === undefined || shown === standingOf(assignment)) return false;
    return !isDone(decision, assignment);
  }

  /** What is asked for is so already: pressed again, or decided in the console meanwhile. */
  function isDone(decision: Decision, assignment: ListedAssignment): boolean {
    return decision.decision === 'accept' ? assignment.status === 'accepted' : isRepeated(decision, assignment);
  }

  /** The second press of a button gets the decision of the first again. */
  function isRepeated(decision: Decision, assignment: ListedAssignment): boolean {
    return decision.decision === 'reject' && assignment.status === 'rejected' && decision.reason === assignment.reason;
  }

  /** Who comes too late is told who has the lead now. */
  async function asItStands(leadId: string): Promise<string> {
    const owner = await readOwnerNow(db, leadId);
    return owner === null ? '' : `Now it is in stage ${owner.stage}, with ${owner.name ?? 'nobody'}.`;
  }

  /** Who still has the lead, as after a sale, is led to its page. */
  async function over(assignment: ListedAssignment, result: 'over' | 'refused'): Promise<Reply> {
    const { leadId, repId, lead } = assignment;
    const message = `${overBecause(assignment)} ${await asItStands(leadId)}`.trim();
    const theirs = lead.ownerId === repId ? { leadId } : {};
    return htmlPage(
      result === 'over' ? 200 : 409,
      decisionResultPage({ organization, result, leadName: null, message, ...theirs }),
    );
  }

  function overBecause({ status }: ListedAssignment): string {
    return `This lead no longer waits for your answer: the offer was ${status}.`;
  }

  /** One showing of the page gives one command, so that pressing twice decides once, and a form that was refused can be mended. */
  async function commandFor(assignment: ListedAssignment, decision: Decision): Promise<LeadCommand> {
    const { id: assignmentId, leadId, repId } = assignment;
    const what = decision.decision === 'accept' ? 'accept' : `reject:${decision.reason}`;
    const note = decision.decision === 'accept' ? '' : (decision.note ?? '');
    const commandId = idFor(
      'command',
      `link:${assignmentId}:${repId}:${what}:${note === '' ? '' : 'noted'}:${decision.once ?? ''}`,
    );
    const base = { commandId, actor: holderOf({ repId, assignmentId }), assignmentId };
    if (decision.decision === 'accept') return { ...base, kind: 'accept' };
    const { reason } = decision;
    if (note === '') return { ...base, kind: 'reject', reason };
    const noteId = await keepNote(store, { commandId, leadId, actor: base.actor, text: note });
    return { ...base, kind: 'reject', reason, noteId };
  }
}

/** What is wrong with a decision before it is one. */
function wrongIn(decision: Decision, { reasons }: Playbook): string | null {
  if (decision.decision === 'accept') return null;
  const reason = reasons.find((one) => one.reason === decision.reason);
  if (reason === undefined) return 'Please choose one of the reasons.';
  return reason.note === 'required' && (decision.note ?? '') === '' ? noteMissing(reason) : null;
}

function typedIn(again: Again | null, field: string): string {
  const value = again?.typed[field];
  return typeof value === 'string' ? value : '';
}
