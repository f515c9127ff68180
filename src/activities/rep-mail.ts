import { AppError } from '../domain/errors.ts';
import { formatForPeople } from '../domain/schedule.ts';
import { scoreAtMs } from '../domain/score.ts';
import { shownScore } from '../domain/score-words.ts';
import { inTheirWords, knownNeed, listed, listedCampaign, presentablePhone, quotable } from '../domain/stated-words.ts';
import type { WhyRep } from '../domain/why-rep.ts';
import { claim } from '../effects/claim.ts';
import { personOf } from '../effects/person.ts';
import type { Settler } from '../effects/settler.ts';
import type { RepBrief } from '../email/render-context.ts';
import type { TemplateSource } from '../domain/template.ts';
import { baseOf } from '../domain/public-url.ts';
import type { Assignment, Rep } from '../store/generated/client.ts';
import { readHandedOver } from '../store/process/handed-over.ts';
import { readBrief } from '../store/lists/brief.ts';
import { plannedInWords } from './planned-words.ts';
import type { Turn } from './turn.ts';

/** The days that a rep's link to the page of an assignment works. */
const DECISION_LINK_DAYS = 30;

export type RepTemplate = 'rep-brief' | 'rep-reminder' | 'rep-request-added' | 'rep-reply' | 'rep-late';

/** A mail to the rep of an assignment. */
export interface RepMail {
  template: RepTemplate;
  key: string;
  assignment: Assignment;
  rep: Rep;
  settler: Settler<Turn>;
  requests?: RepBrief['requests'];
  /** Of the mail about an answer of the lead, whose time to be answered is told in place of that of the offer. */
  reply?: NonNullable<RepBrief['reply']>;
}

/** Claims it: who the lead is, why now, what it did, and the link to decide. */
export async function claimRepMail(turn: Turn, mail: RepMail): Promise<void> {
  const { lead, need } = turn.picture;
  const { assignment, rep } = mail;
  const zone = rep.timeZone ?? turn.playbook.defaultTimeZone;
  const words = (at: Date): string => formatForPeople(at.getTime(), zone, turn.atMs);
  // People follow links in real time, however far the lead's clock is ahead.
  const expiresAt = new Date(Date.now() + DECISION_LINK_DAYS * 86_400_000);
  const dueAt = mail.reply === undefined ? assignment.dueAt : assignment.answerDueAt;
  const token = turn.deps.mail.tokens.decision({ assignmentId: assignment.id, repId: rep.id, expiresAt });
  const draft = {
    template: repTemplate(turn, mail.template),
    to: { address: rep.email, name: rep.name },
    context: {
      rep: { name: rep.name, email: rep.email },
      clock: { zone, at: turn.at },
      lead: { ...personOf(lead), email: lead.email, phone: presentablePhone(lead.phone) },
      need: need === null ? null : knownNeed(turn.playbook, need),
      brief: {
        ...(await briefOf(turn, words)),
        ...requestsOf(mail.requests),
        ...(mail.reply && { reply: mail.reply }),
        standsInFor: await standsInFor(turn, assignment),
        handedOver: await handedOver(turn, assignment, words),
      },
      links: { decision: `${baseOf(turn.deps.mail.publicUrl)}/r/${token}` },
      ...(dueAt === null ? {} : { dueAt: words(dueAt) }),
    },
  };
  const intent = { key: mail.key, audience: 'rep' as const, assignmentId: assignment.id };
  turn.claimed = await claim(turn, intent, { channel: 'email', draft, settler: mail.settler });
}

/** The name of who is away, where the rep got the lead as the deputy. */
async function standsInFor(turn: Turn, { chosen }: Assignment): Promise<string | null> {
  const why = chosen as unknown as WhyRep | null;
  if (why?.kind !== 'deputy') return null;
  const away = await turn.tx.rep.findUnique({ where: { id: why.insteadOf }, select: { name: true } });
  return away?.name ?? null;
}

/** Nothing is read of a lead that came by the rules with nothing planned. */
async function handedOver(
  turn: Turn,
  { id, rule, nextStepAt }: Assignment,
  when: (at: Date) => string,
): Promise<NonNullable<RepBrief['handedOver']> | null> {
  if (rule !== 'rerouted' && nextStepAt === null) return null;
  const [along] = await readHandedOver(turn.tx, [id]);
  if (along === undefined) return null;
  const { from, note } = along;
  const planned = plannedInWords(along, when);
  return from === null && planned === null ? null : { from, note, planned };
}

/** `request` is the newest request. Older templates know one request a mail, and ask for it by this name. */
function requestsOf(requests: RepBrief['requests']): Pick<RepBrief, 'request' | 'requests'> {
  return requests === undefined ? {} : { requests, request: requests.newest[0] ?? null };
}

async function briefOf(turn: Turn, words: (at: Date) => string): Promise<RepBrief> {
  const { lead, need } = turn.picture;
  const read = await readBrief(turn.tx, lead.id, turn.at, turn.playbook);
  const { reasons, actions, source, campaign } = read;
  return {
    score: shownScore(scoreAtMs(lead, turn.atMs, turn.playbook.scoring)),
    grade: lead.fitGrade,
    source: source === null ? null : quotable(source),
    campaign: listedCampaign(turn.playbook.campaigns, campaign)?.name ?? null,
    reasons: reasons.map(({ rule, points, at }) => ({ rule, points, when: words(at) })),
    actions: actions.map(({ what, at }) => ({ what, when: words(at) })),
    whyNow: read.whyNow,
    nextAction: read.nextAction,
    read: read.read,
    history: read.history.map(({ what, at }) => ({ what, when: words(at) })),
    notes: read.notes.map(({ body, by, at }) => ({ body, by, when: words(at) })),
    productLine: listed(turn.playbook.productLines, need?.productLine),
    needType: listed(turn.playbook.needTypes, need?.type),
    maturity: need?.maturity ?? null,
    recycleCount: need?.recycleCount ?? 0,
    stated: inTheirWords(
      { ...lead, productLine: need?.productLine ?? null, needType: need?.type ?? null, campaign },
      turn.playbook,
    ),
  };
}

function repTemplate(turn: Turn, key: RepTemplate): TemplateSource {
  const template = turn.rules.templates.get(key);
  if (template === undefined)
    throw new AppError('TEMPLATE_BROKEN', `The templates folder has no ‘${key}.mjml’, which mails to reps need.`);
  return template;
}
