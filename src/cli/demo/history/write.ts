/** Writes past lives into the database: rows as the engine leaves them behind. No process runs for these leads, and nothing is sent. */
import { isOfControlGroup } from '../../../domain/control-group.ts';
import { HIGH_INTENT } from '../../../domain/qualification.ts';
import { isInNurturePool, type Stage } from '../../../domain/stage.ts';
import { emailDomainOf } from '../../../domain/email-domain.ts';
import { newId } from '../../../domain/ids.ts';
import { type Db, transact, type Tx } from '../../../store/db.ts';
import { Prisma } from '../../../store/generated/client.ts';
import { newestRevision, readRules } from '../../../store/rules/read-rules.ts';
import { PAST_CADENCE } from './cadence-runs.ts';
import type { CampaignAt } from './campaigns.ts';
import { eventRow } from './event-row.ts';
import { DAYS, pastLife } from './lives.ts';
import type { PastLife } from './past-life.ts';
import { webinarEvents } from './past-events.ts';
import { funnelRows } from './past-funnel.ts';
import { orderRows } from './past-orders.ts';
import { STUDENT } from './profile.ts';
import { revisionsOf } from './revisions.ts';
import { factsOf, type PastRules, pastRulesOf, scoresOf } from './scores.ts';
import { TABLES, type Table } from './tables.ts';
import { TRUTHS } from './truths.ts';
import { addOffer } from './write-offer.ts';
import { addTouches } from './write-touches.ts';
import { addRun, type Revisions } from './write-run.ts';
import { addWords } from './write-words.ts';

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
  /** The campaign that a life means, at an instant; the one that it names without it. */
  campaignAt?: CampaignAt;
  /** Called with the number of leads that are written. */
  progress?: (written: number) => void;
}

/** @throws Error when no rep is published */
export async function writeHistory(
  db: Db,
  { leads, seed, until, progress, campaignAt = (named) => named }: HistoryOptions,
): Promise<void> {
  const reps = await db.rep.findMany({ where: { manager: false }, orderBy: { key: 'asc' } });
  if (reps.length === 0) throw new Error('The history needs reps: publish a playbook with a team first.');
  const revisions = await revisionsOf(db);
  const rules = pastRulesOf((await readRules(db, await newestRevision(db))).playbook);
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
        rules,
        campaigns,
        campaignAt,
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

interface Around {
  index: number;
  seed: number;
  until: Date;
  reps: readonly { id: string; teams: readonly string[] }[];
  revisions: Revisions;
  rules: PastRules;
  /** Ids of those that the playbook knows, by key. */
  campaigns: ReadonlyMap<string, string>;
  campaignAt: CampaignAt;
  /** Number of the playbook revision that decided; the lives take turns. */
  playbook: number | null;
}

/** Within those that the sample playbook gives each grade for. */
const FIT_POINTS = { A: 35, B: 22, C: 9, D: -5 } as const;

/** One that is of the control group by its id, as any share of the leads is. */
function leadIdOf({ isControl, hasConsent }: PastLife): string {
  for (;;) {
    const id = newId('lead');
    if (!hasConsent || isOfControlGroup(id, TRUTHS.controlGroup) === isControl) return id;
  }
}

/** Numbers that are given to nobody (Bundesnetzagentur: for films and books). */
function phoneOf(index: number): string {
  return `+493023125${String(index % 1000).padStart(3, '0')}`;
}

function addLife(
  rows: Rows,
  life: PastLife,
  { index, seed, until, reps, revisions, rules, campaigns, campaignAt, playbook }: Around,
): void {
  const came = until.getTime() - Math.min(life.cameDaysAgo, DAYS) * DAY_MS;
  const at = (afterDays: number): string => new Date(came + afterDays * DAY_MS).toISOString();
  const inDays = (days: number): string => new Date(until.getTime() + days * DAY_MS).toISOString();
  const happened = (afterDays: number | null): afterDays is number =>
    afterDays !== null && came + afterDays * DAY_MS <= until.getTime();
  /** Of this lead. */
  const events: Record<string, unknown>[] = [];
  const add = (table: Table, row: Record<string, unknown>): void => {
    (rows[table] ??= []).push(row);
    if (table === 'events') events.push(row);
  };
  const [leadId, needId] = [leadIdOf(life), newId('need')];
  const email = life.phoneOnly ? null : `past-${seed}-${index}@${index}.${DOMAIN}`;
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
  const lead: Record<string, unknown> = {
    id: leadId,
    email,
    phone: life.phoneOnly ? phoneOf(index) : null,
    // There are more leads than numbers that nobody has.
    shares_phone: life.phoneOnly,
    first_name: 'Past',
    last_name: `Lead ${index}`,
    company: email === null ? null : emailDomainOf(email),
    job_title: life.jobTitle,
    industry: life.industry,
    company_size: life.companySize,
    country: life.country,
    attributes: { region: life.region, ...(life.jobTitle === STUDENT && { role: 'student' }) },
    stage: stage,
    need_id: needId,
    owner_id: ownerId,
    source: life.source,
    score: 0,
    score_at: at(0),
    fit_grade: life.grade,
    fit_points: FIT_POINTS[life.grade],
    fit_completeness: life.industry === null ? 45 : 100,
    value_tier: null,
    score_parts: null,
    control_since: life.isControl ? at(0) : null,
    armed: isInNurturePool(stage),
    armed_at: isDecided && !accepted ? at(decidedAt) : null,
    entered: [],
    orders: orders.sum,
    clock_offset_ms: 0,
    last_engaged_at: null,
    created_at: at(0),
    updated_at: at(1),
  };
  add('leads', lead);
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
  addTouches({ add, at, happened, life, leadId, needId, campaigns, campaignAt });
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
  if (life.isControl)
    add('audit', {
      id: newId('audit'),
      lead_id: leadId,
      actor: 'system',
      action: 'lead.kept-out',
      data: { cadence: PAST_CADENCE },
      occurred_at: at(0),
      recorded_at: at(0),
    });
  for (const row of funnelRows({ leadId, needId, funnel, at })) add('funnel_changes', row);
  addWords({ add, at, happened, life, leadId, email }, index);
  if (handed !== null && rep !== undefined)
    addOffer({
      add,
      at,
      inDays,
      happened,
      leadId,
      needId,
      rep,
      handed,
      decidedAt: isDecided ? decidedAt : null,
      planned,
      closedAt,
      playbook,
    });
  if (life.webinar !== null && happened(life.webinar.afterDays))
    for (const row of webinarEvents({ leadId, campaignAt, at }, life.webinar)) add('events', row);
  for (const row of orders.events) add('events', row);
  for (const { afterDays, type, properties } of life.interest)
    if (happened(afterDays)) add('events', eventRow({ leadId, type, properties, at: at(afterDays) }));
  addRun({ add, at, happened, life, leadId, needId, revisions });
  const { columns, ledger } = scoresOf(rules, {
    leadId,
    events,
    sentBack: isDecided && !accepted && handed !== null ? { at: at(decidedAt), reason: handed.reason } : null,
    facts: factsOf(life, orders.sum),
  });
  Object.assign(lead, columns);
  for (const row of ledger) add('score_ledger', row);
}
