/** `routing test` and `routing explain`: who gets a lead, and why. */
import { AppError } from '../domain/errors.ts';
import type { Playbook } from '../domain/playbook.ts';
import { ruleInWords } from '../domain/rule-words.ts';
import { formatForPeople } from '../domain/schedule.ts';
import { loadPlaybook } from '../playbook/load.ts';
import type { Config } from '../runtime/config.ts';
import type { Db } from '../store/db.ts';
import { type ExplainedRouting, explainRouting, routingOfLead } from '../store/lists/routing.ts';
import type { Answer } from './command.ts';
import { idOf } from './lead.ts';
import { isLeadFile, madeUpLead } from './made-up-lead.ts';
import { withApi, withDatabase } from './reach.ts';

/**
 * By the published rules: what is about one lead goes through the API.
 * @throws AppError VALIDATION_FAILED for a file; LEAD_UNKNOWN, UNAVAILABLE
 */
export async function routingExplain(config: Config, who: string): Promise<Answer> {
  if (isLeadFile(who))
    throw new AppError(
      'VALIDATION_FAILED',
      `‘${who}’ is a file, and “routing explain” asks about a lead that there is; for a made-up one: npx nurture routing test ${who}`,
    );
  return withApi(config, async (api) => {
    const found = await api.get<ExplainedRouting>(`/v1/leads/${await idOf(api, who)}/routing`);
    return { data: found, text: [...currentInWords(found), inWords(found)].join('\n') };
  });
}

/**
 * By the rules of the folder, which need not be published, and the reps as they are now.
 * @param who A YAML or JSON file with what is known of a made-up lead, or the id or address of a lead
 * @throws AppError NOT_FOUND, PLAYBOOK_INVALID, LEAD_UNKNOWN, UNAVAILABLE
 */
export async function routingTest(config: Config, who: string): Promise<Answer> {
  const playbook = loadPlaybook(config.playbookDir);
  const made = isLeadFile(who) ? madeUpLead(who, playbook) : null;
  return withDatabase(config, async (db) => {
    const nowMs = Date.now();
    const found =
      made === null ? await ofLead(db, playbook, who, nowMs) : await explainRouting(db, playbook, made, nowMs);
    return { data: found, text: inWords(found) };
  });
}

async function ofLead(db: Db, playbook: Playbook, who: string, nowMs: number): Promise<Explained> {
  const where = who.includes('@') ? { email: who.toLowerCase() } : { id: who };
  const lead = await db.lead.findUnique({ where, select: { id: true } });
  const found = lead === null ? null : await routingOfLead(db, playbook, lead.id, nowMs);
  if (found !== null) return found;
  throw new AppError('LEAD_UNKNOWN', `There is no lead ‘${who}’; a made-up one is a file such as lead.yaml.`);
}

/** Who has it, and why: as it stood when it was offered. What follows is how it would be now. */
function currentInWords({ current }: ExplainedRouting): string[] {
  if (current === null) return [];
  const { rep, team, rule, since, timeZone, why } = current;
  const among = why === null ? '' : `; ${why}`;
  const from = formatForPeople(Date.parse(since), timeZone, Date.now());
  return [`${rep} has it since ${from}: team ‘${team}’, ${ruleInWords(rule)}${among}.`, 'If it were handed over now:'];
}

function inWords(found: Explained): string {
  const { rules, rule, leadsTo, afterFirstContact: then, rep, because, considered } = found;
  const width = Math.max(...rules.map((one) => one.rule.length), ...considered.map((one) => one.rep.length)) + 2;
  return [
    ...rules.map(
      (one) =>
        `  ${one.rule.padEnd(width)}${one.passedOver ? PASSED_OVER : (HOLDS[String(one.holds)] ?? '')}: ${one.when}`,
    ),
    `Rule ‘${rule}’ leads to ${targetInWords(leadsTo)}.`,
    ...(then === null
      ? []
      : [`Qualified on after the first contact, rule ‘${then.rule}’ leads to ${targetInWords(then.leadsTo)}.`]),
    ...considered.map(
      (one) =>
        `  ${one.rep.padEnd(width)}${one.rep === rep ? 'gets it' : (one.whyNot ?? 'comes later')}, weight ${one.weight}`,
    ),
    rep === null ? `Nobody gets it now: ${because}.` : `${rep} gets it: ${because}.`,
  ].join('\n');
}

function targetInWords(target: ExplainedRouting['leadsTo']): string {
  return Object.entries(target)
    .map(([kind, name]) => `${kind} ‘${name}’`)
    .join();
}

type Explained = Omit<ExplainedRouting, 'current'>;

const PASSED_OVER = 'passed over, as tele-sales made the first contact';
const HOLDS: Readonly<Record<string, string>> = { true: 'holds', false: 'no', null: 'not known' };
