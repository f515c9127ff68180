/** Writes past lives into the database: rows as the engine leaves them behind. No process runs for these leads, and nothing is sent. */
import { HIGH_INTENT } from '../../../domain/qualification.ts';
import { isInNurturePool, type Stage } from '../../../domain/stage.ts';
import { emailDomainOf } from '../../../domain/email-domain.ts';
import { newId } from '../../../domain/ids.ts';
import { type Db, transact, type Tx } from '../../../store/db.ts';
import { Prisma } from '../../../store/generated/client.ts';
import { DAYS, pastLife, type PastLife } from './lives.ts';
import { webinarEvents } from './past-events.ts';
import { funnelRows } from './past-funnel.ts';
import { orderRows } from './past-orders.ts';
import { revisionsOf } from './past-revisions.ts';
import { TABLES, type Table } from './tables.ts';
import { addRun, type Revisions } from './write-run.ts';

const DAY_MS = 86_400_000;
const AT_ONCE = 2_000;
/** No mail can reach it (RFC 2606). */
const DOMAIN = 'history.example';

type Rows = Partial<Record<Table, Record<string, unknown>[]>>;

export interface HistoryOptions {
  leads: number;
  seed: number;
  /** The end of the history. */
  until: Date;
  /** Called with the number of leads that are written. */
  progress?: (written: number) => void;
}

/** @throws Error when no rep is published */
export async function writeHistory(db: Db, { leads, seed, until, progress }: HistoryOptions): Promise<void> {
  const reps = await db.rep.findMany({ where: { manager: false }, orderBy: { key: 'asc' } });
  if (reps.length === 0) throw new Error('The history needs reps: publish a playbook with a team first.');
  const revisions = await revisionsOf(db);
  const campaigns = new Map(
    (await db.campaign.findMany({ select: { id: true, key: true } })).map(({ id, key }) => [key, id]),
  );
  const playbooks = await db.playbookRevision.findMany({ orderBy: { number: 'asc' }, select: { number: true } });
  for (let from = 0; from < leads; from += AT_ONCE) {
    const rows: Rows = {};
    for (let index = from; index < Math.min(leads, from + AT_ONCE); index += 1)
      addLife(rows, pastLife(seed, index, reps.length), {
        index,
        seed,
        until,
        reps,
        revisions,
        campaigns,
        playbook: playbooks[index % playbooks.length]?.number ?? null,
      });
    await transact(db, async (tx) => {
      for (const table of TABLES) await insert(tx, table, rows[table] ?? []);
    });
    progress?.(Math.min(leads, from + AT_ONCE));
  }
  await db.$executeRaw`ANALYZE`;
}

async function insert(tx: Tx, table: Table, rows: readonly Record<string, unknown>[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Prisma.raw(Object.keys(rows[0] ?? {}).join(', '));
  await tx.$executeRaw`INSERT INTO ${Prisma.raw(table)} (${columns})
    SELECT ${columns} FROM jsonb_populate_recordset(NULL::${Prisma.raw(table)}, ${JSON.stringify(rows)}::jsonb)`;
}

/** That a rep has for an offer of the history: the slowest one is late with some. */
export const HOURS_TO_DECIDE = 21;

interface Around {
  index: number;
  seed: number;
  until: Date;
  reps: readonly { id: string; teams: readonly string[] }[];
  revisions: Revisions;
  /** Ids of those that the playbook knows, by key. */
  campaigns: ReadonlyMap<string, string>;
  /** Number of the playbook revision that decided; the lives take turns. */
  playbook: number | null;
}

function addLife(
  rows: Rows,
  life: PastLife,
  { index, seed, until, reps, revisions, campaigns, playbook }: Around,
): void {
  const came = until.getTime() - Math.min(life.cameDaysAgo, DAYS) * DAY_MS;
  const at = (afterDays: number): string => new Date(came + afterDays * DAY_MS).toISOString();
  const inDays = (days: number): string => new Date(until.getTime() + days * DAY_MS).toISOString();
  const happened = (afterDays: number | null): afterDays is number =>
    afterDays !== null && came + afterDays * DAY_MS <= until.getTime();
  const add = (table: Table, row: Record<string, unknown>): void => void (rows[table] ??= []).push(row);
  const [leadId, needId] = [newId('lead'), newId('need')];
  const email = `past-${seed}-${index}@${index}.${DOMAIN}`;
  const handed = life.handed !== null && happened(life.handed.afterDays) ? life.handed : null;
  const decidedAt = handed === null ? null : handed.afterDays + handed.answeredHours / 24;
  const isDecided = decidedAt !== null && happened(decidedAt);
  const accepted = isDecided && handed?.accepted === true;
  const opportunity = accepted && happened(life.opportunity) ? life.opportunity : null;
  const ended = accepted && life.ended !== null && happened(life.ended.afterDays) ? life.ended : null;
  const planned = accepted && ended === null ? life.nextStep : null;
  const stages: [string, number][] = [
    ['new', 0],
    ['nurturing', 0.001],
  ];
  if (happened(life.qualified)) stages.push(['qualified', life.qualified]);
  if (handed !== null) stages.push(['assigned', handed.afterDays]);
  if (accepted) stages.push(['accepted', decidedAt]);
  if (isDecided && !accepted) stages.push(['nurturing', decidedAt]);
  if (opportunity !== null) stages.push(['opportunity', opportunity]);
  if (happened(life.rests)) stages.push(['dormant', life.rests]);
  if (ended !== null) stages.push([ended.won ? 'customer' : 'no-need', ended.afterDays]);
  const stage = (stages.at(-1)?.[0] ?? 'new') as Stage;
  const funnel = opportunity === null ? [] : life.funnel.filter(({ afterDays }) => happened(afterDays));
  const rep = handed === null ? undefined : reps[handed.rep];
  const closedAt = ended === null ? null : at(ended.afterDays);
  const ownerId = accepted ? (rep?.id ?? null) : null;
  const orders = orderRows(leadId, life, { accepted, happened, at });
  add('leads', {
    id: leadId,
    email,
    first_name: 'Past',
    last_name: `Lead ${index}`,
    company: `${emailDomainOf(email)}`,
    job_title: life.jobTitle,
    industry: life.industry,
    company_size: life.companySize,
    country: life.country,
    attributes: { region: life.region },
    stage: stage,
    need_id: needId,
    owner_id: ownerId,
    source: life.source,
    score: 0,
    score_at: at(0),
    fit_grade: life.grade,
    fit_points: 0,
    fit_completeness: 80,
    armed: isInNurturePool(stage),
    armed_at: isDecided && !accepted ? at(decidedAt) : null,
    entered: [],
    orders: orders.sum,
    clock_offset_ms: 0,
    last_engaged_at: at(1),
    created_at: at(0),
    updated_at: at(1),
  });
  add('needs', {
    id: needId,
    lead_id: leadId,
    type: life.needType,
    product_line: life.productLine,
    stage,
    maturity: life.maturity,
    budget: 'unknown',
    authority: 'unknown',
    need_known: 'unknown',
    timing: 'unknown',
    value_minor: life.valueMinor,
    currency: 'EUR',
    owner_id: ownerId,
    funnel_stage: funnel.at(-1)?.stage ?? null,
    recycle_count: isDecided && !accepted ? 1 : 0,
    outcome: ended === null ? null : ended.won ? 'won' : 'lost',
    outcome_reason: ended === null || ended.won ? null : ended.reason,
    waiting_skills: [],
    opened_at: at(0),
    closed_at: closedAt,
  });
  const touch = (
    { source, medium, campaign, channel }: Pick<PastLife, 'source' | 'medium' | 'campaign' | 'channel'>,
    afterDays: number,
    isFirst: boolean,
  ) =>
    add('touches', {
      id: newId('touch'),
      lead_id: leadId,
      need_id: needId,
      is_first: isFirst,
      inbound: true,
      source,
      medium,
      campaign,
      campaign_id: campaigns.get(campaign) ?? null,
      channel,
      how: 'form',
      request: {},
      occurred_at: at(afterDays),
      recorded_at: at(afterDays),
      handled_at: at(afterDays),
    });
  touch(life, 0, true);
  for (const later of life.touches) if (happened(later.afterDays)) touch(later, later.afterDays, false);
  const cause = life.highIntent ? 'demo.requested' : 'readiness';
  if (happened(life.qualified))
    add('audit', {
      id: newId('audit'),
      lead_id: leadId,
      actor: 'system',
      action: 'lead.qualified',
      data: { by: cause, because: life.highIntent ? HIGH_INTENT : 'ready by grade and score', playbook },
      occurred_at: at(life.qualified),
      recorded_at: at(life.qualified),
    });
  stages.forEach(([to, afterDays], i) =>
    add('stage_changes', {
      lead_id: leadId,
      need_id: needId,
      from_stage: stages[i - 1]?.[0] ?? null,
      to_stage: to,
      because: to === 'qualified' ? `by ${cause}` : 'history',
      owner_id: ownerId,
      actor: 'system',
      occurred_at: at(afterDays),
      recorded_at: at(afterDays),
    }),
  );
  for (const row of funnelRows({ leadId, needId, funnel, at })) add('funnel_changes', row);
  if (life.hasConsent)
    add('consents', {
      id: newId('consent'),
      lead_id: leadId,
      topic: 'marketing',
      granted: true,
      unconfirmed: false,
      text: 'Send me mail',
      source: 'form',
      stated_by: 'form',
      occurred_at: at(0),
      recorded_at: at(0),
    });
  if (handed !== null && rep !== undefined)
    add('assignments', {
      id: newId('assignment'),
      lead_id: leadId,
      need_id: needId,
      rep_id: rep.id,
      team: rep.teams[0] ?? 'sales',
      rule: 'history',
      playbook_revision: playbook,
      status: !isDecided ? 'offered' : accepted ? 'accepted' : 'rejected',
      offered_at: at(handed.afterDays),
      told_at: at(handed.afterDays),
      due_at: at(handed.afterDays + HOURS_TO_DECIDE / 24),
      decided_at: isDecided ? at(decidedAt) : null,
      offer_decided_at: isDecided ? at(decidedAt) : null,
      first_contact_at: accepted && happened(decidedAt + 0.1) ? at(decidedAt + 0.1) : null,
      reason: isDecided && !accepted ? 'too-early' : null,
      closed_at: accepted ? closedAt : null,
      next_step_at: planned === null ? null : inDays(planned.inDays),
      brief_attempts: 0,
      attempts: 0,
      created_at: at(handed.afterDays),
    });
  if (planned !== null && rep !== undefined)
    add('tasks', {
      id: newId('task'),
      key: `past:${leadId}:next-step`,
      lead_id: leadId,
      need_id: needId,
      rep_id: rep.id,
      team: rep.teams[0] ?? 'sales',
      kind: 'next-step',
      body: planned.words,
      status: 'open',
      due_at: inDays(planned.inDays),
      tell_at: inDays(planned.inDays),
      told_by: 'history',
      occurred_at: at(decidedAt ?? 0),
      recorded_at: at(decidedAt ?? 0),
    });
  if (life.webinar !== null && happened(life.webinar.afterDays))
    for (const row of webinarEvents(leadId, life.webinar, at)) add('events', row);
  for (const row of orders.events) add('events', row);
  addRun({ add, at, happened, life, leadId, needId, revisions });
}
