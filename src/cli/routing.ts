/** `routing test` and `routing explain`: who gets a lead, and why. */
import { existsSync } from 'node:fs';
import type { LeadFacts } from '../domain/condition.ts';
import { AppError } from '../domain/errors.ts';
import { hintFor } from '../domain/did-you-mean.ts';
import { fieldNamed, FIELDS } from '../domain/fields/registry.ts';
import type { Playbook } from '../domain/playbook.ts';
import { ruleInWords } from '../domain/rule-words.ts';
import { segmentConditions } from '../domain/segment.ts';
import { type Findings, throwMistakes } from '../language/problems.ts';
import { YamlFile } from '../language/yaml-file.ts';
import { loadPlaybook } from '../playbook/load.ts';
import type { Config } from '../runtime/config.ts';
import { closeDb, createDb, type Db } from '../store/db.ts';
import { type ExplainedRouting, explainRouting, type RoutedLead, routingOfLead } from '../store/lists/routing.ts';
import type { Answer } from './command.ts';
import { idOf } from './lead.ts';
import { withApi } from './reach.ts';

/** By the published rules: what is about one lead goes through the API. */
export async function routingExplain(config: Config, who: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const found = await api.get<ExplainedRouting>(`/v1/leads/${await idOf(api, who)}/routing`);
    return { data: found, text: [...currentInWords(found), inWords(found)].join('\n') };
  });
}

/**
 * By the rules of the folder, which need not be published, and the reps as they are now.
 * @param who A YAML file with what is known of a made-up lead, or the id or address of a lead
 * @throws AppError NOT_FOUND, PLAYBOOK_INVALID, LEAD_UNKNOWN
 */
export async function routingTest(config: Config, who: string): Promise<Answer> {
  const playbook = loadPlaybook(config.playbookDir);
  const db = createDb(config.databaseUrl, { max: 2 });
  try {
    const nowMs = Date.now();
    const isFile = /\.ya?ml$/i.test(who);
    const found = isFile
      ? await explainRouting(db, playbook, madeUp(who, playbook), nowMs)
      : await ofLead(db, playbook, who, nowMs);
    return { data: found, text: inWords(found) };
  } finally {
    await closeDb(db);
  }
}

async function ofLead(db: Db, playbook: Playbook, who: string, nowMs: number): Promise<Explained> {
  const where = who.includes('@') ? { email: who.toLowerCase() } : { id: who };
  const lead = await db.lead.findUnique({ where, select: { id: true } });
  const found = lead === null ? null : await routingOfLead(db, playbook, lead.id, nowMs);
  if (found !== null) return found;
  throw new AppError('LEAD_UNKNOWN', `There is no lead ‘${who}’; a made-up one is a file such as lead.yaml.`);
}

/** What a condition can ask of a lead, by its name; `attributes` with those of your own. */
function madeUp(file: string, playbook: Playbook): RoutedLead {
  if (!existsSync(file)) throw new AppError('NOT_FOUND', `There is no file ‘${file}’.`);
  const findings: Findings = { mistakes: [], mentions: [] };
  const yaml = YamlFile.open(file, file, findings);
  const value = yaml?.at([]);
  const stated = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const names = FIELDS.map(({ name }) => name);
  for (const [name] of stated) {
    const field = fieldNamed(name);
    const isFact = name === 'attributes' || (field !== undefined && 'read' in field);
    if (!isFact) yaml?.report([name], `no condition can ask for "${name}"${hintFor(name, names)}`, 'key');
  }
  if (stated.length === 0) yaml?.report([], 'expected what is known of a lead, such as "country: IT"');
  throwMistakes(findings.mistakes);
  const facts: LeadFacts = { ...Object.fromEntries(stated), segments: segmentConditions(playbook.segments) };
  return { facts, language: typeof facts.language === 'string' ? facts.language : null, row: null };
}

/** Who has it, and why: as it stood when it was offered. What follows is how it would be now. */
function currentInWords({ current }: ExplainedRouting): string[] {
  if (current === null) return [];
  const { rep, team, rule, since, why } = current;
  const among = why === null ? '' : `; ${why}`;
  return [`${rep} has it since ${since}: team ‘${team}’, ${ruleInWords(rule)}${among}.`, 'If it were handed over now:'];
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
