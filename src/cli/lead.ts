/** `lead show`, `why`, `move` and `fast-forward`: thin calls into the API. */
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import { readTimeline, type ApiClient, type Lead, type Leads } from './client.ts';
import type { Answer } from './command.ts';
import { withApi } from './reach.ts';

interface Why {
  stage: string;
  score: {
    now: number;
    needed: number | null;
    missing: { points: number; by: { rule: string; points: number }[] } | null;
    groups: { group: string; points: number; counts: number }[];
    lines: { line: string; score: number }[];
    rules: { rule: string; points: number; count: number; events: { event: string; at: string }[] }[];
  };
  grade: { grade: string; rules: { rule: string; points: number }[] };
  qualification: { because: string };
  next: { what: string; when: string | null; why: string };
  paused: { since: string; reason: string | null } | null;
  waitsFor: { what: string; since: string }[];
  held: { since: string; reason: string | null } | null;
  lastSend: { title: string } | null;
  notSent: { title: string }[];
}

export async function leadShow(config: Config, who: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const id = await idOf(api, who);
    const lead = await api.get<Lead>(`/v1/leads/${id}`);
    const timeline = await readTimeline(api, id);
    const rows: [string, string][] = [
      ['Lead', `${lead.id}${lead.email === null ? '' : `  ${lead.email}`}`],
      ['Stage', lead.stage],
      ['Score', `${lead.score}, grade ${lead.grade}`],
      ...(lead.enrollment === null ? [] : [['Cadence', placeOf(lead.enrollment)] as [string, string]]),
      ['Now', lead.clock.now],
    ];
    const story = timeline.map(({ at, title }) => `  ${at}  ${title}`);
    return { data: { lead, timeline }, text: [...rows.map(inRow), '', ...story].join('\n') };
  });
}

export async function leadWhy(config: Config, who: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const why = await api.get<Why>(`/v1/leads/${await idOf(api, who)}/why`);
    const { stage, score, grade, qualification, next, paused, waitsFor, held, lastSend, notSent } = why;
    const rows: [string, string][] = [
      ['Stage', stage],
      ['Next', `${next.what}${next.when === null ? '' : ` (${next.when})`}: ${next.why}`],
      ...(paused === null
        ? []
        : [['Paused', `since ${paused.since}: ${paused.reason ?? 'no reason given'}`] as [string, string]]),
      ...waitsFor.map(({ what, since }): [string, string] => ['Waits', `${what} (since ${since})`]),
      ...(held === null
        ? []
        : [['Held', `since ${held.since}: ${held.reason ?? 'no reason given'}`] as [string, string]]),
      ['Sales', qualification.because],
      ['Score', `${score.now}${score.needed === null ? '' : ` of ${score.needed} needed`}`],
      ...score.rules.map((rule): [string, string] => ['', ruleInWords(rule)]),
      ...score.groups
        .filter(({ points, counts }) => points !== counts)
        .map(({ group, points, counts }): [string, string] => ['', `of ${points} in group ${group} ${counts} count`]),
      ...(score.missing === null ? [] : [['Missing', missingInWords(score.missing)] as [string, string]]),
      ...score.lines.map(({ line, score: of }): [string, string] => ['Line', `${of} ${line}`]),
      ['Grade', grade.grade],
      ...grade.rules.map((rule): [string, string] => ['', `${rule.points} ${rule.rule}`]),
      ['Last mail', lastSend?.title ?? 'none'],
      ...notSent.map(({ title }): [string, string] => ['', title]),
    ];
    return { data: why, text: rows.map(inRow).join('\n') };
  });
}

function ruleInWords({ rule, points, count, events: [latest] }: Why['score']['rules'][number]): string {
  const last = latest === undefined ? '' : `, last ${latest.event} ${latest.at}`;
  return `${points} ${rule}, ${count} times${last}`;
}

/** "13 points: one ‘looked-at-prices’ (15) would do" */
function missingInWords({ points, by: [rule] }: NonNullable<Why['score']['missing']>): string {
  const would = rule === undefined ? '' : `: one ‘${rule.rule}’ (${rule.points}) would do`;
  return `${points} ${points === 1 ? 'point' : 'points'}${would}`;
}

export async function leadMove(
  config: Config,
  who: string,
  cadence: string,
  { step, restart }: { step?: string; restart?: boolean },
): Promise<Answer> {
  return withApi(config, async (api) => {
    const id = await idOf(api, who);
    const body = { cadence, ...(step !== undefined && { step }), ...(restart === true && { restart }) };
    await api.post(`/v1/leads/${id}/enroll`, body);
    const lead = await api.get<Lead>(`/v1/leads/${id}`);
    const place = lead.enrollment === null ? 'in no cadence' : `in ${placeOf(lead.enrollment)}`;
    return { data: { leadId: id, enrollment: lead.enrollment }, text: `${id} is ${place}.` };
  });
}

export async function leadFastForward(config: Config, who: string, duration: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const id = await idOf(api, who);
    const { now } = await api.post<{ now: string }>(`/v1/leads/${id}/fast-forward`, { duration });
    return { data: { leadId: id, now }, text: `${id}: it is ${now} for this lead now.` };
  });
}

/** A lead is named by its id or its email address. */
export async function idOf(api: ApiClient, who: string): Promise<string> {
  if (!who.includes('@')) return who;
  const { items } = await api.post<Leads>('/v1/leads/lookup', { email: who });
  const [lead] = items;
  if (lead === undefined) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this address.');
  return lead.id;
}

function placeOf({ cadence, stepId, dueAt }: NonNullable<Lead['enrollment']>): string {
  return `${cadence}${stepId === null ? '' : `, before ‘${stepId}’`}${dueAt === null ? '' : `, due ${dueAt}`}`;
}

function inRow([name, value]: [string, string]): string {
  return `${name.padEnd(10)} ${value}`;
}
