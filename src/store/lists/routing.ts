/** Who would get a lead now, and why: asked of the same rules and the same choice as an offer, without an effect. */
import { isLive } from '../../domain/assignment.ts';
import { chooseRep, type RepFacts, wantsOf } from '../../domain/choose-rep.ts';
import { evaluate, explainCondition, type LeadFacts } from '../../domain/condition.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { inTurnOrder, isTeleSales, matchFieldRule, nextRule } from '../../domain/route.ts';
import type { RoutingRule, Team } from '../../domain/routing.ts';
import { formatForPeople, holidaysOf } from '../../domain/schedule.ts';
import { leadNow } from '../clock.ts';
import type { Db, Tx } from '../db.ts';
import { loadFacts } from '../facts/facts.ts';
import type { Lead, Need, Rep } from '../generated/client.ts';
import { hadFirstContact } from '../process/first-contact.ts';
import { awayInClause, inPlaceOf, knownRepOf } from '../process/known-rep.ts';
import { loadsOf } from '../process/rep-loads.ts';
import { isActiveRep, refusersSince } from '../process/reps.ts';
import { readRepKey } from './reps.ts';
import { whyRepOf } from './why-rep.ts';

export interface ExplainedRouting {
  /** The rules up to the one that holds. `holds` null: a value that it asks about is not known. */
  rules: { rule: string; when: string; holds: boolean | null; passedOver: boolean }[];
  rule: string;
  leadsTo: Target;
  /** Where tele-sales makes the first contact: where it goes when they qualify it on. Null: this is no first contact. */
  afterFirstContact: { rule: string; leadsTo: Target } | null;
  /** Key of the rep who would get it; null: nobody now. */
  rep: string | null;
  because: string;
  /** The reps of the team, in the turn order. */
  considered: ConsideredRep[];
  /** Who has it now; null: nobody. */
  current: CurrentRep | null;
}

interface CurrentRep {
  rep: string;
  team: string;
  rule: string;
  /** ISO 8601. */
  since: string;
  /** In which `why` says its times: that of the team. */
  timeZone: string;
  why: string | null;
}

interface ConsideredRep {
  rep: string;
  name: string;
  weight: number;
  whyNot: string | null;
}

type Target = { team: string } | { rep: string } | { queue: string };

/** A lead that there is, or a made-up one. */
export interface RoutedLead {
  facts: LeadFacts;
  language: string | null;
  /** Null for a made-up lead, which nobody knows. */
  row: { lead: Lead; need: Need | null; isPassedOn: boolean } | null;
}

type Decided = Pick<ExplainedRouting, 'rep' | 'because' | 'considered'>;

/** Of a lead that there is, as of now on its clock; null: there is none. */
export async function routingOfLead(
  db: Db,
  playbook: Playbook,
  leadId: string,
  realNowMs: number,
): Promise<ExplainedRouting | null> {
  const lead = await db.lead.findUnique({ where: { id: leadId } });
  if (lead === null) return null;
  const need = lead.needId === null ? null : await db.need.findUnique({ where: { id: lead.needId } });
  const isPassedOn =
    need !== null && (await hadFirstContact(db, playbook.routing, { needId: need.id, since: lead.armedAt }));
  const atMs = leadNow(lead, realNowMs);
  const conditions = playbook.routing.rules.map(({ when }) => when);
  const facts = await loadFacts(db, lead, conditions, playbook, atMs);
  const routed = { facts, language: lead.language, row: { lead, need, isPassedOn } };
  const [explained, current] = await Promise.all([
    explainRouting(db, playbook, routed, atMs),
    need === null ? null : readCurrent(db, need, playbook, atMs),
  ]);
  return { ...explained, current };
}

/** Who has the need, and why among the others. */
async function readCurrent(
  db: Db,
  need: Need,
  { routing, defaultTimeZone }: Pick<Playbook, 'routing' | 'defaultTimeZone'>,
  nowMs: number,
): Promise<CurrentRep | null> {
  const latest = await db.assignment.findFirst({
    where: { needId: need.id },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include: { rep: { select: { key: true } } },
  });
  if (latest === null || !isLive(latest.status)) return null;
  const { rep, team, rule, offeredAt } = latest;
  const { timeZone = defaultTimeZone } = routing.teams.find((one) => one.team === team) ?? {};
  const why = await whyRepOf(db, latest, (at) => formatForPeople(at.getTime(), timeZone, nowMs));
  return { rep: rep.key, team, rule, since: offeredAt.toISOString(), timeZone, why };
}

/** Of a rep who is not published yet there is no row; the file alone is asked then. */
export async function explainRouting(
  tx: Tx,
  { calendars, routing }: Pick<Playbook, 'calendars' | 'routing'>,
  lead: RoutedLead,
  atMs: number,
): Promise<Omit<ExplainedRouting, 'current'>> {
  const isPassedOn = lead.row?.isPassedOn ?? false;
  const rule = nextRule(routing, lead.facts, isPassedOn);
  const until = routing.rules.indexOf(rule);
  const rules = routing.rules.slice(0, until + 1).map((one) => ({
    rule: one.rule,
    when: one.when === undefined ? 'always' : explainCondition(one.when),
    holds: one.when === undefined ? true : evaluate(one.when, lead.facts),
    passedOver: isPassedOn && isTeleSales(routing, one.team),
  }));
  const then = isTeleSales(routing, rule.team) ? matchFieldRule(routing, lead.facts) : null;
  const afterFirstContact = then === null ? null : { rule: then.rule, leadsTo: targetOf(then) };
  return { rules, rule: rule.rule, leadsTo: targetOf(rule), afterFirstContact, ...(await decide()) };

  async function decide(): Promise<Decided> {
    const { row } = lead;
    const need = row?.need ?? null;
    if (row !== null && need !== null) {
      const known = await knownRepOf(tx, { lead: row.lead, need, sticky: routing.sticky, atMs });
      if (known !== null) {
        const { rep, because, insteadOf } = known;
        const away = insteadOf === null ? null : await readRepKey(tx, insteadOf);
        if (away === null) return settled(rep.key, `${because} gets it before the rules are asked`);
        return settled(
          rep.key,
          `stands in for ‘${away}’, who is away and is ${because}: it goes there before the rules are asked`,
        );
      }
    }
    if (rule.queue !== undefined) return settled(null, `it waits in queue ‘${rule.queue}’ until a person decides`);
    if (rule.rep !== undefined) return byName(rule.rep);
    const team = routing.teams.find((one) => one.team === rule.team);
    return team === undefined ? settled(null, 'its team is not in routing.yaml') : inTeam(team, row);
  }

  async function byName(key: string): Promise<Decided> {
    const named = await tx.rep.findUnique({ where: { key } });
    if (named === null || !isActiveRep(named)) return settled(null, `‘${key}’ takes no leads: it waits for a manager`);
    const rep = await inPlaceOf(tx, named, atMs);
    if (rep === null) return settled(null, `‘${key}’ ${awayInClause(named)}: it waits for a manager`);
    return settled(rep.key, rep.key === key ? 'the rule names the rep' : `deputy of ‘${key}’, who is away`);
  }

  async function inTeam(team: Team, row: RoutedLead['row']): Promise<Decided> {
    const rows = await tx.rep.findMany();
    const reps = team.reps.flatMap((key) => candidateOf(routing, rows, key));
    const loads = await loadsOf(
      tx,
      rows.filter(({ key }) => team.reps.includes(key)),
      new Date(atMs),
    );
    const need = row?.need ?? null;
    const refusers =
      row === null || need === null ? new Map<string, string>() : await refusersSince(tx, need.id, row.lead.armedAt);
    const isHoliday = holidaysOf(calendars, team.calendar);
    const wants = wantsOf(rule, lead.language);
    const choice = chooseRep({ team, reps, wants, loads, refusers, isHoliday, atMs });
    const whyNot = new Map(choice.considered.map((one) => [one.rep.id, one.whyNot]));
    const considered = inTurnOrder(choice.considered.map((one) => one.rep)).map(({ id, key, name, weight }) => ({
      rep: key,
      name,
      weight,
      whyNot: whyNot.get(id) ?? null,
    }));
    switch (choice.kind) {
      case 'offer':
        return { rep: choice.rep.key, because: `comes next of team ‘${team.name}’`, considered };
      case 'error':
        return { rep: null, because: `${choice.because} It waits for a manager`, considered };
      case 'nobody-left':
        return {
          rep: null,
          because: 'everybody who could get it has had it before: it waits for a manager',
          considered,
        };
      case 'wait': {
        const { opensAtMs } = choice;
        const until = opensAtMs === null ? 'somebody has room' : formatForPeople(opensAtMs, team.timeZone, atMs);
        const then = team.overflow === undefined ? '' : `; after a time team ‘${team.overflow.to}’ is asked too`;
        return { rep: null, because: `it waits until ${until}${then}`, considered };
      }
    }
  }
}

function settled(rep: string | null, because: string): Decided {
  return { rep, because, considered: [] };
}

function targetOf({ team, rep, queue }: RoutingRule): Target {
  if (queue !== undefined) return { queue };
  return rep === undefined ? { team: team ?? '' } : { rep };
}

type Candidate = RepFacts & { name: string; weight: number };

/** What the file says of a rep, and the state of the rep; none for one who takes no leads. */
function candidateOf({ reps }: Playbook['routing'], rows: readonly Rep[], key: string): Candidate[] {
  const entry = reps.find(({ rep, active }) => rep === key && active);
  const row = rows.find((one) => one.key === key);
  if (entry === undefined || row?.active === false) return [];
  const state = row === undefined ? NEW : { ...row, lastOfferedAtMs: row.lastOfferedAt?.getTime() ?? null };
  const { skills = [], languages = [], name, timeZone = null } = entry;
  return [{ ...state, id: row?.id ?? key, key, name, timeZone, skills, languages }];
}

/** The state of a rep who is not published yet. */
const NEW = {
  turn: null,
  lastOfferedAtMs: null,
  weight: 1,
  maxOpen: null,
  maxPerDay: null,
  maxPerHour: null,
  awayFrom: null,
  awayUntil: null,
  workingHours: null,
};
